/** What adds up within one task: usual calls to nothing, many slightly odd ones to one alert, one odd call to none. */
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { keepOddTask, oddTaskScore, oddTaskWith } from './odd-task.ts';

const DAY_MS = 86_400_000;
const CALLS = 12;
const TASKS = 6;
/** Usual scores: one call in forty is a little odd. */
const usual = (n: number) => (n % 40 === 7 ? 0.8 : 0.05 * (n % 3));

interface World {
  readonly draft: MapDraft;
  n: number;
}

function call(world: World, day: number, task: string, score: number, alarmed = false) {
  world.n += 1;
  const time = new Date(Date.UTC(2026, 0, 5, 9) + day * DAY_MS + world.n * 1000).toISOString();
  const one = event(world.n, { event_time: time, task: { id: task } });
  const odd = oddTaskWith(world.draft, one, { score, alarmed });
  if (odd === undefined) throw new Error('a call with a task and a time');
  const said = oddTaskScore(one, odd);
  keepOddTask(world.draft, odd, alarmed);
  return said;
}

function afterDays(days: number): World {
  const world = { draft: new MapDraft(), n: 0 };
  for (let day = 0; day < days; day += 1) {
    for (let n = 0; n < TASKS * CALLS; n += 1) {
      const said = call(world, day, `task-${day}-${n % TASKS}`, usual(world.n));
      if (said?.alarm !== undefined) throw new Error(`day ${day} alarmed`);
    }
  }
  return world;
}

describe('a task of slightly odd calls', () => {
  it('is told once they add up, with how many they are', () => {
    const world = afterDays(14);
    const said = Array.from({ length: 14 }, () => call(world, 14, 'odd', 1.2));
    const at = said.findIndex((one) => one?.alarm !== undefined);
    expect(at).toBeGreaterThanOrEqual(3);
    expect(said[at]?.alarm).toMatchObject({ ruleId: 'odd-task', severity: 'low' });
    expect(said[at]?.alarm?.title).toContain(`${at + 1} calls`);
    // A verdict on it is about tasks as odd as this one: under that name it does not come again.
    expect(said[at]?.alarm?.same).toEqual([['odd-task', expect.any(Number)]]);
  });

  it('is no more for what adds nothing: a usual call, and what alarms by itself', () => {
    const world = afterDays(14);
    const said = Array.from({ length: 14 }, () => call(world, 14, 'odd', 1.2));
    expect(said.at(-1)?.alarm).toBeDefined();
    expect(call(world, 14, 'odd', 50, true)?.alarm).toBeUndefined();
    expect(call(world, 14, 'odd', 0)?.alarm).toBeUndefined();
    expect(call(world, 14, 'odd', 1.2)?.alarm).toBeDefined();
  });

  it('claims nothing of the other calls of the task, and explains its number', () => {
    const world = afterDays(14);
    const said = Array.from({ length: 14 }, () => call(world, 14, 'odd', 1.2)).at(-1);
    expect(said?.alarm?.summary).toMatch(
      /^14 calls of one task of reporter are unusual for it, each/,
    );
    expect(said?.alarm?.summary).not.toMatch(/No call of this task|bits/);
    expect(said?.alarm?.notVisible.join()).toContain('counted and not kept');
    expect(said?.reasons[0]?.text).toMatch(/a bet of 1 on such calls is worth \d+ by now/);
    expect(said?.reasons[0]?.observed).toMatch(/^\d+\.\d doublings$/);
  });

  it('is none for one odd call, however odd, nor for what alarms by itself', () => {
    const world = afterDays(14);
    expect(call(world, 14, 'once', 50)?.alarm).toBeUndefined();
    for (let n = 0; n < 20; n += 1) {
      expect(call(world, 14, 'told', 50, true)?.alarm).toBeUndefined();
    }
  });

  it('needs them in one task: the same calls in tasks of their own are nothing', () => {
    const world = afterDays(14);
    for (let n = 0; n < 14; n += 1) {
      expect(call(world, 14, `alone-${n}`, 1.2)?.alarm).toBeUndefined();
    }
  });

  it('says nothing before there are days, and keeps a bounded state', () => {
    const world = afterDays(3);
    const said = Array.from({ length: 14 }, () => call(world, 3, 'odd', 1.2));
    expect(said.every((one) => one === undefined)).toBe(true);
    const size = () => JSON.stringify([...afterDays(60).draft.entries.values()]).length;
    expect(size()).toBeLessThan(900);
  });
});
