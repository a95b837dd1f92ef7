/**
 * What `npm start` plays, as somebody sees it who looks at the API and the data: the real command line in
 * a process of its own, sped up. Every fact is asked of the store; the story only says which ids to ask for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Alert, AuditEvent, Decision, Receipt, RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ChapterId,
  DemoChapter,
  DemoStory,
} from '../../services/waywarden/src/demo/story/story.ts';
import { answersOf } from '../support/described-answers.ts';
import { until } from '../support/until.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const PATIENCE_MS = 80_000;
const SPEED = '8';

interface Up {
  readonly url: string;
  readonly data: string;
}
type ListedAlert = Alert & {
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
};

interface Running {
  readonly child: ChildProcess;
  readonly ready: Up;
  readonly ended: Promise<number | null>;
  readonly errors: () => string;
}

let folder: string;
let children: ChildProcess[] = [];

function launch(...flags: readonly string[]) {
  const all = ['up', '--port', '0', '--data', folder, '--json', '--demo-speed', SPEED, ...flags];
  const child = spawn(process.execPath, [join(ROOT, 'bin/waywarden.mjs'), ...all], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-20_000);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const line = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  return { child, line, ended, errors: () => errors };
}

async function start(...flags: readonly string[]): Promise<Running> {
  const { child, line, ended, errors } = launch(...flags);
  const first = await Promise.race([
    line,
    ended.then((code) => {
      throw new Error(`up ended with ${code} before it was ready:\n${errors()}`);
    }),
  ]);
  return { child, ready: JSON.parse(first) as Up, ended, errors };
}

async function ask<T>(up: Up, path: string): Promise<T> {
  const response = await fetch(`${up.url}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const storyOf = async (up: Up): Promise<DemoStory | null> =>
  (await ask<{ story: DemoStory | null }>(up, '/api/v1/demo')).story;

/** The story once it has come so far. */
function story(up: Up, reached: (story: DemoStory) => boolean): Promise<DemoStory> {
  return until(async () => {
    const found = await storyOf(up);
    return found !== null && reached(found) ? found : undefined;
  }, PATIENCE_MS);
}

