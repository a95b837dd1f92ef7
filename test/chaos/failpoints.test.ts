/**
 * Guarantee: a process killed before or after any append, flush, offset or insert ends, after a
 * restart, with the same alerts, decisions, commands and rows as one that was never killed. The
 * short form runs with the other tests; `npm run chaos` runs the long one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { ONLY, POINTS, record, SEED, WORKERS } from './chaos-settings.ts';
import { type CrashOutcome, crashRuns } from './crash-runs.ts';
import {
  type CrashPoint,
  type Finished,
  type ReplayInput,
  replay,
  writeReplayInput,
} from './replay-job.ts';

const REFERENCE_MS_MAX = 240_000;
const POINT_MS_MAX = 120_000;
/** Each kind of write, before or after which a crash must be possible. */
const NAMES = [
  'log.append.before',
  'log.append.committed',
  'log.append.flushed',
  'sequencer.append.after',
  'sequencer.floor.after',
  'detector-profile.append.before',
  'detector-profile.append.after',
  'detector-profile.commit.after',
  'detector-flow.append.before',
  'detector-flow.append.after',
  'detector-flow.commit.after',
  'detector-assembly.append.before',
  'detector-assembly.append.after',
  'detector-assembly.commit.after',
  'detector-aggregate.append.before',
  'detector-aggregate.append.after',
  'detector-aggregate.commit.after',
  'responder-response.append.before',
  'responder-response.append.after',
  'responder-response.commit.after',
  'archiver.intent.written',
  'archiver.insert.before',
  'archiver.insert.done',
  'archiver.commit.before',
  'archiver.commit.done',
];

const named = ({ name, nth }: CrashPoint) => `${name}:${nth}`;

let folder: string;
let input: ReplayInput;
let reference: Finished;
let failed = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-failpoints-'));
  input = writeReplayInput(folder);
  const whole = await replay(input, join(folder, 'reference'));
  if (whole === undefined) throw new Error('The run without a crash point was killed.');
  reference = whole;
}, REFERENCE_MS_MAX);

afterAll(() => {
  if (!failed) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function say(outcome: CrashOutcome, done: number): void {
  const second = outcome.crashedTwice && outcome.second ? `, then ${named(outcome.second)}` : '';
  const how = outcome.crashed ? '' : ' (not reached)';
  const what = outcome.differences.length === 0 ? 'same' : 'DIFFERENT';
  process.stderr.write(
    `chaos seed ${SEED} ${done}/${POINTS} ${named(outcome.point)}${second}${how}: ${what}\n`,
  );
  record({ test: 'failpoints', seed: SEED, ...outcome });
}

describe('failpoints', () => {
  it('holds enough to mean something: 20 alerts of 3 kinds, 5 commands, every kind of write', () => {
    const alerts = reference.outputs.alerts
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Alert]));
    const open = alerts.filter((alert) => alert.state === 'open');
    expect(open.length).toBeGreaterThanOrEqual(20);
    expect(new Set(open.map((alert) => alert.kind)).size).toBeGreaterThanOrEqual(3);
    expect(reference.stored['revocation_commands_v1']?.ids.length).toBeGreaterThanOrEqual(5);
    expect(reference.report.rows).toBe(input.count);
    expect(NAMES.filter((name) => (reference.hits[name] ?? 0) === 0)).toEqual([]);
  });

  it(
    `ends the same after a crash at each of ${POINTS} points`,
    async () => {
      const outcomes = await crashRuns({
        input,
        folder,
        reference,
        random: seededRandom(SEED),
        points: POINTS,
        only: ONLY,
        workers: WORKERS,
        onOutcome: say,
      });
      const wrong = outcomes
        .filter(({ differences }) => differences.length > 0)
        .map(({ point, second, differences }) =>
          [[point, ...(second ? [second] : [])].map(named).join(), ...differences].join('\n'),
        );
      failed = wrong.length > 0;
      const again = 'WAYWARDEN_CHAOS_POINTS=1 WAYWARDEN_CHAOS_ONLY=name:nth[,name:nth]';
      const repeat = `seed ${SEED}, folders kept in ${folder}; repeat one: ${again} npm test -- test/chaos/failpoints.test.ts`;
      expect(wrong, repeat).toEqual([]);
      expect(outcomes.filter(({ crashed }) => crashed).length).toBeGreaterThanOrEqual(POINTS);
      expect(outcomes.reduce((sum, one) => sum + one.surplusRows, 0)).toBe(0);
    },
    POINTS * POINT_MS_MAX,
  );
});
