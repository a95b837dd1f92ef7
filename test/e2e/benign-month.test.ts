/**
 * Guarantee: 30 days of a fleet without attacks lead to no automatic revocation under the shipped policy,
 * and whatever was held back says why, or that nothing but its mode holds it back. A few workflows of the
 * smallest fleet, with what belongs to no task (releases, prompts), so that it can be asked every time.
 *
 * What the rules revoke when they are enforced is asked of a whole fleet: `npm run benign:month`. A part
 * of a fleet is none without attacks: without the ledger's upkeep the house account is a rare value.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runWaywarden } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-benign-month-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With delegations, payments, secrets and changes among them; whole tasks, so that chains are whole. */
const WORKFLOWS = new Set([
  'invoice-approval',
  'secret-rotation',
  'incident-response',
  'infrastructure',
  'payroll-check',
  'access-review',
  'release',
  'vendor-upkeep',
  'desk-help',
  'retention',
]);
const EVENTS_MIN = 1_000;
const DAY_MS = 86_400_000;

interface Line {
  readonly activity: string;
  readonly task?: { readonly workflow?: string };
  readonly event_time: string;
}

interface Report {
  readonly history: {
    readonly events: number;
    readonly refused: { readonly lines: number };
    readonly rules: readonly {
      readonly matched: number;
      readonly ordered: number;
      readonly step_ups: number;
      readonly if_enforced: number;
      readonly withheld: Readonly<Record<string, number>>;
    }[];
    readonly last_days: {
      readonly revoked: readonly unknown[];
      readonly revoked_count: number;
      readonly withheld: Readonly<Record<string, number>>;
    };
  };
}

function isStored({ activity, task }: Line): boolean {
  return task?.workflow === undefined ? activity !== 'heartbeat' : WORKFLOWS.has(task.workflow);
}

it('30 benign days: no automatic revocation; everything withheld is visible with its reason', async () => {
  const [all, events] = [join(folder, 'all.ndjson'), join(folder, 'events.ndjson')];
  const rules = join(folder, 'registry.yaml');
  await runWaywarden(
    ...['simulate', '--scenario', 'fleet-benign', '--seed', 'tuning-1', '--agents', '34'],
    ...['--days', '30', '--out', all, '--labels', join(folder, 'labels'), '--registry-out', rules],
  );
  const lines = readFileSync(all, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && isStored(JSON.parse(line) as Line));
  const times = lines.map((line) => Date.parse((JSON.parse(line) as Line).event_time));
  expect(lines.length).toBeGreaterThan(EVENTS_MIN);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(25 * DAY_MS);
  writeFileSync(events, lines.join('\n'));
  const ran = await runWaywarden(
    ...['policy', 'test', '--events', events, '--registry', rules],
    ...['--trust-fields', '--days', '31', '--json'],
  );
  expect(ran.code).toBe(0);
  const { history } = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '') as Report;
  // Gateways tell some calls twice.
  expect([history.events, history.refused.lines]).toEqual([new Set(lines).size, 0]);
  expect(history.last_days.revoked).toEqual([]);
  expect(history.rules.some((rule) => rule.matched > 0)).toBe(true);
  for (const rule of history.rules) {
    const withheld = Object.values(rule.withheld).reduce((sum, n) => sum + n, 0);
    expect([rule.ordered, rule.step_ups]).toEqual([0, 0]);
    expect(withheld + rule.if_enforced).toBe(rule.matched);
  }
}, 900_000);
