/** What alarms day after day: one alert, told anew each day with that day's work, until it is what is usual. */
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const DAY_MS = 86_400_000;
/** One of them tells what all are. */
const MUCH: ReadonlySet<string> = new Set(['call-rate', 'tool-rate', 'task-length']);

/** One day: so many calls within a minute, all in one task. */
function day(number: number, calls: number) {
  return Array.from({ length: calls }, (_, n) => {
    const time = new Date(Date.UTC(2026, 0, 5, 9) + number * DAY_MS + n * 500).toISOString();
    const task = { id: `task-${number}` };
    const over = { event_time: time, observed_time: time, task, chain_id: `chain-${number}` };
    return event(number * 1000 + n, over);
  });
}

/** What is told as too much on each day after two weeks of ten calls a minute. */
function ratesOf(days: number) {
  const world = new ProfileWorld();
  for (let n = 0; n < 14; n += 1) world.feed(...day(n, 10 + (n % 2)));
  return Array.from({ length: days }, (_, n) =>
    world.feed(...day(14 + n, 80 + (n % 2))).filter(({ rule_id: rule }) => MUCH.has(rule)),
  );
}

describe('a change for good that nobody declared', () => {
  it('is one alert, told every day with the work of that day', () => {
    const told = ratesOf(10);
    const all = told.flat();
    expect(new Set(all.map(({ alert_id: id }) => id)).size).toBe(1);
    expect(told.every((one) => one.length > 0)).toBe(true);
    expect(told[9]?.at(-1)?.subject.task_id).toBe('task-23');
    expect(told[9]?.at(-1)?.count).toBeGreaterThan(10);
  });

  it('is released at the age of thirty days', () => {
    const told = ratesOf(45).map((one) => one.length > 0);
    expect(told.slice(0, 30)).toEqual(new Array(30).fill(true));
    expect(told.slice(30)).toEqual(new Array(15).fill(false));
  });
});

it('a new counterparty is told by its domain, and day after day in words that are true that day', () => {
  const world = new ProfileWorld();
  const send = (number: number, domain: string, n = 0) => {
    const time = new Date(Date.UTC(2026, 0, 5, 9, n) + number * DAY_MS).toISOString();
    const work = { task: { id: `task-${number}` }, chain_id: `chain-${number}` };
    const when = { event_time: time, observed_time: time };
    const args = { features: { destination_domain: domain } };
    return event(number * 100 + n, { ...when, ...work, effect: 'send', args });
  };
  for (let n = 0; n < 14; n += 1) {
    world.feed(...Array.from({ length: 10 }, (_, minute) => send(n, 'one.example', minute)));
  }
  const told = [14, 15, 16].map((day) => world.feed(send(day, 'other.example')));
  const [first, second, third] = told.map(([alert]) => alert);
  expect(first?.title).toBe('reporter: send to other.example, for the first time');
  for (const later of [second, third]) {
    expect(later?.alert_id).toBe(first?.alert_id);
    expect(later?.title).toBe('reporter: send to other.example, which has not settled');
    expect(later?.summary).toContain('doubted or alarmed on (since 2026-01-19)');
  }
  expect(third?.baseline?.version).toBe('2026-01-21');
});