function chapter({ chapters }: DemoStory, id: ChapterId): DemoChapter {
  const found = chapters.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no chapter ${id}.`);
  return found;
}

const alertsOf = async (up: Up): Promise<readonly ListedAlert[]> =>
  (await ask<{ alerts: ListedAlert[] }>(up, '/v1/alerts?limit=200')).alerts;

/** The chapter's alert of that kind, with what was decided about it, once it is stored. */
function alertOf(up: Up, { alert_ids: ids }: DemoChapter, kind: string): Promise<ListedAlert> {
  return until(async () =>
    (await alertsOf(up)).find(
      (one) =>
        ids.includes(one.alert_id) &&
        one.kind === kind &&
        (one.hygiene === true || one.decisions.length > 0),
    ),
  );
}

/** Command, then a receipt of the gateway that it was applied, then a call that was refused for it. */
async function expectContained(up: Up, told: DemoChapter, alert: ListedAlert): Promise<void> {
  const command = alert.commands.find((one) => told.command_ids.includes(one.command_id));
  expect(command?.action, told.id).toBe('revoke_token');
  expect(command?.target).toMatchObject({ level: 'task', task_id: told.task_ids[0] });
  const receipt = await until(async () => {
    const { receipts } = await ask<{ receipts: Receipt[] }>(up, '/v1/commands?limit=200');
    return receipts.find((one) => one.command_id === command?.command_id);
  });
  expect(receipt).toMatchObject({ receiver: 'demo-gateway', state: 'applied' });
  const [deniedId] = told.denied_event_ids;
  const { event } = await until(() => ask<{ event: AuditEvent }>(up, `/v1/events/${deniedId}`));
  expect(event.outcome).toBe('denied');
  expect(event.policy).toMatchObject({ decision: 'deny', id: command?.command_id });
  expect(event.agent.uid).toBe(command?.target.agent_uid);
  expect(Date.parse(event.event_time)).toBeGreaterThanOrEqual(
    Date.parse(receipt.applied_at ?? '9999-12-31'),
  );
  expect(told.clock?.denied_ms).toBeGreaterThan(told.clock?.receipt_ms ?? Number.MAX_VALUE);
}

/** Every page's answer, of what the demo left, is as the description of the API says. */
async function expectDescribed(up: Up): Promise<void> {
  const differences = answersOf(await ask(up, '/v1/openapi.json'));
  const [alert] = await alertsOf(up);
  const { chains } = await ask<{ chains: { chain_id: string }[] }>(up, '/v1/console/chains');
  const { containments } = await ask<{ containments: { command_id: string }[] }>(
    up,
    '/v1/containments',
  );
  const uid = alert?.subject.agent_uid ?? '';
  const agent = `uid=${encodeURIComponent(uid)}`;
  const ids: Readonly<Record<string, string | undefined>> = {
    '/v1/alerts/{id}': alert?.alert_id,
    '/v1/alerts/{id}/triage': alert?.alert_id,
    '/v1/console/alerts/{id}': alert?.alert_id,
    '/v1/events/{id}': alert?.evidence[0]?.event_id,
    '/v1/console/chains/{id}': chains[0]?.chain_id,
    '/v1/console/containments/{id}': containments[0]?.command_id,
  };
  const queries: Readonly<Record<string, string>> = {
    '/v1/console/agent': agent,
    '/v1/console/agent/timeline': agent,
    '/v1/preview': `agent=${encodeURIComponent(uid)}`,
    '/v1/response-impact': 'by=agent',
  };
  const plain = ['now', 'alerts', 'agents', 'approvals', 'chains', 'rules', 'source-health'];
  const paths = [
    ...plain.map((name) => `/v1/console/${name}`),
    ...['/v1/enforcement', '/v1/containments', '/v1/suppressions', '/v1/people'],
    ...['/v1/tuning', '/v1/rules/tries', '/v1/rules/proposals', '/v1/console/sources'],
    ...['/v1/status', '/api/v1/demo', '/v1/export/alerts', '/v1/receivers/command-keys'],
    ...['/v1/events', '/v1/alerts', '/v1/decisions', '/v1/commands', '/v1/registry'],
    ...Object.keys(queries),
    ...Object.keys(ids),
  ];
  expect(Object.entries(ids).filter(([, id]) => id === undefined)).toEqual([]);
  for (const path of paths) {
    const url = `${path.replace('{id}', encodeURIComponent(ids[path] ?? ''))}?${queries[path] ?? ''}`;
    expect([path, differences('get', path, await ask(up, url))]).toEqual([path, []]);
  }
}

async function expectStory(up: Up, told: DemoStory): Promise<void> {
  expect(told.chapters.map((one) => [one.id, one.state])).toEqual([
    ['drift', 'shown'],
    ['hijack', 'shown'],
    ['look_alike', 'shown'],
    ['assembly', 'shown'],
  ]);
  const drift = await alertOf(up, chapter(told, 'drift'), 'class_drift');
  expect(drift.subject.agent_uid).toMatch(/triage-bot$/);
  expect(drift.decisions.map((one) => one.withheld_reason)).toContain('rule_in_shadow');
  expect(drift.commands).toEqual([]);

  const hijack = await alertOf(up, chapter(told, 'hijack'), 'hijack_suspected');
  await expectContained(up, chapter(told, 'hijack'), hijack);

  const assembly = await alertOf(up, chapter(told, 'assembly'), 'privilege_assembly');
  expect(assembly.assembly?.combination).toBe('payment-release');
  expect(assembly.assembly?.contributors).toHaveLength(3);
  expect(assembly.assembly?.completed_by).toMatch(/checker-1$/);
  await expectContained(up, chapter(told, 'assembly'), assembly);

  const quiet = await alertOf(up, chapter(told, 'look_alike'), 'approved_assembly');
  expect(quiet.hygiene).toBe(true);
  expect(quiet.approved).toMatchObject({
    workflow: 'utility-bills',
    by: 'cfo-office@acme.example',
  });
  expect(chapter(told, 'look_alike').quiet?.reason).toBe(quiet.approved?.reason);
}

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'waywarden-demo-')), 'data');
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(join(folder, '..'), { recursive: true, force: true, maxRetries: 5 });
});

describe('the demo', () => {
  it('tells its story, raises nothing else, and tells it anew after kill -9 in the middle', async () => {
    const first = await start();
    const cut = await story(first.ready, (one) => chapter(one, 'hijack').state === 'shown');
    const before = await alertOf(first.ready, chapter(cut, 'hijack'), 'hijack_suspected');
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await start();
    const told = await story(second.ready, (one) => one.phase === 'ordinary');
    expect(told.run).toBe(cut.run + 1);
    expect(told.history_events).toBe(0);
    await expectStory(second.ready, told);
    await expectDescribed(second.ready);

    const alerts = await alertsOf(second.ready);
    expect(alerts.map((one) => one.alert_id)).toContain(before.alert_id);
    const chapters = [...cut.chapters, ...told.chapters];
    const known = new Set(chapters.flatMap((one) => one.alert_ids));
    // One that was raised before a record came which explains the call, and withdrawn with it, is over.
    const standing = alerts.filter((one) => one.state === 'open' && one.hygiene !== true);
    const others = standing.filter((one) => !known.has(one.alert_id));
    expect(others.map((one) => one.title)).toEqual([]);

    const { commands, receipts } = await ask<{
      commands: RevocationCommand[];
      receipts: Receipt[];
    }>(second.ready, '/v1/commands?limit=200');
    expect(receipts.map((one) => one.command_id).sort()).toEqual(
      commands.map((one) => one.command_id).sort(),
    );
    expect(second.errors()).toBe('');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 180_000);

  it('does not play with --no-demo, and never shares a folder with a real run', async () => {
    const { ready, child, ended } = await start('--no-demo');
    expect(await storyOf(ready)).toBeNull();
    const status = await until(async () => {
      const found = await ask<{
        counts: { events: number } | null;
        uptime_s: number;
        stages: readonly { end: number; reads: string }[];
      }>(ready, '/v1/status');
      return found.counts !== null && found.uptime_s >= 2 ? found : undefined;
    });
    expect(status.counts?.events).toBe(0);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);

    const refused = launch();
    expect(await refused.ended).toBe(2);
    expect(refused.errors()).toContain('--no-demo');
  }, 90_000);
});
