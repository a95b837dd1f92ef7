/**
 * How many calls this agent makes in one task, against the longest tasks of its days: once, and as a
 * drift. The drift is told by two. A one-sided CUSUM (Page 1954) over days against the *first* settled days,
 * which stay the anchor: who makes his tasks a little longer every day moves every moving average with him
 * and not the place where he began. And records of the longest row of calls of one tool
 * (`../volume/record-bets.ts`): repeating one call more every day shows there long before it shows in the length of
 * a task, where other work is as long.
 *
 * Method: block maxima of the longest task of a day, a one-sided CUSUM against the first days, and bets on
 * records. Source: Page 1954; Rényi 1962; Shin, Ramdas, Rinaldo 2022 (`../volume/record-bets.ts`,
 * `first-days.ts`).
 * Limits: tasks need ids; a task is counted while it is among the agent's latest eight, and anew from each Thursday
 * (UTC) on, so that one that never ends is not longer each day; a task spread over agents is counted for each apart;
 * below twelve calls, or eight in a row, nothing alarms; who calls something else in between has no row, and at
 * midnight (UTC) a row begins anew.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { keepKnown } from '../kept/known-of-agent.ts';
import { counted, shorten } from '../short-text.ts';
import {
  alarmThreshold,
  DAYS_PER_CHANCE,
  keepApart,
  learnMaximum,
} from '../volume/block-maxima.ts';
import { withRowCall } from '../volume/day-rows.ts';
import { dayProbability, dayScore, usualOf } from '../volume/day-score.ts';
import type { FirstBound } from '../volume/first-days.ts';
import { type Bet, heldAgainst, standOf, withDay } from '../volume/record-bets.ts';
import { firstDayOf, withAlarm } from '../volume/stretch.ts';
import {
  type DayOdds,
  type Facet,
  type FacetAlarm,
  type FacetScore,
  WordedScore,
} from './facet.ts';
import { beyondFirst, longestOf, saidLong, type ToldTask } from './long-task.ts';
import { agentName } from './novelty-words.ts';
import { ownBaseline } from './own-baseline.ts';
import { driftReason, saidDrift } from './task-drift.ts';
import {
  above,
  type CountedTask,
  countTask,
  DRIFT_SUM,
  LENGTH_RULES,
  releaseTasks,
  TASK_FLOOR,
  TASK_MODEL,
  type TaskState,
  toStoredTasks,
} from './task-state.ts';
import { timesOf } from './times.ts';

/** A shorter row of calls of one tool never alarms. */
const ROW_FLOOR = 8;
/** Wins before it is a rise: two days are two days. */
const WINS_MIN = 3;
const BITS_MAX = 40;

interface Verdict {
  readonly p: number;
  readonly day: DayOdds | undefined;
  readonly threshold: number;
  readonly isLong: boolean;
  /** Where the days before let it pass and the first ones do not. */
  readonly first: FirstBound | undefined;
  /** Where days above the first ones make a drift: what they add up to. */
  readonly drift: number | undefined;
  /** Where rows rise: how many bets on that were won, and what they would have paid. */
  readonly rise: Bet | undefined;
}

function saidRise(event: AuditEvent, task: CountedTask, { wins }: Bet): ToldTask {
  const { next, row } = task;
  const { rises, maxima } = next;
  const { most, others, days } = rowsBefore(task);
  const who = agentName(event);
  const tool = event.tool?.name ?? event.activity;
  return {
    ruleId: 'same-tool-drift',
    same: [[LENGTH_RULES.rises, row]],
    dedupeKey: `task_length|row|${firstDayOf(rises, maxima.day)}|${shortPrint(`${event.tool?.server ?? ''}/${tool}`)}`,
    title: `${who}: it repeats one call more often, day by day (${row} times)`,
    summary:
      `${who} called ${tool} ${row} times in a row in one task, after at most ${most} in ${counted(days, 'day')} (${others} on all but one), alarms and quiet days left out. ` +
      `It is the latest of ${wins} days in few that lie above all before them but one at most: by chance they come once in ${DAYS_PER_CHANCE} days of an agent at most.`,
  };
}

