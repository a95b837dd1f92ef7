/**
 * Tasks that are longer than in the first days, in words: by how much, on how many days, and whether they grow or
 * only stay so. The sum that alarms tells that days lie above the first ones and not how they came there: one that
 * tasks have a fifth more calls for good reaches it as a climb does. So "day by day" is said only where the days
 * show it: the longest of each third of them above that of the third before, and no day of the first third cut as it was
 * learnt: what is far above the usual is learnt as a little more each day, and would look like a climb.
 *
 * Days are bounded as they are learnt, and first ones raised by what ended or was found harmless. So of the first days
 * it is said what they count as, of those that lie above how many do at least, and what was the longest that is counted.
 *
 * Rejected: medians of the thirds. A day that alarmed is learnt up to its alarm, so that of what alarms for weeks
 * every other day looks short.
 */
import type { AlertReason, AuditEvent } from '@waywarden/schemas';
import { counted } from '../short-text.ts';
import { dateOfDay, learntMost } from '../volume/block-maxima.ts';
import { BLOCKS_MIN, GRAIN } from '../volume/day-score.ts';
import { ANCHOR_DAYS } from '../volume/first-days.ts';
import { ENDED_AFTER_DAYS, firstDayOf } from '../volume/stretch.ts';
import type { ToldTask } from './long-task.ts';
import { agentName } from './novelty-words.ts';
import {
  type CountedTask,
  DRIFT_DAY_MOST,
  DRIFT_SUM,
  LENGTH_RULES,
  TASK_MODEL,
} from './task-state.ts';

/** Fewer days show neither a climb nor that there is none. */
const SHOWN_DAYS_MIN = 6;
/** So much the longest of each third of the days lies above that before, where they grow. */
const GROWTH = 1.05;

/** Days are kept as rounded logarithms. */
const ROUNDED = 1.01;

type Shape = 'grows' | 'stays' | 'unclear';

interface Longer {
  /** The longest task of the days that it is held against. */
  readonly first: number;
  /** The days that add up, as far as they are kept: how many, how many lie above at least, and the longest ever. */
  readonly days: number;
  readonly above: number;
  readonly most: number;
  /** The longest of each third of them. */
  readonly thirds: readonly number[];
  readonly shape: Shape;
}

const callsOf = (log: number): number => Math.round(Math.expm1(log / GRAIN));
const mostOf = (days: readonly number[]): number => Math.max(0, ...days);

function shapeOf(
  days: readonly number[],
  thirds: readonly number[],
  { peak, isCut }: { readonly peak: number; readonly isCut: boolean },
): Shape {
  const [first = 0, middle = 0, last = 0] = thirds;
  if (days.length < SHOWN_DAYS_MIN || mostOf(days) * ROUNDED < peak) return 'unclear';
  if (!isCut && last >= middle * GROWTH && middle >= first * GROWTH) return 'grows';
  return last <= middle ? 'stays' : 'unclear';
}

/** Whether one of these days was longer than it was learnt, as far as the days before it are kept. */
function isAnyCut(logs: readonly number[], from: number, to: number): boolean {
  return logs.slice(from, to).some((log, at) => {
    const most = learntMost(logs.slice(0, Math.max(BLOCKS_MIN, from + at)), TASK_MODEL);
    return most !== undefined && log >= Math.floor(most);
  });
}

function longerOf({ next: { anchor, maxima, driftDays } }: CountedTask): Longer {
  const { logs, peak } = maxima;
  const days = logs.slice(-driftDays).map(callsOf);
  const third = Math.floor(days.length / 3);
  const [middle, last] = [days.length - 2 * third, days.length - third];
  const thirds = [days.slice(0, middle), days.slice(middle, last), days.slice(last)].map(mostOf);
  const first = callsOf(mostOf(anchor));
  const begin = logs.length - days.length;
  const isCut = isAnyCut(logs, begin, begin + middle);
  return {
    first,
    days: days.length,
    above: days.filter((calls) => calls > first).length,
    most: peak,
    thirds,
    shape: shapeOf(days, thirds, { peak, isCut }),
  };
}

/** The days that it is held against: those of the beginning, or since a declared change or a release. */
function firstDaysOf({ next: { maxima } }: CountedTask): string {
  return maxima.declaredMs === undefined
    ? `its first ${ANCHOR_DAYS} days`
    : `the first ${ANCHOR_DAYS} days counted since ${dateOfDay(maxima.since)}`;
}

const SAID: Readonly<Record<Shape, (thirds: readonly number[]) => string>> = {
  grows: ([first, , last]) =>
    ` They grow: at most ${first} calls in the first third of these days, ${last} in the last.`,
  stays: () => ' They stay so and don’t grow further.',
  unclear: () => '',
};

/** What goes on growing is told each day; what only stays so once a week, since each day says the same. */
function toldDay({ next: { grows, maxima } }: CountedTask, shape: Shape): number {
  const since = firstDayOf(grows, maxima.day);
  return shape === 'grows' ? maxima.day : maxima.day - ((maxima.day - since) % ENDED_AFTER_DAYS);
}

export function saidDrift(
  event: AuditEvent,
  task: CountedTask,
): ToldTask & { readonly isStanding: boolean } {
  const { grows, maxima } = task.next;
  const { first, days, above, most, thirds, shape } = longerOf(task);
  const who = agentName(event);
  const held = firstDaysOf(task);
  const how = shape === 'grows' ? 'grow longer, day by day' : `are longer than in ${held}`;
  return {
    ruleId: 'task-length-drift',
    same: [[LENGTH_RULES.grows, task.calls]],
    dedupeKey: `task_length|true|${firstDayOf(grows, maxima.day)}`,
    day: toldDay(task, shape),
    isStanding: shape !== 'grows',
    title: `${who}: its tasks ${how} (${task.calls} calls)`,
    summary:
      `${who}’s longest task of a day counts as at most ${counted(first, 'call')} in ${held}. ` +
      `Of the ${counted(days, 'day')} that add up, since ${dateOfDay(maxima.day - days)} at the latest, ${above} at least had more; the longest that is counted had ${most}.` +
      `${SAID[shape](thirds)} This one has ${counted(task.calls, 'call')} so far, counted anew each week.`,
  };
}

/** In terms of the sum that alarms: a task of a drift may be shorter than many that don't. */
export function driftReason(task: CountedTask, sum: number): AlertReason {
  const { first, days, above } = longerOf(task);
  const held = firstDaysOf(task);
  // Never written as the limit that it is above.
  const said = (Math.ceil(sum * 100) / 100).toFixed(2);
  return {
    feature: 'task_length',
    text:
      `${counted(task.calls, 'call')} in one task; the longest of ${held} counts as ${first}, and ${above} at least of the ${counted(days, 'day')} that add up had more. ` +
      `How far days lie above those adds up to ${said}, at most ${DRIFT_DAY_MOST} a day; the alarm begins above ${DRIFT_SUM}.`,
    expected: `a sum of at most ${DRIFT_SUM} above ${held}, of which the longest task counts as ${counted(first, 'call')}`,
    observed: `a sum of ${said} over ${counted(days, 'day')} and this one`,
    baseline_n: ANCHOR_DAYS,
    level: 'agent',
    threshold: DRIFT_SUM,
    threshold_source: 'static',
  };
}
