/**
 * Guarantee: `waywarden verdict --revision` says of which revision an alert was right or wrong, from the command line
 * into every partition of the detector; what was told to nobody, or can't be read, is refused before anything is said.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { scanTopic } from '../../services/waywarden/src/runtime/scan-topic.ts';
import {
  keyFileOf,
  registryOfPeople,
  reporterCalls,
  sendCalls,
  warmedUpAlert,
} from '../support/reporter.ts';
import { runWaywarden } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const LONG_MS = 240_000;
const ANA = 'ana@acme.example';
/** An alert that nobody was told. */
const UNKNOWN = '00000000-0000-4000-8000-000000000001';
const folder = mkdtempSync(join(tmpdir(), 'waywarden-verdict-e2e-'));
const data = join(folder, 'data');
let up: RunningUp;
let alert: string;
let latest: number;

const judged = (id: string, ...flags: readonly string[]) =>
  runWaywarden(
    ...['verdict', id, ...flags, '--by', ANA, '--key', keyFileOf(folder, ANA)],
    ...['--reason', 'a month-end', '--data', data],
  );

interface Decided {
  readonly act: { readonly verdict: string; readonly signed: { readonly text: string } };
}

async function decided(): Promise<readonly Decided[]> {
  const answer = await fetch(`${up.url}/v1/decisions?alert_id=${alert}`);
  const { decisions } = (await answer.json()) as { readonly decisions: readonly Decided[] };
  return decisions.filter((one) => one.act !== undefined);
}

/** What was signed, the newest first, once there are so many. */
const signed = (count: number) =>
  until(async () => {
    const all = await decided();
    return all.length < count ? undefined : all.map((one) => JSON.parse(one.act.signed.text));
  });

beforeAll(async () => {
  const registry = await registryOfPeople(folder, [ANA]);
  up = await npmStart(data, '--no-demo', '--registry', registry);
  const calls = reporterCalls(Date.now());
  await sendCalls(up, calls);
  ({ alert_id: alert, revision: latest } = await warmedUpAlert(up, calls.length));
}, LONG_MS);

afterAll(async () => {
  up.child.kill('SIGKILL');
  await up.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, LONG_MS);

it.each(['0', '-1', '1.5', '1e1', '0x1', 'latest', '', '99999999999999999999'])(
  'refuses %j, which is no revision',
  async (given) => {
    const { code, stdout, stderr } = await judged(alert, '--false-positive', `--revision=${given}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`"${given}" is no revision of an alert: those are counted from 1.`);
  },
  LONG_MS,
);

it(
  'refuses a revision and an alert that nobody was told, and says nothing in their name',
  async () => {
    const beyond = await judged(alert, '--false-positive', '--revision', String(latest + 1));
    expect(beyond.code).toBe(2);
    expect(beyond.stderr).toContain(
      `Revision ${latest + 1} of this alert was told to nobody: the latest that is stored is ${latest}.`,
    );
    const unknown = await judged(UNKNOWN, '--false-positive', '--revision', '1');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain(`No alert ${UNKNOWN} of tenant default is stored.`);
    const other = await judged(alert, '--true-positive', '--revision', '1', '--tenant', 'acme');
    expect(other.stderr).toContain('The alert is one of tenant default');
    expect(await decided()).toEqual([]);
  },
  LONG_MS,
);

it(
  'takes an earlier revision, and says what came since is not excused',
  async () => {
    const { code, stdout } = await judged(alert, '--false-positive', '--revision', '1');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `It is about revision 1; the alert has come to revision ${latest} since. What came since is not excused by it.`,
    );
    expect((await signed(1))[0]).toMatchObject({ verdict: 'false_positive', revision: 1 });
  },
  LONG_MS,
);

it(
  'takes the latest, and without one says up to which it counts',
  async () => {
    const { code, stdout } = await judged(alert, '--true-positive', '--revision', String(latest));
    expect(code).toBe(0);
    expect(stdout).toContain(`It is about revision ${latest}, the latest.`);
    expect((await signed(2))[0]).toMatchObject({ verdict: 'true_positive', revision: latest });
    const open = await judged(alert, '--false-positive');
    expect(open.stdout).toContain(
      `It counts up to the latest revision that was told, ${latest} as far as is stored;`,
    );
    expect((await signed(3))[0]).not.toHaveProperty('revision');
  },
  LONG_MS,
);

it(
  'reaches the detector in every partition with the revision that was named',
  async () => {
    up.child.kill('SIGTERM');
    await up.ended;
    const log = await openLmdbLog({ path: dataPaths(data).log });
    const found = new Map<number, (number | null)[]>();
    for await (const record of scanTopic(log, TOPICS.auditEvents.name)) {
      if (record.value === null || record.headers[HEADERS.type] !== 'control') continue;
      const control = JSON.parse(new TextDecoder().decode(record.value));
      if (control.kind !== 'verdict') continue;
      const before = found.get(record.partition) ?? [];
      found.set(record.partition, [...before, control.revision ?? null]);
    }
    const partitions = (await log.endOffsets(TOPICS.auditEvents.name)).length;
    await log.close();
    expect(found.size).toBe(partitions);
    for (const revisions of found.values()) expect(revisions).toEqual([1, latest, null]);
  },
  LONG_MS,
);
