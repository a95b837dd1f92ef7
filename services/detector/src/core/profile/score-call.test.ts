/** What a call teaches: doubt about what it is for, and quarantine of what was alarmed on. */
import { describe, expect, it } from 'vitest';
import { actingHours } from '../facets/acting-hours.ts';
import { callRate } from '../facets/call-rate.ts';
import { firstCounterparty } from '../facets/first-counterparty.ts';
import { firstTool } from '../facets/first-tool.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { type Flag, learnCall, scoreCall } from './score-call.ts';

const DAY_MS = 86_400_000;
const at = (day: number, n: number) =>
  new Date(Date.UTC(2026, 0, 5, 9) + day * DAY_MS + n * 1000).toISOString();

/** Ten days with twenty calls within a minute each, all under this flag. */
function after(flag: Flag): MapDraft {
  const draft = new MapDraft();
  for (let day = 0; day < 10; day += 1) {
    for (let n = 0; n < 20; n += 1) {
      learnCall(draft, event(day * 100 + n, { event_time: at(day, n) }), flag);
    }
  }
  return draft;
}

/** How rare a day is that is like the ten before. */
function rarity(draft: MapDraft): number {
  for (let n = 0; n < 19; n += 1) {
    learnCall(draft, event(2000 + n, { event_time: at(10, n) }), 'clear');
  }
  const last = event(2100, { event_time: at(10, 19) });
  return callRate.score(draft, last)?.day?.probability ?? 0;
}

describe('what a call teaches', () => {
  it('counts also calls whose purpose is doubted: a day like the ten before it is nothing odd', () => {
    expect(rarity(after('clear'))).toBeGreaterThan(0.9);
    expect(rarity(after('doubtful'))).toBeGreaterThan(0.9);
  });

  it('knows the hour at which doubted work is done each day, and not that of quarantined work', () => {
    const mailAt = (day: number) =>
      event(9000 + day, { effect: 'send', event_time: at(day, 8 * 3600) });
    const alarm = (flag: Flag) => {
      const draft = new MapDraft();
      for (let day = 0; day < 12; day += 1) {
        for (let n = 0; n < 10; n += 1) {
          learnCall(draft, event(day * 100 + n, { event_time: at(day, n) }), 'clear');
        }
        learnCall(draft, mailAt(day), flag);
      }
      return actingHours.score(draft, mailAt(12))?.alarm;
    };
    expect(alarm('doubtful')).toBeUndefined();
    expect(alarm('quarantined')).toBeDefined();
  });

  it('does not count what was quarantined, nor learn a value from what is doubted', () => {
    expect(rarity(after('quarantined'))).toBeLessThan(0.001);
    const known = (flag: Flag) => firstTool.score(after(flag), event(3000))?.points ?? null;
    expect(known('clear')).toBeLessThan(0.1);
    // As of an agent of which nothing is counted: the shipped share of a new thing that only reads.
    expect(known('doubtful')).toBeCloseTo(-Math.log2(0.6));
  });
});

it('counts nothing as odd of a call that is so of the window in which it lies', () => {
  const draft = after('clear');
  const task = { id: 'busy' };
  const scored = Array.from({ length: 30 }, (_, n) => {
    const one = event(2000 + n, { event_time: at(10, n / 2), task });
    const score = scoreCall(draft, one);
    learnCall(draft, one, score.flag, score);
    return score;
  });
  const [first, last] = [scored[0], scored.at(-1)];
  expect(last?.score).toBeGreaterThan(first?.score ?? Number.NaN);
  expect(last?.task?.step).toBe(first?.task?.step);
});

describe('what is doubted, and when it settles', () => {
  const PAID = { name: 'create_payment', server: 'erp' };
  const payment = (day: number, n: number, chain = `pay-${day}-${n}`) =>
    event(5000 + day * 100 + n, {
      event_time: at(day, n),
      chain_id: chain,
      effect: 'pay',
      tool: PAID,
      args: { features: { destination_domain: 'pohl.example' } },
    });

  /** Twenty clear reads a day and, where it is one of these, payments under this flag. */
  function working(
    days: number,
    flag: Flag,
    { paysOn, chain }: { readonly paysOn: (day: number) => number; readonly chain?: string },
  ): MapDraft {
    const draft = new MapDraft();
    for (let day = 0; day < days; day += 1) {
      for (let n = 0; n < 20; n += 1) {
        learnCall(draft, event(day * 100 + n, { event_time: at(day, n) }), 'clear');
      }
      for (let n = 0; n < paysOn(day); n += 1) learnCall(draft, payment(day, 30 + n, chain), flag);
    }
    return draft;
  }
  const alarm = (draft: MapDraft, day: number) => firstTool.score(draft, payment(day, 59))?.alarm;

  it('knows a kind of act that is doubted each day, once it stood in three chains on three days', () => {
    const daily = { paysOn: () => 5 };
    expect(alarm(working(6, 'doubtful', daily), 6)).toBeUndefined();
    expect(alarm(working(6, 'doubtful', { paysOn: (day) => (day > 3 ? 5 : 0) }), 6)).toBeDefined();
  });

  it('lets neither a loop in one chain nor a single day make it usual', () => {
    expect(alarm(working(6, 'doubtful', { paysOn: () => 5, chain: 'one' }), 6)).toBeDefined();
    const once = { paysOn: (day: number) => (day === 4 ? 20 : 0) };
    expect(alarm(working(6, 'doubtful', once), 6)).toBeDefined();
  });

  it('does not call new what it declined to count', () => {
    const never = alarm(working(6, 'doubtful', { paysOn: () => 0 }), 6);
    expect(never?.title).toContain('for the first time');
    const once = { paysOn: (day: number) => (day === 4 ? 2 : 0) };
    for (const flag of ['doubtful', 'quarantined'] as const) {
      const declined = alarm(working(6, flag, once), 6);
      expect(declined?.title).toContain('which has not settled');
      expect(declined?.summary).toContain('(since 2026-01-09), which are not counted');
      expect(`${declined?.title} ${declined?.summary}`).not.toMatch(/first time|something new/);
    }
  });

  it('releases what was flagged only after a week', () => {
    const daily = { paysOn: () => 5 };
    expect(alarm(working(7, 'quarantined', daily), 7)).toBeDefined();
    expect(alarm(working(9, 'quarantined', daily), 9)).toBeUndefined();
  });

  it('lets a doubted counterparty settle after two weeks, and a flagged one not by itself', () => {
    const known = (days: number, flag: Flag) => {
      const draft = working(days, flag, { paysOn: () => 2 });
      // Unknown, a payment has the shipped share of two in a hundred.
      const { points } = firstCounterparty.score(draft, payment(days, 59)) ?? { points: Infinity };
      return points < 2;
    };
    expect(known(13, 'doubtful')).toBe(false);
    expect(known(16, 'doubtful')).toBe(true);
    expect(known(16, 'quarantined')).toBe(false);
  });

  it('counts all doubted calls of what is known, so that soon a new counterparty is told', () => {
    const draft = working(32, 'doubtful', { paysOn: () => 4 });
    const to = (domain: string) => ({
      ...payment(32, 59),
      args: { features: { destination_domain: domain } },
    });
    expect(firstCounterparty.score(draft, to('pohl.example'))?.alarm).toBeUndefined();
    expect(firstCounterparty.score(draft, to('drop.example'))?.alarm).toBeDefined();
  });
});
