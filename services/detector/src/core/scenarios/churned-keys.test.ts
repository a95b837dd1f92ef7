/** What is guaranteed of a key that many uids of one workload share: they are one holder, and who else comes is told. */
import { type Alert, type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';
import { WORKLOAD_START, type WorkloadCall, workloadCall } from '../testing/workload-call.ts';

const START_MS = Date.parse(WORKLOAD_START);
const DAY_MS = 86_400_000;
const registry = registrySchema.parse({
  version: 1,
  agents: [{ uid: 'mail-bot', class: 'autonomous' }],
});

let count = 0;
function call({ hour = 0, ...of }: WorkloadCall & { readonly hour?: number }): AuditEvent {
  count += 1;
  return workloadCall(count, { ...of, seconds: hour * 3600 });
}
/** Three runs a day. */
const runs = (days: number, over: (day: number) => Partial<AuditEvent> = () => ({})) =>
  Array.from({ length: days * 3 }, (_, n) => {
    const day = Math.floor(n / 3);
    return call({ day, uid: `run-${n}`, hour: n % 3, over: over(day) });
  });
const isOurs = ({ rule_id }: Alert) => /^credential-(shared|passed-on)$/.test(rule_id);
const pipeline = () => new MemoryPipeline(policySchema.parse({ version: 1 }), registry);
const told = (events: readonly AuditEvent[]) => pipeline().sendAll(events).alerts.filter(isOurs);
const dayOf = (one: Alert | undefined) => (Date.parse(one?.detected_at ?? '') - START_MS) / DAY_MS;

describe('uids of a workload whose every run is a new one', () => {
  it('are told as strangers until that shows; then it is taken back, and nothing more is told', () => {
    const alerts = told(runs(40));
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
    const last = alerts.at(-1);
    expect(last?.state).toBe('withdrawn');
    expect(last?.summary).toMatch(/Taken back: each run of workload \S+ is a new uid, so that all/);
    expect(dayOf(last)).toBeLessThan(3);
  });

  it('are none to a key that replaces it, either', () => {
    const alerts = told(runs(40, (day) => ({ credential: { uid: `key-${day >> 3}` } })));
    expect(dayOf(alerts.at(-1))).toBeLessThan(3);
  });

  it('are one stranger to the key of an agent that is registered', () => {
    const alerts = told([...runs(10, () => ({ credential: { uid: 'own' } })), ...later(10)]);
    const theirs = alerts.filter((one) => one.subject.credential_uid === 'key-1');
    expect(theirs).toHaveLength(1);
    expect(theirs[0]).toMatchObject({ severity: 'high', state: 'open' });
    expect(theirs[0]?.title).toMatch(/^workload .* calls with a credential of mail-bot$/);
  });
  const later = (day: number) => [
    call({ day, uid: 'mail-bot' }),
    ...[1, 2, 3].map((n) => call({ day, uid: `more-${n}`, hour: n })),
  ];
});

describe('who comes to the key of such a workload', () => {
  it('is told, by his name and by that of the workload', () => {
    const alert = told([...runs(10), call({ day: 10, uid: 'mail-bot' })]).at(-1);
    expect(alert).toMatchObject({ severity: 'high', state: 'open' });
    expect(alert?.title).toMatch(/^mail-bot calls with a credential of workload /);
  });

  it('is told from another source, whatever he calls himself', () => {
    const source = { kind: 'test', instance: 'elsewhere' };
    const alert = told([...runs(10), call({ day: 10, uid: 'run-1000', over: { source } })]).at(-1);
    expect(alert).toMatchObject({ state: 'open', subject: { agent_uid: 'run-1000' } });
  });
});

it('one more uid of it is a stranger to the key of an agent of the same source that lasts', () => {
  const own = { credential: { uid: 'key-of-lasting' } };
  const lasting = Array.from({ length: 12 }, (_, day) => call({ day, uid: 'lasting', over: own }));
  const all = [...runs(12), ...lasting].sort((a, b) => (a.event_time < b.event_time ? -1 : 1));
  const alerts = told([...all, call({ day: 12, uid: 'one-more', over: own })]);
  expect(alerts.at(-1)).toMatchObject({ state: 'open', severity: 'high' });
  expect(alerts.at(-1)?.subject.credential_uid).toBe('key-of-lasting');
});

describe('an alert that was found wrong', () => {
  it('ends it: uids of that workload are one holder from then on', () => {
    const world = pipeline().sendAll(runs(1));
    const alert = world.alerts.findLast(isOurs);
    if (alert === undefined) throw new Error('Nothing was told.');
    world.answer(alert, 'false_positive').sendAll(runs(40));
    expect(world.alerts.findLast(isOurs)).toEqual(alert);
  });

  it('hides nobody: the next one is an alert of its own, in the same incident', () => {
    const world = pipeline().sendAll(runs(1));
    const alert = world.alerts.findLast(isOurs);
    if (alert === undefined) throw new Error('Nothing was told.');
    world.answer(alert, 'false_positive').sendAll([call({ day: 1, uid: 'mail-bot' })]);
    const next = world.alerts.findLast(isOurs);
    expect(next).toMatchObject({ revision: 1, subject: { agent_uid: 'mail-bot' } });
    expect(next?.incident_id).toBe(alert.incident_id);
    expect(next?.alert_id).not.toBe(alert.alert_id);
  });

  it('is told on where it was found right', () => {
    const world = pipeline().sendAll(runs(1));
    const alert = world.alerts.findLast(isOurs);
    if (alert === undefined) throw new Error('Nothing was told.');
    world.answer(alert, 'true_positive').sendAll([call({ day: 1, uid: 'mail-bot' })]);
    expect(world.alerts.findLast(isOurs)?.alert_id).toBe(alert.alert_id);
  });
});

describe('work that is handed over by an event', () => {
  const hands = (day: number, uid: string, to: string): AuditEvent => {
    const { tool: _, ...rest } = call({ day, uid });
    return {
      ...rest,
      activity: 'delegation',
      target: { resource_type: 'agent', resource_id: to },
    };
  };
  const uses = (day: number, uid: string) => call({ day, uid, hour: 1 });

  it('makes the other no stranger', () => {
    const alerts = told([hands(0, 'planner', 'writer'), uses(0, 'planner'), uses(0, 'writer')]);
    expect(alerts).toMatchObject([{ rule_id: 'credential-passed-on', hygiene: true }]);
  });

  it('takes back what was told before it came', () => {
    const alerts = told([uses(0, 'planner'), uses(0, 'writer'), hands(1, 'planner', 'writer')]);
    const [told1, back, hygiene] = alerts;
    expect(told1).toMatchObject({ rule_id: 'credential-shared', state: 'open' });
    expect(back).toMatchObject({ alert_id: told1?.alert_id, state: 'withdrawn' });
    expect(back?.summary).toContain('Taken back: work was handed over to them.');
    expect(hygiene?.rule_id).toBe('credential-passed-on');
  });

  it('clears nobody else, and not who says that it hands over', () => {
    const alerts = told([
      ...[uses(0, 'planner'), hands(1, 'planner', 'writer'), uses(1, 'writer')],
      hands(2, 'mail-bot', 'planner'),
    ]);
    expect(alerts.at(-1)).toMatchObject({
      rule_id: 'credential-shared',
      subject: { agent_uid: 'mail-bot' },
    });
  });
});
