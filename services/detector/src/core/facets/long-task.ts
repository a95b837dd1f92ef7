/** A task that is longer than ever, or far longer than those of the first days, and what that is told as. */
import type { AuditEvent } from '@waywarden/schemas';
import { counted } from '../short-text.ts';
import { dateOfDay } from '../volume/block-maxima.ts';
import { usualOf } from '../volume/day-score.ts';
import { ANCHOR_DAYS, boundOfFirst, type FirstBound } from '../volume/first-days.ts';
import { firstDayOf } from '../volume/stretch.ts';
import type { FacetAlarm } from './facet.ts';
import { beyondFirstDays } from './first-days-words.ts';
import { agentName } from './novelty-words.ts';
import { type CountedTask, LENGTH_RULES, TASK_FLOOR, TASK_MODEL } from './task-state.ts';

export type ToldTask = Pick<
  FacetAlarm,
  'ruleId' | 'same' | 'dedupeKey' | 'title' | 'summary' | 'day' | 'amount' | 'much'
>;

/** What the first days since the latest declared change say of so many calls; below twice the floor nothing. */
export function beyondFirst({ next, calls }: CountedTask): FirstBound | undefined {
  if (calls <= 2 * TASK_FLOOR) return undefined;
  const { anchor, maxima } = next;
  const first = boundOfFirst({ anchor, logs: maxima.logs }, TASK_MODEL);
  return first !== undefined && calls > first.above ? first : undefined;
}

/** What the longest tasks before had; after a declared change there may be none yet. */
export function longestOf({ maxima }: CountedTask['next'], first: FirstBound | undefined): string {
  if (first !== undefined) {
    // These are of after the latest declared change.
    const which = maxima.declaredMs === undefined ? 'its' : 'the';
    const after = maxima.declaredMs === undefined ? '' : ' since its latest declared change';
    return `the longest of ${which} first ${counted(ANCHOR_DAYS, 'day')}${after} counts as ${first.most}`;
  }
  const { since, peak, guard } = maxima;
  if (usualOf(maxima.logs, TASK_MODEL.unit) === undefined && guard !== undefined) {
    return `since it changed on ${dateOfDay(since)} at most ${Math.floor(guard)} pass, twice what alarmed before`;
  }
  return `the longest of any day since ${dateOfDay(since)} that is counted had ${peak}`;
}

export function saidLong(
  event: AuditEvent,
  { next, calls }: CountedTask,
  first: FirstBound | undefined,
): ToldTask {
  const { day, kept } = next.maxima;
  const who = agentName(event);
  const than =
    first === undefined
      ? 'more than on any day that is counted'
      : beyondFirstDays(calls, first.most, TASK_FLOOR);
  return {
    ruleId: 'task-length',
    same: [[LENGTH_RULES.long, calls]],
    // A task that goes on for days, and tasks that are long for good, are one alert.
    dedupeKey: `task_length|false|${firstDayOf(kept, day)}`,
    day,
    amount: calls,
    much: `${calls} calls in one task`,
    title: `${who}: ${calls} calls in one task, ${than}`,
    summary: `${who} made ${calls} calls in one task; ${longestOf(next, first)}.`,
  };
}
