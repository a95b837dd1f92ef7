/** What is said of tasks that are longer than in the first days: that they grow only where they do. */
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const DAY_MS = 86_400_000;

/** One task a day of so many calls, half of one tool and half of another; what is told of a drift, day by day. */
function driftsOf(lengths: readonly number[]): readonly (readonly Alert[])[] {
  const world = new ProfileWorld();
  return lengths.map((calls, day) =>
    Array.from({ length: calls }, (_, n) => {
      const at = Date.UTC(2026, 0, 5, 9) + day * DAY_MS + n * 300_000;
      const time = new Date(at).toISOString();
      const tool = { name: n % 2 === 0 ? 'list_orders' : 'read_order', server: 'office' };
      const work = { task: { id: `task-${day}` }, chain_id: `chain-${day}`, tool };
      return world.feed(event(day * 1000 + n, { event_time: time, observed_time: time, ...work }));
    })
      .flat()
      .filter(({ rule_id: rule }) => rule === 'task-length-drift'),
  );
}

const days = (number: number, calls: (day: number) => number) =>
  Array.from({ length: number }, (_, day) => calls(day));

/** Two weeks of 20 calls, then a fifth more, for good. */
const STEP = [...days(14, () => 20), ...days(32, () => 24)];
/** Two weeks of 20 calls, then one more every day. */
const CLIMB = [...days(14, () => 20), ...days(16, (day) => 21 + day)];

describe('a drift of tasks in words', () => {
  const step = driftsOf(STEP);

  it('does not say of longer tasks that they grow, nor calls a shorter one too long', () => {
    const told = step.flat();
    expect(told.length).toBeGreaterThan(0);
    for (const { title, summary, reasons } of told) {
      expect(title).toMatch(/are longer than in its first 10 days/);
      expect(summary).toMatch(
        /counts as at most 20 calls in its first 10 days\. Of the \d+ days that add up/,
      );
      expect(summary).toMatch(
        /since 2026-01-\d\d at the latest, \d+ at least had more; the longest that is counted had 24\./,
      );
      expect(summary).not.toMatch(/more each time|They grow/);
      expect(reasons[0]?.expected).toBe(
        'a sum of at most 10 above its first 10 days, of which the longest task counts as 20 calls',
      );
      expect(reasons[0]).toMatchObject({ threshold: 10, baseline_n: 10 });
    }
    expect(told[0]?.summary).toContain('They stay so and don’t grow further.');
  });

  it('says of tasks that grow that they do, and how far', () => {
    const told = driftsOf(CLIMB).flat();
    const grown = told.filter(({ title }) => title.includes('its tasks grow longer, day by day'));
    // Days that alarm are learnt up to their alarm: the last of them no longer shows that it goes on.
    expect(grown).toEqual(told.slice(0, -1));
    expect(grown.length).toBeGreaterThan(3);
    for (const { summary } of grown) {
      expect(summary).toMatch(
        /They grow: at most \d+ calls in the first third of these days, \d+ in the last\./,
      );
    }
    expect(told.at(-1)?.title).toMatch(/are longer than in its first 10 days \(36 calls\)/);
  });

  it('tells what only stays so once a week, with the words of that day', () => {
    const all = step.flat();
    expect(new Set(all.map(({ alert_id: id }) => id)).size).toBe(1);
    const { count = 0, revision = 0 } = all.at(-1) ?? {};
    expect(count).toBeGreaterThan(9);
    expect(revision).toBeLessThan(8);
    expect(new Set(all.map(({ summary }) => summary)).size).toBeGreaterThan(1);
  });

  /** A tenth more every day for ten days, and from then on 40 and 30 in turn. */
  const RAMP = [
    ...days(10, (day) => Math.round(20 * 1.08 ** day)),
    ...days(40, (day) => 40 - 2 * (day % 5)),
  ];

  it('holds a life that grew in its first days against what these had', () => {
    expect(driftsOf(RAMP).flat()).toEqual([]);
  });

  it('says nothing of growth where days were learnt as less than they had', () => {
    const told = driftsOf([...days(14, () => 20), ...days(24, () => 28)]).flat();
    expect(told.length).toBeGreaterThan(0);
    for (const { title, summary } of told) {
      expect(title).not.toContain('grow');
      expect(summary).toContain('the longest that is counted had 28.');
    }
  });
});