function longestUsual({ next: { maxima } }: CountedTask): number {
  const usual = usualOf(maxima.logs, TASK_MODEL.unit);
  return usual === undefined ? maxima.peak : Math.expm1(usual.median);
}

function alarmOf(event: AuditEvent, task: CountedTask, verdict: Verdict): FacetAlarm | undefined {
  const { isLong, first, drift, rise } = verdict;
  if (!isLong && drift === undefined && rise === undefined) return undefined;
  const told = isLong
    ? saidLong(event, task, first)
    : drift !== undefined || rise === undefined
      ? saidDrift(event, task)
      : saidRise(event, task, rise);
  return {
    kind: 'behavior_deviation',
    severity: 'medium',
    ...told,
    alike: 'calls',
    times: timesOf(task.calls, longestUsual(task)),
    title: shorten(told.title, 90),
    evidence: [],
    notVisible: ['Peers were not compared: only this agent’s own history was.'],
    taxonomy: { owasp: ['ASI02'] },
  };
}

/** Whether this row makes a rise of the days before. */
function riseOf({ next, row }: CountedTask): Bet | undefined {
  if (row < ROW_FLOOR || row <= heldAgainst(next.rows).peaks[1]) return undefined;
  const rise = standOf(withDay(next.rows, { largest: row }));
  return rise.bet >= DAYS_PER_CHANCE && rise.wins >= WINS_MIN ? rise : undefined;
}

/** What rows of the days had, those before a declared change included while they count. */
function rowsBefore({ next: { rows } }: CountedTask) {
  const [largest, second] = rows.peaks;
  const [oldLargest, oldSecond] = rows.before?.peaks ?? [0, 0];
  const most = Math.max(largest, oldLargest);
  const others = Math.max(Math.min(largest, oldLargest), second, oldSecond);
  return { most, others, days: rows.days + (rows.before?.days ?? 0) };
}

function judge(task: CountedTask): Verdict | undefined {
  const { next, calls } = task;
  const usual = usualOf(next.maxima.logs, TASK_MODEL.unit);
  const threshold = alarmThreshold(next.maxima, TASK_MODEL);
  if (threshold === undefined) return undefined;
  const sum = next.drift + Math.max(0, above(next, calls));
  // A drift is several days, and the task itself is unusual.
  const isDrift = next.driftDays >= 2 && sum > DRIFT_SUM && calls >= TASK_FLOOR;
  const p = usual === undefined ? 1 : dayProbability(usual, TASK_MODEL, calls);
  const day = usual && { probability: p, score: dayScore(usual, calls) };
  const first = calls > threshold ? undefined : beyondFirst(task);
  const isLong = calls > threshold || first !== undefined;
  return {
    p,
    threshold: first?.above ?? threshold,
    day,
    isLong,
    first,
    drift: isDrift ? sum : undefined,
    rise: riseOf(task),
  };
}

function lengthReason(
  { calls, next }: CountedTask,
  { p, threshold, first }: Verdict,
): FacetScore['reasons'][number] {
  const { peak, logs, guard } = next.maxima;
  const isKnown = usualOf(logs, TASK_MODEL.unit) !== undefined;
  const most = first?.most ?? (isKnown ? peak : Math.floor(guard ?? peak));
  // Of what is held against first days or what alarmed before a change, the day's own probability says nothing.
  const isStated = isKnown && first === undefined;
  return {
    feature: 'task_length',
    text: `${calls} calls in one task; ${longestOf(next, first)}.`,
    expected: `at most ${most} calls on ${first === undefined ? 'days that are counted' : 'its first days'}`,
    observed: `${calls} calls`,
    ...(isStated ? { p_value: Number(p.toPrecision(3)) } : {}),
    baseline_n: logs.length,
    level: 'agent',
    threshold: Number(threshold.toPrecision(4)),
    threshold_source: threshold > TASK_FLOOR ? 'learned' : 'static',
  };
}

