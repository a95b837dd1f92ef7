/**
 * Many slightly strange calls in one task: what no call of it alarms for, over as many calls as it takes.
 *
 * The score of a call is ranked among this agent's earlier calls (conservative ties; Vovk, Gammerman,
 * Shafer 2005), the rank becomes an e-value (`weak-signs.ts`), and their logarithms add up over the task, never
 * below nothing, so that a long quiet beginning buys no room (Page's CUSUM of bets). Calls of one task belong
 * together, so the sum is no martingale by itself: how high is odd is told by the agent's own tasks, the largest
 * sum of a day by block maxima, as of every volume. An alarm needs a day that comes once in 5,000, half as much again
 * as ever, and bets that would have paid 5,000 for one.
 *
 * That score is without what is so of the window or the day in which a call lies (volumes, task length). That is odd
 * of all calls in a busy ten minutes at once, so that their bets are one bet made thirty times; and where such a facet
 * begins to judge, every call scores above all before it. It was two in three of all false alarms by statistics
 * (docs/measurements/fleet.md); days tell it (`weak-signs.ts`).
 *
 * Method: ranks of calls bet on and added up over a task (Page's CUSUM), held against block maxima. Source:
 * Vovk, Gammerman, Shafer 2005; Page 1954.
 * Limits: tasks need ids; seven days and 50 calls of history; a task is added up while it is among the agent's
 * latest eight; a task that is odd in one call only is that call's facet's to tell.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type FacetAlarm, type FacetScore, WordedScore } from '../facets/facet.ts';
import { agentName } from '../facets/novelty-words.ts';
import { ownBaseline } from '../facets/own-baseline.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { findPrint, fromDigits, toDigits, withoutRecord } from '../kept/print-table.ts';
import { counted, shorten } from '../short-text.ts';
import {
  alarmThreshold,
  atDay,
  type DayMaxima,
  dateOfDay,
  learnMaximum,
  newMaxima,
  rebased,
} from '../volume/block-maxima.ts';
import { type DayModel, dayProbability, dayScore, usualOf } from '../volume/day-score.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { fromStoredMaxima, type StoredMaxima, toStoredMaxima } from '../volume/stored-maxima.ts';
import { declaredSince } from './declarations.ts';
import { DAYS_PER_FALSE_SIGN, eValue } from './weak-signs.ts';

const DAY_MS = 86_400_000;
/** Tasks of an agent that are added up at once; the longest untouched begins anew. */
const TASKS_KEPT_MAX = 8;
/** Calls before a rank says anything. */
const CALLS_MIN = 50;
/** Scores are ranked in steps of a third of a doubling. */
const STEPS = 24;
/** Beyond so many calls all counts are halved: what is usual may change. */
const CALLS_KEPT_MAX = 4096;
const MODEL: DayModel = {
  unit: 'amount',
  tail: SHIPPED_TAILS.odd_task,
  floor: Math.log2(DAYS_PER_FALSE_SIGN),
};

interface State {
  /** How many calls scored within each step. */
  readonly seen: readonly number[];
  /** Latest last: of each its print, hundredths of bits, odd calls. */
  readonly tasks: string;
  readonly maxima: DayMaxima;
}

/** As it is stored; up to 1.53.0 tasks were a list. */
type Stored = readonly [
  seen: State['seen'],
  tasks: State['tasks'] | readonly (readonly [id: string, bits: number, odd: number])[],
  maxima: StoredMaxima,
];
const TASK_PRINT = 6;
const BITS_AT = TASK_PRINT;
const ODD_AT = BITS_AT + 3;
const WIDTH = ODD_AT + 2;

const taskText = (id: string, bits: number, odd: number) =>
  id + toDigits(Math.round(bits * 100), ODD_AT - BITS_AT) + toDigits(odd, WIDTH - ODD_AT);

const toStored = ({ seen, tasks, maxima }: State): Stored => [seen, tasks, toStoredMaxima(maxima)];

/** What a call makes of its task. */
export interface OddTask {
  readonly event: AuditEvent;
  readonly next: State;
  readonly step: number;
  readonly bits: number;
  readonly odd: number;
  /** Whether this call adds to it. */
  readonly adds: boolean;
}

function stepOf(score: number): number {
  return Math.min(STEPS - 1, Math.floor(3 * Math.log2(1 + 16 * Math.max(0, score))));
}

function rankOf(seen: readonly number[], step: number): number | undefined {
  let all = 0;
  let asHigh = 0;
  for (let at = 0; at < seen.length; at += 1) {
    const count = seen[at] ?? 0;
    all += count;
    if (at >= step) asHigh += count;
  }
  return all < CALLS_MIN ? undefined : (1 + asHigh) / (1 + all);
}

/** What the bet on this call's rank gained or lost, in bits. */
function betOn(seen: readonly number[], step: number): number {
  const rank = rankOf(seen, step);
  return rank === undefined ? 0 : Math.log2(eValue(rank));
}

function stateOf(draft: Draft, event: AuditEvent): State {
  const day = Math.floor(epochMs(event.event_time) / DAY_MS);
  const stored = knownOf<Stored>(draft, event, 'oddtask');
  const seen = stored?.[0] ?? new Array<number>(STEPS).fill(0);
  const kept = stored?.[1] ?? '';
  const tasks = typeof kept === 'string' ? kept : kept.map((one) => taskText(...one)).join('');
  const before = stored === undefined ? newMaxima(day) : fromStoredMaxima(stored[2]);
  const maxima = rebased(atDay(before, day, MODEL), declaredSince(draft, event), MODEL);
  return { seen, tasks, maxima };
}

