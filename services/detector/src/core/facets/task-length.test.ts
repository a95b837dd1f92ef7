/** Tasks that grow: what is told of one long task, of a slow climb, and of repeating one call. */
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

  /** A day of tasks; the rules that alarmed on it. */
  day(...tasks: readonly Tools[]): ReadonlySet<string> {
    const rules = new Set<string>();
    for (const [at, tools] of tasks.entries()) {
      for (const [n, tool] of tools.entries()) {
        const one = this.#call(tool, `task-${this.#day}-${at}`, at * 100 + n);
        const alarm = taskLength.score(this.draft, one)?.alarm;
        if (alarm !== undefined) {
          rules.add(alarm.ruleId);
          this.keys.add(alarm.dedupeKey);
        }
        taskLength.learn(this.draft, one, alarm !== undefined);
      }
    }
    this.#day += 1;
    return rules;
  }

  declared(what: string): void {
    const time = new Date(DAY_ONE_MS + this.#day * 86_400_000 - 3_600_000).toISOString();
    const target = { resource_id: what };
    declare(this.draft, event(90_000 + this.#day, { event_time: time, target }));
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
    expect(score?.alarm?.summary).toMatch(/14 times in a row .* after at most 7 in 20 days/);
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

  it('is nothing where other calls come in between, or where it does not go on', () => {
    const between = climb.flatMap((times) => [...exporter().day(mixed(12), mixed(times))]);
    expect(between).toEqual([]);
    expect(climbed(exporter(), [9, 2, 2, 9, 3, 2, 9, 2])).toEqual([]);
  });

  it('is told after a declared change too, once there are days again', () => {
    const life = exporter();
    life.declared('model/other');
    // The first days after it are the new usual, climb and all.
    expect(climbed(life, climb)).toEqual([]);
    expect(climbed(life, [14, 16, 18, 20])).toContain('same-tool-drift');
  });
});