function repeatedReason(event: AuditEvent, task: CountedTask, { bet, wins }: Bet) {
  const { row } = task;
  const { most: longest, others, days } = rowsBefore(task);
  return {
    feature: 'same_tool',
    text: `${row} calls of ${event.tool?.name ?? event.activity} in a row, at most ${longest} before and ${others} on all days but one; the latest of ${wins} such days.`,
    expected: `at most ${longest} in a row`,
    observed: `${row} in a row`,
    p_value: Number((1 / bet).toPrecision(3)),
    baseline_n: days,
    level: 'agent',
    threshold: DAYS_PER_CHANCE,
    threshold_source: 'static',
  } as const;
}

/** What leads is what the alarm is called by. */
function reasonsOf(event: AuditEvent, task: CountedTask, verdict: Verdict): FacetScore['reasons'] {
  const { rise, isLong, drift } = verdict;
  const repeated = rise === undefined ? [] : [repeatedReason(event, task, rise)];
  return drift === undefined || isLong
    ? [...repeated, lengthReason(task, verdict)]
    : [driftReason(task, drift), ...repeated];
}

function historyOf({ next: { maxima } }: CountedTask) {
  return { sinceDay: maxima.since, day: maxima.day, n: maxima.logs.length };
}

function scoreOf(event: AuditEvent, task: CountedTask, verdict: Verdict): FacetScore {
  const { p, day } = verdict;
  const alarm = alarmOf(event, task, verdict);
  const score = {
    facet: 'task_length',
    points: Math.min(BITS_MAX, -Math.log2(Math.max(p, 1e-12))),
    weight: 0.02,
    more: {
      day,
      alarm,
      baseline: alarm === undefined ? undefined : ownBaseline(historyOf(task)),
    },
  };
  return new WordedScore(score, () => reasonsOf(event, task, verdict));
}

/** What alarmed is kept apart, and how long it has gone on; what was flagged for another reason is nothing of this. */
function notLearnt(task: CountedTask): Partial<TaskState> {
  const { next, calls } = task;
  const { maxima, grows, rises } = next;
  const verdict = judge(task);
  if (verdict === undefined) return {};
  const { isLong, rise } = verdict;
  const isDrift = verdict.drift !== undefined;
  return {
    ...(isLong ? { maxima: keepApart(maxima, calls) } : {}),
    ...(isDrift && !isLong ? { grows: withAlarm(grows, maxima.day) } : {}),
    ...(rise !== undefined && !isLong && !isDrift ? { rises: withAlarm(rises, maxima.day) } : {}),
  };
}

/** What `score` looked up, for the `learn` that follows: nothing is put in between. */
let scored:
  | { readonly draft: Draft; readonly event: AuditEvent; readonly task: CountedTask }
  | undefined;

function taskToLearn(draft: Draft, event: AuditEvent): CountedTask | undefined {
  const known = scored;
  scored = undefined;
  return known?.event === event && known.draft === draft ? known.task : countTask(draft, event);
}

export const taskLength: Facet = {
  name: 'task_length',
  learnsDoubtful: true,

  score(draft: Draft, event: AuditEvent): FacetScore | null {
    const task = countTask(draft, event);
    scored = task && { draft, event, task };
    const verdict = task && judge(task);
    return task === undefined || verdict === undefined ? null : scoreOf(event, task, verdict);
  },

  release(draft, whose, upTo): void {
    releaseTasks(draft, whose, upTo);
  },

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const task = taskToLearn(draft, event);
    if (task === undefined) return;
    const { next, calls, row } = task;
    const learnt = flagged
      ? { ...next, ...notLearnt(task) }
      : {
          ...next,
          maxima: learnMaximum(next.maxima, calls),
          today: withRowCall(next.today, row),
        };
    keepKnown(draft, event, 'lengths', toStoredTasks(learnt));
  },
};
