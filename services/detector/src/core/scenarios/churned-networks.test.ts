/** What is guaranteed of where the keys of a workload are used, where each run is a new uid. */
import { type AuditEvent, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';
import { type WorkloadCall, workloadCall } from '../testing/workload-call.ts';

const HOME = { ip: '10.1.2.3', user_agent: 'runner/1.0' };
const AWAY = { ip: '198.51.100.9', user_agent: 'curl/8' };
const LATER = 20;

let count = 0;
function call(of: WorkloadCall): AuditEvent {
  count += 1;
  return workloadCall(count, { ...of, over: { src: HOME, ...of.over } });
}

type Over = (day: number, run: number) => Partial<AuditEvent>;
/** Five runs a day of four calls each, all with one key. */
function runs(days: number, over: Over = () => ({}), from = 0): readonly AuditEvent[] {
  return Array.from({ length: days * 20 }, (_, n) => {
    const [day, run] = [from + Math.floor(n / 20), Math.floor(n / 4) % 5];
    const seconds = run * 3600 + (n % 4) * 5;
    return call({ day, uid: `run-${day}-${run}`, seconds, over: over(day, run) });
  });
}
const thief = (over: Partial<AuditEvent> = {}, calls = 1) =>
  Array.from({ length: calls }, (_, n) =>
    call({ day: LATER, uid: 'one-more', seconds: 5400 + n * 20, over: { src: AWAY, ...over } }),
  );

function told(events: readonly AuditEvent[]) {
  const { alerts } = new MemoryPipeline(policySchema.parse({ version: 1 })).sendAll(events);
  const ours = alerts.filter((one) => one.rule_id === 'stolen-credential');
  return [...new Map(ours.map((one) => [one.alert_id, one])).values()];
}

describe('a thief of the key that all runs of a workload share', () => {
  it('is told at the first call, as of one agent, by a new network and client', () => {
    const [alert, ...more] = told([...runs(LATER), ...thief()]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: 'one-more' } });
    expect(alert?.title).toMatch(
      /^workload .*: its credential is used from 198.51.100.\* with curl/,
    );
    expect(alert?.summary).toContain('used from 10.1.2.* with runner');
  });

  it('stays one alert while he calls from there, and is told again on another day', () => {
    const next = thief().map((one) => ({ ...one, event_id: event(900_000).event_id }));
    const later = runs(1, (_, run) => (run === 4 ? { src: AWAY } : {}), LATER + 3);
    const alerts = told([...runs(LATER), ...thief({}, 30), ...next, ...later]);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject.agent_uid).toBe(`run-${LATER + 3}-4`);
  });

  it('is told of the token of an earlier run, where each has its own', () => {
    const own: Over = (day, run) => ({ credential: { uid: `token-${day}-${run}` } });
    const credential = { uid: `token-${LATER - 1}-4` };
    const alerts = told([...runs(LATER, own), ...thief({ credential })]);
    expect(alerts).toMatchObject([{ severity: 'high' }]);
  });

  it('is told again where he comes back under one more name', () => {
    const again = call({ day: LATER + 9, uid: 'yet-one', seconds: 9, over: { src: AWAY } });
    const alerts = told([...runs(LATER), ...thief(), ...runs(9, () => ({}), LATER), again]);
    expect(alerts).toMatchObject([{ severity: 'high', subject: { agent_uid: 'yet-one' } }]);
  });
});

describe('a workload is not told of', () => {
  const somewhere = (n: number) => ({ ...HOME, ip: `${20 + (n % 180)}.${n % 250}.7.9` });
  it.each<readonly [string, readonly AuditEvent[]]>([
    ['what it always does', runs(40)],
    [
      'hosts of its own networks',
      runs(40, (day, run) => ({ src: { ...HOME, ip: `10.${day}.${run}.4` } })),
    ],
    ['another network for each run', runs(40, (day, run) => ({ src: somewhere(day * 5 + run) }))],
    [
      'regions in which it is by turns',
      runs(40, (day) => ({ src: { ...HOME, ip: `20${day % 4}.0.113.9` } })),
    ],
    [
      'an update of its client',
      [...runs(LATER), ...thief({ src: { ...HOME, user_agent: 'runner/2.0' } })],
    ],
    [
      'a place that it comes to while it is young',
      [...runs(8), ...runs(8, () => ({ src: AWAY }), 8)],
    ],
    [
      'a new agent elsewhere with a key of its own',
      [...runs(LATER), ...thief({ credential: { uid: 'key-2' } }, 20)],
    ],
    ['no credential', [...runs(LATER), ...thief()].map(({ credential: _, ...bare }) => bare)],
  ])('%s', (_, events) => {
    expect(told(events)).toEqual([]);
  });
});
