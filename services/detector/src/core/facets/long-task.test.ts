/** Tasks that grow longer in steps, none of which alarms, are told once they are far longer than those of the first days. */
import { expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { taskLength } from './task-length.ts';

const AGENT = { tenant_id: 'acme', agent: { uid: 'reporter' } };
const FIRST_MS = Date.parse('2026-01-05T09:00:00Z');
let id = 0;

function called(day: number, n: number, over = {}) {
  id += 1;
  const event_time = new Date(FIRST_MS + day * 86_400_000 + n * 60_000).toISOString();
  const tool = { name: ['search', 'get', 'list'][n % 3] ?? 'search', server: 'office' };
  return event(id, { event_time, tool, task: { id: `task-${day}` }, ...over });
}

/** A day of one task; what alarms is flagged. The first alarm of the day. */
function onDay(draft: MapDraft, day: number, calls: number) {
  let first: ReturnType<typeof taskLength.score> = null;
  for (let n = 0; n < calls; n += 1) {
    const call = called(day, n);
    const score = taskLength.score(draft, call);
    taskLength.learn(draft, call, score?.alarm !== undefined);
    if (score?.alarm !== undefined) first ??= score;
  }
  return first;
}

const usual = (draft: MapDraft, from: number, until: number, calls = 6) => {
  for (let day = from; day < until; day += 1) onDay(draft, day, calls + (day % 2));
};

/** Each sixth day 1.45 times the last such day, up to so many calls; the first alarm. */
function climb(draft: MapDraft, from: number, most: number, times = 1) {
  for (let step = 1; step < 14; step += 1) {
    const day = from + 6 * step;
    usual(draft, day - 5, day, 6 * times);
    const calls = Math.round(6 * times * 1.45 ** step);
    if (calls > most) return undefined;
    const score = onDay(draft, day, calls);
    if (score !== null) return score;
  }
  return undefined;
}

it('are told as the first days say, without a probability', () => {
  const draft = new MapDraft();
  usual(draft, 0, 30);
  const score = climb(draft, 30, 80);
  expect(score?.alarm).toMatchObject({
    ruleId: 'task-length',
    title: 'reporter: 43 calls in one task, 6.1 times the most of its first days',
    summary: 'reporter made 43 calls in one task; the longest of its first 10 days counts as 7.',
  });
  const [reason] = score?.reasons ?? [];
  expect(reason).toMatchObject({ expected: 'at most 7 calls on its first days' });
  expect(reason?.p_value).toBeUndefined();
});

it('are told of the first days since a declared change', () => {
  const draft = new MapDraft();
  usual(draft, 0, 20);
  const target = { resource_id: 'release/2' };
  declare(draft, called(20, 0, { target, principal: { uid: 'release-office' } }));
  usual(draft, 20, 40);
  expect(climb(draft, 40, 80)?.alarm?.summary).toBe(
    'reporter made 43 calls in one task; the longest of the first 10 days since its latest declared change counts as 7.',
  );
});

it('are told again at twice as much once that has ended', () => {
  const draft = new MapDraft();
  usual(draft, 0, 30);
  expect(climb(draft, 30, 80)).toBeDefined();
  usual(draft, 70, 79);
  expect(onDay(draft, 79, 44)).toBeNull();
});

it('that people found harmless are told again at half as much more', () => {
  const draft = new MapDraft();
  usual(draft, 0, 30);
  expect(climb(draft, 30, 80)).toBeDefined();
  taskLength.release?.(draft, AGENT, (what) => (what === 'task-length' ? 43 : undefined));
  expect(onDay(draft, 70, 60)).toBeNull();
  expect(onDay(draft, 71, 70)).not.toBeNull();
});
