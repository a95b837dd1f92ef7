/** What is guaranteed of how often and how much a workload's agents call, where each run is a new uid. */
import { type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import {
  CHURNING_MAX,
  isChurning,
  noteUid,
  workloadAndIssuer,
  workloadUid,
} from './profile/churned-uids.ts';
import { keepAsBefore } from './testing/earlier-kept.ts';
import { event } from './testing/event-builder.ts';
import { MapDraft } from './testing/map-draft.ts';
import { MemoryPipeline } from './testing/memory-pipeline.ts';
import { ProfileWorld } from './testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const DAY_MS = 86_400_000;
const PATH = 'spiffe://acme.example/batch';

let count = 0;
interface Of {
  readonly day: number;
  readonly uid: string;
  readonly seconds: number;
  readonly over?: Partial<AuditEvent>;
}
function call({ day, uid, seconds, over = {} }: Of): AuditEvent {
  count += 1;
  const time = new Date(START_MS + day * DAY_MS + seconds * 1000).toISOString();
  const agent = { uid: `${PATH}/${uid}`, assurance: 'authenticated' as const };
  const times = { event_time: time, observed_time: time };
  const records = { args: { features: { records: 2 } } };
  const of = { agent, chain_id: `chain-${uid}`, task: { id: `${uid}-${day}` }, ...times };
  return event(count, { ...records, ...of, ...over });
}

type UidOf = (day: number, n: number) => string;
/** Five runs a day, an hour apart, of eight calls each. */
function runs(days: number, uidOf: UidOf = (day, n) => `run-${day}-${n}`): readonly AuditEvent[] {
  return Array.from({ length: days * 40 }, (_, n) => {
    const [day, run, at] = [Math.floor(n / 40), Math.floor(n / 8) % 5, n % 8];
    return call({ day, uid: uidOf(day, run), seconds: run * 3600 + at * 5 });
  });
}
const records = (n: number) => ({ args: { features: { records: n } } });
/** A run with so many calls within three minutes, each of another uid where that is asked. */
function amok(day: number, of: Partial<AuditEvent> = {}, uidOf = (_: number) => `amok-${day}`) {
  return Array.from({ length: 300 }, (_, n) =>
    call({
      day,
      uid: uidOf(n),
      seconds: 7200 + n * 0.6,
      over: { task: { id: `t-${n >> 2}` }, ...of },
    }),
  );
}

const named = registrySchema.parse({ version: 1, agents: [{ uid: 'x' }] });
function told(events: readonly AuditEvent[], registry?: typeof named) {
  const policy = policySchema.parse({ version: 1 });
  const { alerts } = new MemoryPipeline(policy, registry).sendAll(events);
  const ours = alerts.filter(({ kind }) => kind === 'behavior_deviation');
  return [...new Map(ours.map((one) => [one.alert_id, one])).values()];
}

describe('a workload whose every run is a new uid', () => {
  it.each([
    ['without a registry', undefined],
    ['of a registry that names others', named],
  ])('is told of more calls than ever, as one alert of the run: %s', (_, registry) => {
    const [alert, ...more] = told([...runs(14), ...amok(14)], registry);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'call-rate', severity: 'medium', evaluable: true });
    expect(alert?.subject.agent_uid).toBe(`${PATH}/amok-14`);
    expect(alert?.title).toMatch(
      /^workload spiffe:\/\/acme\.example\/batch: \d+ calls within a minute, more/,
    );
    expect(alert?.summary).toContain('Its agents are counted together');
    expect(alert?.reasons[0]).toMatchObject({ feature: 'call_rate', level: 'workload' });
    expect(alert?.baseline).toMatchObject({ level: 'workload' });
  });

  it('is told of it also where the run is another part of a SPIFFE path than the last', () => {
    const known = runs(14, (day, n) => `ns/pr-${day}-${n}/runner`);
    const [alert, ...more] = told([...known, ...amok(14, {}, () => 'ns/pr-amok/runner')]);
    expect(more).toEqual([]);
    expect(alert?.rule_id).toBe('call-rate');
    expect(alert?.title).toMatch(
      /^workload spiffe:\/\/acme\.example\/batch\/ns\/\*: \d+ calls|^workload …/,
    );
  });

  it('is told of by what an earlier version kept of its days', () => {
    const world = new ProfileWorld();
    const known = runs(14);
    world.feed(...known);
    const uid = workloadUid(workloadAndIssuer(world.draft, known[0] ?? event(1)));
    keepAsBefore(world.draft, { tenant_id: 'acme', agent: { uid } });
    expect(world.feed(...amok(14)).map(({ rule_id }) => rule_id)).toContain('call-rate');
  });

  it('is told of more records than ever, at no more calls than usual', () => {
    const bulk = [0, 60, 120].map((seconds) =>
      call({ day: 14, uid: 'bulk', seconds, over: records(100_000) }),
    );
    expect(told([...runs(14), ...bulk]).map(({ rule_id }) => rule_id)).toContain('record-volume');
  });

  it('is told of more records in a day than ever, however thinly they are spread', () => {
    const thin = Array.from({ length: 480 }, (_, n) =>
      call({ day: 14, uid: `thin-${n >> 3}`, seconds: n * 60, over: records(8) }),
    );
    const [alert, ...more] = told([...runs(14), ...thin]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'day-records', baseline: { level: 'workload' } });
    expect(alert?.subject.agent_uid).toMatch(/\/thin-/);
  });

  it('is told of more failing calls than ever', () => {
    const failing = Array.from({ length: 60 }, (_, n) =>
      call({ day: 14, uid: `f-${n >> 3}`, seconds: n * 8, over: { outcome: 'tool_error' } }),
    );
    expect(told([...runs(14), ...failing]).map(({ rule_id }) => rule_id)).toEqual(['error-rate']);
  });

  it('is told as one alert also where each call is another uid’s', () => {
    const alerts = told([...runs(14), ...amok(14, {}, (n) => `amok-${n}`)]);
    expect(alerts.map(({ rule_id }) => rule_id)).toEqual(['call-rate']);
  });

  it('teaches nothing by what was told: the next day it is told again', () => {
    const [alert] = told([...runs(14), ...amok(14), ...amok(15)]);
    expect(alert?.subject.agent_uid).toBe(`${PATH}/amok-15`);
  });

  it.each([
    ['it does what it always did', runs(20)],
    ['it is young', [...runs(8), ...amok(8)]],
    [
      'its agents come back: each is judged by itself',
      [...runs(14, (_, n) => `a-${n}`), ...amok(14)],
    ],
    [
      'another workload is meant',
      [
        ...runs(14),
        ...amok(14, { agent: { uid: 'spiffe://acme.example/x/y', assurance: 'authenticated' } }),
      ],
    ],
  ])('is not told where %s', (_, events) => {
    expect(told(events)).toEqual([]);
  });
});

describe('what is kept of workloads', () => {
  it('is bounded: the one that was counted first makes room, with all that is kept of it', () => {
    const draft = new MapDraft();
    const sight = (path: string, day: number) => {
      const agent = {
        uid: `spiffe://acme.example/${path}/${day}`,
        assurance: 'authenticated' as const,
      };
      const one = event(day, { agent });
      noteUid(draft, one, {
        before: undefined,
        now: new Date(START_MS + day * DAY_MS).toISOString(),
      });
      return one;
    };
    const first = [0, 1, 2].map((day) => sight('w-0', day));
    expect(first.map((one) => isChurning(draft, one))).toEqual([true, true, true]);
    for (let n = 1; n < CHURNING_MAX; n += 1) sight(`w-${n}`, 3);
    const before = draft.entries.size;
    sight('one-more', 4);
    expect(first.some((one) => isChurning(draft, one))).toBe(false);
    expect(draft.entries.size).toBe(before);
  });

  it('is under a uid that no event may have', () => {
    expect(workloadUid('spiffe://a/b').length).toBeGreaterThan(2048);
  });
});
