import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentMoment, baselinesOf, binsOf, mergeMoments } from './agent-profile.ts';

const day = (n: number, calls: number) => ({
  ...{ day: `2026-11-${String(n).padStart(2, '0')}`, calls, denied: 0, failed: 0 },
  ...{ tools: 1, targets: 0, result_bytes: '0' },
});

describe('baselines of an agent', () => {
  it('compare the newest day with those before, whatever the order of the rows', () => {
    const found = baselinesOf([day(4, 90), day(1, 10), day(3, 30), day(2, 20)], []);
    expect(found?.day).toBe('2026-11-04');
    expect(found?.measures[0]).toMatchObject({
      ...{ measure: 'calls', today: 90, days: 3, median: 20, max: 30, below: 3 },
    });
    // What was never anything but nothing says nothing.
    expect(found?.measures.map((one) => one.measure)).toEqual(['calls', 'tools']);
  });

  it('of an agent without calls are none, and a first day has nothing before it', () => {
    expect(baselinesOf([], [])).toBe(null);
    expect(baselinesOf([day(1, 5)], [])?.measures[0]).toMatchObject({ days: 0, today: 5, max: 0 });
  });

  it('have bins in which every day and the newest one has exactly one place', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { maxLength: 60 }), fc.nat(100_000), (values, now) => {
        const bins = binsOf(values, now);
        expect(bins.length).toBeLessThanOrEqual(13);
        expect(bins.reduce((sum, one) => sum + one.days, 0)).toBe(values.length);
        expect(bins.filter(({ from, to }) => now >= from && now < to)).toHaveLength(1);
      }),
    );
  });
});

const moment = (n: number, kind: 'alert' | 'response'): AgentMoment => {
  const at = `2026-11-24T09:00:${String(n).padStart(2, '0')}.000000000Z`;
  return { at, id: `${kind}-${n}`, kind } as AgentMoment;
};

describe('the timeline', () => {
  it('mixes what happened by time, and its cursors lead through all of it once', () => {
    const alerts = [9, 7, 3].map((n) => moment(n, 'alert'));
    const responses = [9, 4].map((n) => moment(n, 'response'));
    const after = (cursor: string | null, list: readonly AgentMoment[]) =>
      list.filter((one) => cursor === null || `${one.at}~${one.id}` < cursor);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = mergeMoments([after(cursor, alerts), after(cursor, responses)], 2);
      seen.push(...page.moments.map((one) => one.id));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(['response-9', 'alert-9', 'alert-7', 'response-4', 'alert-3']);
  });
});
