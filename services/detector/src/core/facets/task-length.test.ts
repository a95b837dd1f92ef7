/** Tasks that grow: what is told of one long task, of a slow climb, and of repeating one call. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { taskLength } from './task-length.ts';

const DAY_ONE_MS = Date.parse('2026-01-05T09:00:00Z');

/** The tools of a task, call by call. */
type Tools = readonly string[];

const row = (tool: string, times: number): Tools => new Array<string>(times).fill(tool);
/** As long, and never the same tool twice in a row. */
const mixed = (times: number): Tools =>
  Array.from({ length: times }, (_, n) => (n % 2 === 0 ? 'list' : 'read'));

class Life {
  readonly draft = new MapDraft();
  #calls = 0;
  #day = 0;

  #call(tool: string, task: string, n: number) {
    this.#calls += 1;
    const time = new Date(DAY_ONE_MS + this.#day * 86_400_000 + n * 5000).toISOString();
    const at = { event_time: time, observed_time: time };
    return event(this.#calls, { ...at, task: { id: task }, tool: { name: tool, server: 'db' } });
  }

  /** Of the alarms since it was emptied. */
  readonly keys = new Set<string>();
  readonly summaries: string[] = [];

  #take(call: AuditEvent, rules: Set<string>): void {
    const alarm = taskLength.score(this.draft, call)?.alarm;
    if (alarm !== undefined) {
      rules.add(alarm.ruleId);
      this.keys.add(alarm.dedupeKey);
      this.summaries.push(alarm.summary);
    }
    taskLength.learn(this.draft, call, alarm !== undefined);
  }

  /** A day of tasks; the rules that alarmed on it. */
  day(...tasks: readonly Tools[]): ReadonlySet<string> {
    const rules = new Set<string>();
    for (const [at, tools] of tasks.entries()) {
      for (const [n, tool] of tools.entries()) {
        this.#take(this.#call(tool, `task-${this.#day}-${at}`, at * 100 + n), rules);
      }
    }
    this.#day += 1;
    return rules;
  }

  /** A day with more calls of a task that earlier days know. */
  more(task: string, tools: Tools): ReadonlySet<string> {
    const rules = new Set<string>();
    for (const [n, tool] of tools.entries()) this.#take(this.#call(tool, task, n), rules);
    this.#day += 1;
    return rules;
  }