/** The task with this call in it; undefined when the call names none or has no time. */
export function oddTaskWith(
  draft: Draft,
  event: AuditEvent,
  call: { readonly score: number; readonly alarmed: boolean },
): OddTask | undefined {
  const name = event.task?.id;
  if (name === undefined || event.event_time_quality !== 'measured') return undefined;
  const id = shortPrint(name, TASK_PRINT);
  const state = stateOf(draft, event);
  const step = stepOf(call.score);
  const at = findPrint(state.tasks, id, WIDTH);
  const before = at < 0 ? '' : state.tasks.slice(at, at + WIDTH);
  const bitsBefore = fromDigits(before.slice(BITS_AT, ODD_AT)) / 100;
  const oddBefore = fromDigits(before.slice(ODD_AT));
  // What alarms by itself is told by itself.
  const bet = call.alarmed ? 0 : betOn(state.seen, step);
  const bits = Math.max(0, bitsBefore + bet);
  const odd = bits === 0 ? 0 : oddBefore + (bet > 0 ? 1 : 0);
  const others = at < 0 ? state.tasks : withoutRecord(state.tasks, at, WIDTH);
  // A task that has come to nothing is as one that was never seen.
  const tasks =
    bits === 0 ? others : (others + taskText(id, bits, odd)).slice(-TASKS_KEPT_MAX * WIDTH);
  return { event, next: { ...state, tasks }, step, bits, odd, adds: bet > 0 };
}

function withCounted(seen: readonly number[], step: number): readonly number[] {
  const next = seen.map((count, at) => (at === step ? count + 1 : count));
  const all = next.reduce((sum, one) => sum + one, 0);
  return all < CALLS_KEPT_MAX ? next : next.map((count) => count >> 1);
}

/** What was flagged is added up and does not become usual. */
export function keepOddTask(draft: Draft, { event, next, step, bits }: OddTask, flagged: boolean) {
  if (flagged) {
    keepKnown(draft, event, 'oddtask', toStored(next));
    return;
  }
  const { seen, maxima } = next;
  const learnt = { ...next, seen: withCounted(seen, step), maxima: learnMaximum(maxima, bits) };
  keepKnown(draft, event, 'oddtask', toStored(learnt));
}

function alarmOf(event: AuditEvent, { odd, bits, next }: OddTask): FacetAlarm {
  const who = agentName(event);
  return {
    kind: 'behavior_deviation',
    ruleId: 'odd-task',
    severity: 'low',
    dedupeKey: `odd_task|${event.task?.id ?? ''}`,
    // A verdict is about tasks as odd as this one, not about this one alone: it will not come again.
    same: [['odd-task', bits]],
    title: shorten(`${who}: ${odd} calls of one task are a little unlike it`, 90),
    summary:
      `${odd} calls of one task of ${who} are unusual for it, each too little for an alert by that alone. Together they are rarer ` +
      `than those of any task that is counted since ${dateOfDay(next.maxima.since)}: by chance a day brings as much once in ${DAYS_PER_FALSE_SIGN} at most.`,
    evidence: [],
    notVisible: [
      'Peers were not compared: only this agent’s own history was.',
      'The calls that add up are counted and not kept: the alert names only those from which on they were enough.',
    ],
    taxonomy: { owasp: ['ASI02'] },
  };
}

/**
 * How probable it is that the next call scores as many points: a rank among what calls of the agent scored, which
 * holds of a part of the score too, since the whole is never less. Undefined while too few did.
 */
export function scoreRank(draft: Draft, event: AuditEvent, points: number): number | undefined {
  if (event.task?.id === undefined || event.event_time_quality !== 'measured') return undefined;
  const stored = knownOf<Stored>(draft, event, 'oddtask');
  return stored === undefined ? undefined : rankOf(stored[0], stepOf(points));
}

/** Two and a half doublings are as six times: what a bet has made of 1. */
const timesSaid = (bits: number) => `${Number((2 ** bits).toPrecision(2))}`;
const doublings = (bits: number) => `${bits.toFixed(1)} doublings`;

/** What the task has come to; undefined while too little is known. */
export function oddTaskScore(event: AuditEvent, task: OddTask): FacetScore | undefined {
  const { next, bits, odd } = task;
  const usual = usualOf(next.maxima.logs, MODEL.unit);
  const threshold = alarmThreshold(next.maxima, MODEL);
  if (usual === undefined || threshold === undefined) return undefined;
  const p = dayProbability(usual, MODEL, bits);
  // What alarms by itself, and what is usual, adds nothing to what was told before it.
  const isOdd = task.adds && bits > threshold && p <= 1 / DAYS_PER_FALSE_SIGN;
  const { since, day, logs } = next.maxima;
  const history = { sinceDay: since, day, n: logs.length };
  const score = {
    facet: 'odd_task',
    points: bits,
    weight: 0,
    more: {
      day: { probability: p, score: dayScore(usual, bits) },
      alarm: isOdd ? alarmOf(event, task) : undefined,
      baseline: isOdd ? ownBaseline(history) : undefined,
    },
  };
  return new WordedScore(score, () => [
    {
      feature: 'odd_task',
      text: `${counted(odd, 'call')} of the task ${odd === 1 ? 'is' : 'are'} a little unlike the agent: a bet of 1 on such calls is worth ${timesSaid(bits)} by now, and was worth ${timesSaid(next.maxima.peak)} at most in any task that is counted. What is compared are its doublings.`,
      expected: `at most ${doublings(next.maxima.peak)} in any task that is counted`,
      observed: doublings(bits),
      p_value: Number(p.toPrecision(3)),
      baseline_n: next.maxima.logs.length,
      level: 'agent',
      threshold: Number(threshold.toPrecision(4)),
      threshold_source: 'learned',
    },
  ]);
}
