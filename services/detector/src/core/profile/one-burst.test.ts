/** What is too much at once is one alert; what joins or doubles is told in it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { FacetScore } from '../facets/facet.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { raise } from './alert-track.ts';
import { oneBurst } from './one-burst.ts';

const HOUR = 3_600_000;

function at(ms: number, chain = 'chain'): AuditEvent {
  const time = new Date(Date.UTC(2026, 0, 5, 9) + ms).toISOString();
  return event(ms / 1000, { event_time: time, observed_time: time, chain_id: chain });
}

function much(facet: string, amount: number, severity: 'low' | 'medium' = 'medium'): FacetScore {
  const alarm = {
    ...{ kind: 'behavior_deviation', ruleId: facet, severity, dedupeKey: `${facet}|1` },
    ...{ title: facet, summary: `${amount} of ${facet}.`, amount, much: `${amount} of ${facet}` },
    ...{ evidence: [], notVisible: [], taxonomy: {} },
  };
  const reasons = [{ feature: facet, text: '' }] as unknown as FacetScore['reasons'];
  return { facet, points: amount, weight: 1, reasons, alarm };
}

const keys = (scores: readonly FacetScore[]) => scores.map(({ alarm }) => alarm?.dedupeKey);

describe('a burst', () => {
  it('is one alert with the reasons of all its features', () => {
    const draft = new MapDraft();
    const [one, ...others] = oneBurst(draft, at(0), [much('calls', 60), much('records', 900)]);
    expect(others).toEqual([]);
    expect(one?.alarm?.dedupeKey).toMatch(/^calls\|1/);
    expect(one?.alarm?.summary).toBe('60 of calls. At the same time: 900 of records.');
    expect(one?.reasons.map(({ feature }) => feature)).toEqual(['calls', 'records']);
  });

  it('stays the one that told it first, and tells what joins', () => {
    const draft = new MapDraft();
    const [key] = keys(oneBurst(draft, at(0), [much('calls', 60)]));
    const [joined] = oneBurst(draft, at(1000), [much('task', 70)]);
    expect(joined?.alarm).toMatchObject({ ruleId: 'calls', dedupeKey: key, retells: true });
    expect(joined?.alarm?.summary).toContain('At the same time: 60 of calls.');
    expect(joined?.alarm?.amount).toBeUndefined();
    expect(oneBurst(draft, at(2000), [much('task', 71)])[0]?.alarm?.retells).toBeUndefined();
  });

  it('is told in one series, however many of its features double, with what each comes to then', () => {
    const draft = new MapDraft();
    const told = Array.from({ length: 400 }, (_, n) => {
      const one = at(n * 1000);
      const features = [much('calls', 20 + n), ...(n < 4 ? [] : [much('task', 22 + n)])];
      const context = { policyVersion: 'p', registered: undefined, isUnregistered: false };
      return oneBurst(draft, one, features).flatMap((score) =>
        raise(draft, one, score, { ...context, now: one.event_time }),
      );
    }).flat();
    // The fifth joins.
    const counts = [1, 2, 4, 5, 10, 20, 40, 80, 160, 320];
    expect(told.map(({ count }) => count)).toEqual(counts);
    for (const { count, summary } of told) expect(summary).toContain(`${19 + count} of calls.`);
    expect(told.at(-1)?.summary).toContain('At the same time: 341 of task.');
  });

  it('is told when another feature than its first has doubled', () => {
    const draft = new MapDraft();
    const told = (n: number, records: number) => {
      const one = at(n * 1000);
      const features = [much('calls', 60), much('records', records)];
      const context = { policyVersion: 'p', registered: undefined, isUnregistered: false };
      return oneBurst(draft, one, features).flatMap((score) =>
        raise(draft, one, score, { ...context, now: one.event_time }),
      )[0]?.summary;
    };
    const calls = [100, 110, 120, 130, 219, 260];
    expect(calls.map((records, n) => told(n, records)).slice(4)).toEqual([
      undefined,
      '60 of calls. At the same time: 260 of records.',
    ]);
  });

  it('says what joined as it is now, where the call that tells it has it too', () => {
    const draft = new MapDraft();
    oneBurst(draft, at(0), [much('calls', 60), much('task', 60)]);
    const [doubled] = oneBurst(draft, at(1000), [much('calls', 120), much('task', 119)]);
    expect(doubled?.alarm?.summary).toBe('120 of calls. At the same time: 119 of task.');
  });

  it('is led by the gravest of its features', () => {
    const scores = [much('bytes', 9, 'low'), much('task', 70)];
    expect(keys(oneBurst(new MapDraft(), at(0), scores))[0]).toMatch(/^task/);
  });

  it('of another day and chain is another one, unless it is no more than was told', () => {
    const draft = new MapDraft();
    const key = (ms: number, chain: string, scores: readonly FacetScore[]) =>
      keys(oneBurst(draft, at(ms, chain), scores))[0];
    const first = key(0, 'chain', [much('calls', 60)]);
    expect(key(48 * HOUR, 'other', [much('calls', 60)])).toBe(first);
    const doubled = key(72 * HOUR, 'attack', [much('calls', 120)]);
    expect(doubled).not.toBe(first);
    const joined = key(96 * HOUR, 'next', [much('calls', 120), much('task', 70)]);
    expect([first, doubled]).not.toContain(joined);
    expect(key(120 * HOUR, 'third', [much('tokens', 9)])).toMatch(/^tokens/);
    const late = oneBurst(draft, at(480 * HOUR, 'third'), [much('records', 9)]);
    expect(late[0]?.alarm?.summary).not.toContain('tokens of');
  });

  it('of an agent that names no work is another one on another day, too', () => {
    const draft = new MapDraft();
    const key = (ms: number, scores: readonly FacetScore[]) => {
      const { task: _, ...unnamed } = at(ms);
      return keys(oneBurst(draft, unnamed, scores))[0];
    };
    const first = key(0, [much('errors', 31)]);
    expect(key(HOUR, [much('errors', 70)])).toBe(first);
    expect(key(24 * HOUR, [much('errors', 70)])).toBe(first);
    expect(key(48 * HOUR, [much('errors', 140)])).not.toBe(first);
    expect(key(72 * HOUR, [much('records', 900)])).toMatch(/^records/);
  });

  it('ends after a week without one, in one conversation too', () => {
    const draft = new MapDraft();
    oneBurst(draft, at(0), [much('errors', 31)]);
    const within = oneBurst(draft, at(7 * 24 * HOUR), [much('records', 900)]);
    expect(keys(within)[0]).toMatch(/^errors/);
    const [after] = oneBurst(draft, at(15 * 24 * HOUR), [much('records', 900)]);
    expect(after?.alarm?.dedupeKey).toMatch(/^records/);
    expect(after?.alarm?.summary).not.toContain('errors');
  });

  it('says of no other day that it was at the same time, unless it never paused', () => {
    const draft = new MapDraft();
    const said = (ms: number, scores: readonly FacetScore[]) =>
      oneBurst(draft, at(ms), scores)[0]?.alarm?.summary;
    said(0, [much('calls', 60), much('records', 6000)]);
    expect(said(24 * HOUR, [much('calls', 60)])).not.toContain('records');
    const both = said(25 * HOUR, [much('calls', 60), much('records', 7000)]);
    expect(both).toContain('At the same time: 7000 of records.');
    expect(said(26 * HOUR, [much('calls', 60)])).toContain('At the same time: 7000 of records.');
    const midnight = 39 * HOUR;
    said(midnight - 60_000, [much('calls', 60), much('records', 7000)]);
    expect(said(midnight + 60_000, [much('calls', 60)])).toContain('7000 of records');
  });

  it('is no other one for the sum of its day, which it makes too much in another chain', () => {
    const draft = new MapDraft();
    const ofDay = (amount: number): FacetScore => {
      const { alarm, ...score } = much('day', amount);
      return { ...score, ...(alarm && { alarm: { ...alarm, isOfDay: true } }) };
    };
    const at9 = oneBurst(draft, at(0), [much('records', 60)])[0]?.alarm;
    const joined = oneBurst(draft, at(HOUR, 'next'), [much('records', 60), ofDay(120)])[0]?.alarm;
    expect(joined).toMatchObject({ dedupeKey: at9?.dedupeKey, retells: true });
    expect(joined?.summary).toContain('At the same time: 120 of day.');
    const twice = oneBurst(draft, at(2 * HOUR, 'third'), [much('records', 60), ofDay(240)]);
    expect(keys(twice)[0]).not.toBe(at9?.dedupeKey);
    const other = [much('records', 60), ofDay(240)];
    expect(keys(oneBurst(draft, at(30 * HOUR, 'fourth'), other))[0]).toBe(keys(twice)[0]);
  });

  it('leaves what is not too much of something apart', () => {
    const first = { ...much('first', 1), alarm: { ...much('first', 1).alarm } } as FacetScore;
    const { much: _, ...alarm } = first.alarm ?? {};
    const plain = { ...first, alarm } as FacetScore;
    expect(oneBurst(new MapDraft(), at(0), [plain, much('calls', 60)])).toHaveLength(2);
    expect(oneBurst(new MapDraft(), at(0), [plain])).toEqual([plain]);
  });
});

describe('what was alarmed on before', () => {
  const DAY = 24 * HOUR;
  const said = (draft: MapDraft, ms: number, scores: readonly FacetScore[]) =>
    oneBurst(draft, at(ms, `chain-${ms}`), scores)[0];

  it('is told with its day, the largest of its rule, since what is counted lies below', () => {
    const draft = new MapDraft();
    said(draft, 0, [much('task', 60)]);
    oneBurst(draft, at(HOUR, 'chain-0'), [much('task', 97)]);
    said(draft, 10 * DAY, [much('task', 40)]);
    const third = said(draft, 20 * DAY, [much('task', 70)]);
    const sentence = ' On 2026-01-05 it was 97, which was alarmed on then and is not counted.';
    expect(third?.alarm?.summary).toBe(`70 of task.${sentence}`);
    expect(third?.reasons[0]?.text).toBe(sentence);
    // What goes on in the same alert, too.
    expect(said(draft, 21 * DAY, [much('task', 69)])?.alarm?.summary).toContain(sentence);
  });

  it('is nothing of another rule or of another tool', () => {
    const draft = new MapDraft();
    said(draft, 0, [much('task', 60)]);
    expect(said(draft, 10 * DAY, [much('calls', 60)])?.alarm?.summary).toBe('60 of calls.');
    const ofTool = (amount: number): FacetScore => {
      const { alarm, ...score } = much('tool', amount);
      return { ...score, ...(alarm && { alarm: { ...alarm, isOfPart: true } }) };
    };
    said(draft, 20 * DAY, [ofTool(60)]);
    expect(said(draft, 30 * DAY, [ofTool(50)])?.alarm?.summary).toBe('50 of tool.');
  });
});

describe('among the bursts of others', () => {
  const HOURLY = 3_600_000;
  const of = (alike: 'calls' | 'data', times: number): FacetScore => {
    const { alarm, ...score } = much(alike, 60);
    return { ...score, ...(alarm && { alarm: { ...alarm, alike, times } }) };
  };
  const named = (draft: MapDraft, ms: number, scores: readonly FacetScore[]) => {
    const { alike, times } = oneBurst(draft, at(ms), scores)[0]?.alarm ?? {};
    return [alike, times];
  };

  it('counts as more calls what these bring, also minutes later, and as data what they don’t', () => {
    const draft = new MapDraft();
    expect(named(draft, 0, [of('calls', 20), of('data', 60)])).toEqual(['calls', 60]);
    expect(named(draft, 60_000, [of('data', 70)])).toEqual(['calls', 70]);
    expect(named(draft, 60_000, [of('data', 4000)])).toEqual(['data', 4000]);
    expect(named(draft, HOURLY, [of('data', 70)])).toEqual(['data', 70]);
    expect(named(new MapDraft(), 0, [of('data', 3)])).toEqual(['data', 3]);
  });
});