  /** A day all of whose calls something else flagged. */
  flagged(tools: Tools): void {
    for (const [n, tool] of tools.entries()) {
      taskLength.learn(this.draft, this.#call(tool, `flagged-${this.#day}`, n), true);
    }
    this.#day += 1;
  }

  declared(what: string): void {
    const time = new Date(DAY_ONE_MS + this.#day * 86_400_000 - 3_600_000).toISOString();
    const target = { resource_id: what };
    declare(
      this.draft,
      event(90_000 + this.#day, { event_time: time, target, principal: { uid: 'release-office' } }),
    );
  }
}

/** Twelve days of tasks with up to fourteen calls, and hardly a row in them. */
function exporter(): Life {
  const life = new Life();
  for (const most of [13, 12, 11, 14, 12, 13, 12, 10, 13, 12, 14, 12]) {
    life.day([...mixed(most - 2), 'list', 'list'], mixed(5), ['list', 'list', 'read']);
  }
  return life;
}

const climb = [4, 4, 5, 6, 8, 9, 10, 12];

/** The rules that alarm while one task a day is a row of one call more. */
function climbed(life: Life, rows: readonly number[]): string[] {
  return rows.flatMap((times) => [...life.day(mixed(12), row('list', times), mixed(6))]);
}

describe('repeating one call more often every day', () => {
  it('is told though tasks are as long as ever', () => {
    const rules = climbed(exporter(), climb);
    expect(new Set(rules)).toEqual(new Set(['same-tool-drift']));
  });

  it('says how often, in a row, and since when', () => {
    const life = exporter();
    climbed(life, climb);
    const last = event(50_000, {
      event_time: '2026-01-25T12:00:00Z',
      task: { id: 'again' },
      tool: { name: 'list', server: 'db' },
    });
    for (let n = 0; n < 13; n += 1) taskLength.learn(life.draft, last, false);
    const score = taskLength.score(life.draft, last);
    expect(score?.alarm?.title).toContain('(14 times)');
    expect(score?.alarm?.summary).toMatch(
      /14 times in a row .* after at most 7 in 20 days \(7 on all but one\)/,
    );
    expect(score?.reasons[0]).toMatchObject({ feature: 'same_tool', observed: '14 in a row' });
    expect(score?.reasons[0]?.p_value).toBeLessThan(0.001);
  });

  it('of one tool is one alert, of another tool another', () => {
    const life = exporter();
    climbed(life, climb);
    expect(life.keys.size).toBe(1);
    for (const times of [13, 15, 17]) life.day(mixed(12), row('read', times), mixed(6));
    expect(life.keys.size).toBe(2);
  });

  it('is told anew when it comes back in another month', () => {
    const life = exporter();
    climbed(life, climb);
    const before = [...life.keys];
    for (let n = 0; n < 35; n += 1) life.day(mixed(12), mixed(6));
    climbed(life, [14, 16, 18, 20]);
    expect(life.keys.size).toBeGreaterThan(before.length);
  });

  it('is one alert while it goes on, whichever month it began in', () => {
    const life = exporter();
    for (let n = 0; n < 13; n += 1) life.day(mixed(12), mixed(6));
    // From the 25th day to the 36th.
    climbed(life, [4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(life.keys.size).toBe(1);
  });

  it('does not lose to a declared change what it had come to', () => {
    const told = (isDeclared: boolean) => {
      const life = exporter();
      climbed(life, [4, 5, 6]);
      if (isDeclared) life.declared('model/other');
      return climbed(life, [9, 10, 12, 13, 14]).length;
    };
    expect(told(false)).toBeGreaterThan(0);
    expect(told(true)).toBeGreaterThan(0);
  });

  it('is nothing where other calls come in between, or where it does not go on', () => {
    const between = climb.flatMap((times) => [...exporter().day(mixed(12), mixed(times))]);
    expect(between).toEqual([]);
    expect(climbed(exporter(), [9, 2, 2, 9, 3, 2, 9, 2])).toEqual([]);
  });

  it('is hidden by no change that is declared as it begins, or on its way', () => {
    const [first, later] = [exporter(), exporter()];
    first.declared('model/other');
    expect(climbed(first, climb)).toContain('same-tool-drift');
    climbed(later, climb.slice(0, 3));
    later.declared('release/2.0');
    expect(climbed(later, climb.slice(3))).toContain('same-tool-drift');
  });

  it('is hidden by no release that leaves all other rows as they are, though it stays below twice as much', () => {
    const life = new Life();
    const busy = (times: number) => life.day(mixed(5), mixed(4), row('list', times), mixed(4));
    for (const times of [4, 5, 3, 5, 4, 6, 4, 5, 3, 4, 5, 6, 4, 5, 3, 4, 5]) busy(times);
    life.declared('release/2.0');
    const told = [4, 5, 6, 8, 9, 10, 12, 14].flatMap((times) => [...busy(times)]);
    expect(told).toContain('same-tool-drift');
  });

  it('is told across quiet days, on which there is hardly work and nothing grows', () => {
    const life = new Life();
    const busy = (times: number) =>
      life.day(mixed(5), mixed(4), mixed(5), mixed(4), row('list', times));
    const quiet = () => life.day(mixed(3));
    for (let week = 0; week < 3; week += 1) {
      for (const times of [5, 4, 6, 5, 6]) busy(times);
      quiet();
      quiet();
    }
    const told = [busy(8), busy(9), ...Array.from({ length: 5 }, quiet), busy(10), busy(12)];
    expect(told.flatMap((rules) => [...rules])).toContain('same-tool-drift');
  });

  it('is told after a declared change that made rows longer, above what it made them', () => {
    const life = new Life();
    for (const most of [6, 5, 3, 5, 6, 4, 5, 2, 5, 6, 5, 4]) life.day(row('list', most), mixed(6));
    life.declared('prompt/looks-up-more');
    for (const most of [9, 8, 9, 7, 9]) expect(life.day(row('list', most), mixed(6)).size).toBe(0);
    expect(climbed(life, [11, 13, 16, 20])).toContain('same-tool-drift');
  });

  it('is none that a declared change makes rows longer for good', () => {
    const life = new Life();
    for (const most of [4, 5, 3, 5, 4, 4, 5, 2, 5, 4]) life.day(row('list', most), mixed(6));
    life.declared('prompt/compares');
    const told = [8, 9, 10, 9, 11, 8, 10, 12, 9, 10, 11, 12, 13].flatMap((most) => [
      ...life.day(row('list', most), mixed(6)),
    ]);
    expect(told).toEqual([]);
  });
});

it('is no drift that tasks have four calls or fifty, more often than at first', () => {
  const life = new Life();
  for (const most of [5, 4, 4, 6, 4, 4, 50, 2, 4, 3]) life.day(mixed(most), mixed(2));
  const told = [50, 46, 4, 32, 50, 4, 5, 48, 38, 42, 27, 46, 50, 35, 49].flatMap((most) => [
    ...life.day(mixed(most), mixed(2)),
  ]);
  expect(told).not.toContain('task-length-drift');
});

it('is no rise that a task which never ends has the same row of calls every day', () => {
  const life = new Life();
  for (let day = 0; day < 12; day += 1) {
    expect(life.more('sync', row('update', 96))).not.toContain('same-tool-drift');
  }
  const rises = [99, 102, 105, 108, 111].flatMap((times) => [...life.day(row('update', times))]);
  expect(new Set(rises)).toEqual(new Set(['same-tool-drift']));
});

describe('a task that never ends', () => {
  /** Five weeks of it, on each of whose days it has so many calls. */
  const working = (calls: number): Life => {
    const life = new Life();
    for (let day = 0; day < 35; day += 1)
      expect(life.more('sync', mixed(calls))).toEqual(new Set());
    return life;
  };

  it('is nothing odd while as much is done in it as ever', () => {
    for (const calls of [8, 96]) working(calls);
  });

  it('is told once more is done in it, with what the week has come to', () => {
    const life = working(8);
    const told = Array.from({ length: 14 }, () => [...life.more('sync', mixed(30))]).flat();
    expect(told).toContain('task-length-drift');
    expect(life.summaries.join()).toMatch(
      /This one has \d+ calls so far, counted anew each week\./,
    );
  });
});

it('is a drift that tasks of an agent that is even grow by a tenth a day', () => {
  const life = new Life();
  for (let n = 0; n < 12; n += 1) life.day(mixed(12 + (n % 2)), mixed(6));
  const told = Array.from({ length: 14 }, (_, n) => [
    ...life.day(mixed(Math.round(13 * 1.1 ** (n + 1))), mixed(6)),
  ]);
  expect(told.flat()).toContain('task-length-drift');
});

describe('a task that is longer than ever', () => {
  /** Days on each of which the same task goes on with forty calls; the days on which it alarmed. */
  function goingOn(life: Life, days: number): number {
    let alarmed = 0;
    for (let n = 0; n < days; n += 1) if (life.more('same', mixed(40)).size > 0) alarmed += 1;
    return alarmed;
  }

  it('is one alert, for however many days it goes on', () => {
    const life = exporter();
    expect(goingOn(life, 12)).toBeGreaterThan(5);
    expect([...life.keys].filter((key) => key.startsWith('task_length|false'))).toHaveLength(1);
  });

  it('is another one after a week of shorter ones', () => {
    const life = exporter();
    life.day(mixed(50));
    life.day(mixed(75));
    expect(life.keys.size).toBe(1);
    for (let n = 0; n < 9; n += 1) life.day(mixed(12));
    life.day(mixed(250));
    expect(life.keys.size).toBe(2);
  });

  it('is the usual once all were as long for a month, and not before', () => {
    const life = exporter();
    const alarmed = Array.from({ length: 60 }, (_, n) => life.day(mixed(50 + (n % 3))).size > 0);
    expect(alarmed.slice(0, 30)).toEqual(new Array(30).fill(true));
    expect(alarmed.slice(35)).toEqual(new Array(25).fill(false));
    expect(life.day(mixed(150))).toContain('task-length');
  });

  it('leaves a day of which nothing may be learnt out of what is usual', () => {
    const life = exporter();
    for (let n = 0; n < 25; n += 1) {
      life.flagged(mixed(12));
      if (n % 5 === 0) life.day(mixed(12), mixed(6));
    }
    expect(life.day(mixed(16))).toEqual(new Set());
  });
});
