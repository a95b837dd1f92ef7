/** What people find of a statistical alert decides what the detector tells of the same again, and what it learns. */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { agentKeyOf } from '../kept/agent-key.ts';
import { keepAsBefore } from '../testing/earlier-kept.ts';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5, 9);
const DROP = { tool: { name: 'drop_table', server: 'db' }, effect: 'delete' } as const;
const GRANT = { tool: { name: 'grant_access', server: 'iam' }, effect: 'grant' } as const;

let calls = 0;

/** Calls of one day in one chain, a second apart. */
function work(day: number, count: number, over: Partial<AuditEvent> = {}): readonly AuditEvent[] {
  return Array.from({ length: count }, (_, at) => {
    calls += 1;
    const time = new Date(START + day * DAY_MS + at * 1000).toISOString();
    const chain = over.chain_id ?? `day-${day}`;
    const times = { event_time: time, observed_time: time };
    return event(calls, { ...times, chain_id: chain, task: { id: chain }, ...over });
  });
}

/** Twelve days of one tool, as many calls as make another one a surprise. */
function settled(): ProfileWorld {
  const world = new ProfileWorld();
  for (let day = 0; day < 12; day++) world.feed(...work(day, 18));
  return world;
}

const queued = (alerts: readonly Alert[]) => alerts.filter(({ posture }) => posture !== true);

function firstOf(alerts: readonly Alert[]): Alert {
  const [first] = alerts;
  if (first === undefined) throw new Error('Nothing was told.');
  return first;
}

const inChain = (name: string, over: Partial<AuditEvent>) => ({ ...over, chain_id: name });

