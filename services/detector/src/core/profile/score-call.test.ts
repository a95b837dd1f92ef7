/** What a call teaches: doubt about what it is for, and quarantine of what was alarmed on. */
import { describe, expect, it } from 'vitest';
import { callRate } from '../facets/call-rate.ts';
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

  it('does not count what was quarantined, nor learn a value from what is doubted', () => {
    expect(rarity(after('quarantined'))).toBeLessThan(0.001);
    const known = (flag: Flag) => firstTool.score(after(flag), event(3000))?.points ?? null;
    expect(known('clear')).toBeLessThan(0.1);
    expect(known('doubtful')).toBeNull();
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