describe('an alert that was found wrong', () => {
  it('is not told again of the same value, which is learnt; of another one it is', () => {
    const world = settled();
    // The tool and its effect are new, which are two alerts.
    const told = world.feed(...work(12, 1, inChain('a', DROP)));
    expect(told.map(({ kind }) => kind)).toEqual(['behavior_deviation', 'behavior_deviation']);
    for (const alert of told) world.verdict(alert, 'false_positive');
    expect(world.feed(...work(13, 1, inChain('b', DROP)))).toEqual([]);
    expect(queued(world.feed(...work(14, 1, inChain('c', GRANT))))).not.toEqual([]);
  });

  it('is told as ever while nobody has said so, and when it was another agent’s', () => {
    const world = settled();
    const told = world.feed(...work(12, 1, inChain('a', DROP)));
    const [alert] = told;
    if (alert !== undefined) {
      world.verdict({ ...alert, subject: { agent_uid: 'other' } }, 'false_positive');
    }
    const again = world.feed(...work(14, 1, inChain('b', DROP)));
    expect(again.map(({ alert_id }) => alert_id)).toEqual(told.map(({ alert_id }) => alert_id));
  });

  it('is not told again up to the amount that there was, and beyond it is', () => {
    const world = settled();
    const told = queued(world.feed(...work(12, 90, { chain_id: 'a' })));
    const wrong = firstOf(told);
    world.verdict(wrong, 'false_positive');
    expect(queued(world.feed(...work(13, 90, { chain_id: 'b' })))).toEqual([]);
    const more = queued(world.feed(...work(15, 400, { chain_id: 'c' })));
    expect(more).not.toEqual([]);
    // Nobody looks again at one that was found wrong.
    expect(more.map(({ alert_id }) => alert_id)).not.toContain(wrong.alert_id);
  });

  it('is not told again for a call that stood behind its window, up to what that asked for', () => {
    const world = new ProfileWorld();
    const asked = (day: number, count: number, records: number) =>
      world.feed(...work(day, count, { args: { features: { records } } }));
    for (let day = 0; day < 20; day++) asked(day, 8, 45 + (day % 11));
    const told = queued(asked(20, 8, 3000));
    for (const { alert_id: id } of told) expect(id).toBe(firstOf(told).alert_id);
    expect(firstOf(told).title).toContain('3000 records within ten minutes');
    world.verdict(firstOf(told), 'false_positive');
    expect(firstOf(queued(asked(21, 1, 5000))).title).toContain('5000 records in one call');
    expect(queued(asked(22, 1, 3000))).toEqual([]);
  });

  it.each([
    ['the latest that was told', undefined],
    ['the revision that was looked at', 1],
  ])('excuses no more than %s', (_, revision) => {
    const world = new ProfileWorld();
    const asked = (day: number, count: number, records: number) =>
      queued(world.feed(...work(day, count, { args: { features: { records } } })));
    for (let day = 0; day < 20; day++) asked(day, 8, 45 + (day % 11));
    // Told at the first call, and again with each doubling; the last of them are only counted.
    const told = asked(20, 15, 3000);
    expect(told.at(-1)?.count).toBe(8);
    const looked = revision === undefined ? {} : { revision };
    world.verdict(firstOf(told), 'false_positive', undefined, looked);
    expect(asked(21, 1, 3000)).toEqual([]);
    expect(asked(22, 4, 3000).length > 0).toBe(revision === 1);
    expect(asked(23, 13, 3000)).not.toEqual([]);
  });

  it.each([
    ['as it is', false],
    ['kept by an earlier version', true],
  ])('has its day learnt: alarms begin above what was found harmless, %s', (_, isEarlier) => {
    const of = (verdict: boolean) => {
      const world = settled();
      const told = queued(world.feed(...work(12, 90, { chain_id: 'a' })));
      if (isEarlier) keepAsBefore(world.draft, event(1));
      if (verdict) world.verdict(firstOf(told), 'false_positive');
      return queued(world.feed(...work(20, 100, { chain_id: 'b' })));
    };
    expect(of(false)).not.toEqual([]);
    expect(of(true)).toEqual([]);
  });

  it('is told again once somebody finds it right; the last word counts, whatever comes in later', () => {
    const world = settled();
    const alert = firstOf(world.feed(...work(12, 1, inChain('a', DROP))));
    world.verdict(alert, 'true_positive', '2026-03-02T00:00:00.000000000Z');
    world.verdict(alert, 'false_positive', '2026-03-01T00:00:00.000000000Z');
    const again = world.feed(...work(14, 1, inChain('b', DROP)));
    expect(again.map(({ alert_id }) => alert_id)).toContain(alert.alert_id);
  });

  it('gives its piece of work back to what is learnt, unless another alert is about that', () => {
    const heldAfter = (verdicts: number) => {
      const world = settled();
      const told = world.feed(...work(12, 1, inChain('a', DROP)));
      for (const alert of told.slice(0, verdicts)) world.verdict(alert, 'false_positive');
      return world.draft.get<string>(agentKeyOf('acme', 'reporter', 'flagged'));
    };
    expect(heldAfter(1)).not.toBe('');
    expect(heldAfter(2)).toBe('');
  });
});

it('an alert that was found right stays out of what is normal, whatever its age', () => {
  const of = (verdict: boolean) => {
    const world = settled();
    const told = world.feed(...work(12, 1, inChain('a', DROP)));
    for (const alert of verdict ? told.slice(0, 1) : []) world.verdict(alert, 'true_positive');
    for (let day = 13; day < 24; day++) world.feed(...work(day, 1, inChain(`d${day}`, DROP)));
    const seen = new Set<string>();
    for (let day = 24; day < 40; day += 3) {
      for (const one of world.feed(...work(day, 1, inChain(`d${day}`, DROP))))
        seen.add(one.alert_id);
    }
    return seen.size;
  };
  expect(of(false)).toBe(0);
  expect(of(true)).toBe(1);
});

it('a rule is silenced by nobody: what it says is true whoever finds it harmless', () => {
  const decoys = [{ tool: { server: 'vault', name: 'export_all' } }];
  const world = new ProfileWorld({ version: 1, agents: [{ uid: 'reporter' }], decoys });
  const touch = { tool: { server: 'vault', name: 'export_all' } };
  const alert = firstOf(world.feed(...work(0, 1, inChain('a', touch))));
  expect(alert.kind).toBe('decoy_touched');
  world.verdict(alert, 'false_positive');
  const again = world.feed(...work(3, 1, inChain('b', touch)));
  expect(again.some(({ kind }) => kind === 'decoy_touched')).toBe(true);
});
