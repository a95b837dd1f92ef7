/**
 * How far the largest of a day lies above the largest of this agent's earlier days: a score. How rarely a
 * day scores so high is told by `score-tail.ts`, from the days of many agents.
 *
 * The score is how many scales the logarithm lies above the median of the days kept. The scale comes from
 * the days above the median alone, because quiet days (weekends) lie far below and say nothing of the
 * upper tail; it is drawn towards what any agent shows, with the weight of four days (a Bayesian's shrinkage), and
 * counts vary as chance makes them vary at least: an agent with one call of a tool on each of seven days
 * does nothing odd with two on the eighth. Days on which the agent did nothing are no days.
 *
 * An alarm also needs one and a half times the largest ever and a floor: rare is not yet worth a look.
 *
 * A day is learnt at most a little above what was usual (winsorised): whoever raises a value day by
 * day teaches slower than he climbs. Rejected: z-scores (a constant agent has variance 0) and peaks
 * over a threshold (too few days of one agent to choose one).
 */
import { shiftTime } from '@waywarden/schemas';
import { fromDigits, toDigits } from '../kept/print-table.ts';
import { type ScoreTail, scoreAt, scoreProbability } from './score-tail.ts';

const DAY_MS = 86_400_000;
/** Days kept; older ones are forgotten. */
export const BLOCKS_MAX = 30;
/** Fewer days than this judge nothing. */
export const BLOCKS_MIN = 7;
/** An alarm needs a day that comes by chance once in so many at most, of each feature. */
export const DAYS_PER_CHANCE = 1000;
/** How high a day may score and be learnt as it was: about one in twenty scores higher. */
const LEARNT_SCORE_MAX = 1.4;
/** First days that stay, and how many scales above them count as nothing: ten days are few. */
const ANCHOR_DAYS = 10;
const ANCHOR_SLACK = 1;
/** Logarithms are kept as whole numbers of this. */
const GRAIN = 500;
/** What any agent shows, in days that it weighs. */
const PRIOR_DAYS = 4;
/** The least that days differ, and what amounts (bytes, tokens, records) of any agent differ by. */
const SCALE_MIN = 0.1;
const AMOUNT_SCALE = 0.5;

/** Counts of events vary at least as chance makes them; of amounts nobody knows before seeing them. */
export type Unit = 'count' | 'amount';

export interface DayMaxima {
  /** The first day, or that of the latest declared change. */
  readonly since: number;
  readonly day: number;
  /** The largest of the day so far, of what may be learnt. */
  readonly dayMax: number;
  /** `log(1 + largest)` of each finished day in steps of 1/500, oldest first. */
  readonly logs: readonly number[];
  /** The first of these days, kept: what a slow drift is held against, of features that have one. */
  readonly anchor?: readonly number[];
  /** The largest value of the finished days: today's own climb must not move what it is held against. */
  readonly peak: number;
  /** Since a declared change, until there are days enough again: beyond what is too much in any case. */
  readonly guard?: number;
  /** The latest declared change that it knows. */
  readonly declaredMs?: number;
}

/** What a feature's days are judged by. */
export interface DayModel {
  readonly unit: Unit;
  readonly tail: ScoreTail;
  /** A day with less never alarms. */
  readonly floor: number;
  /** The first days stay. */
  readonly anchored?: true;
}

export interface Usual {
  readonly median: number;
  readonly scale: number;
  readonly days: number;
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

const rising = (logs: readonly number[]) => [...logs].sort((a, b) => a - b);

/** By how much the logarithm of a Poisson count of this size varies. */
function chanceScale(median: number): number {
  const count = Math.expm1(median);
  return Math.sqrt(Math.max(count, 0.5)) / (1 + count);
}

/** By how much days of any agent differ around this median. */
export function leastScale(median: number, unit: Unit): number {
  return unit === 'amount' ? AMOUNT_SCALE : Math.max(SCALE_MIN, chanceScale(median));
}

/** By the days that it was made of: they change once a day and are asked for at every call. */
const USUAL = new WeakMap<readonly number[], Usual>();

/** What is usual of a day's largest value; undefined while there are too few days. */
export function usualOf(logs: readonly number[], unit: Unit): Usual | undefined {
  if (logs.length < BLOCKS_MIN) return undefined;
  const known = USUAL.get(logs);
  if (known !== undefined) return known;
  const usual = measured(logs, unit);
  USUAL.set(logs, usual);
  return usual;
}

function measured(logs: readonly number[], unit: Unit): Usual {
  const days = logs.length;
  const median = quantile(rising(logs), 0.5);
  const above = logs.reduce((sum, one) => sum + Math.max(0, one - median) ** 2, 0) / GRAIN ** 2;
  const log = median / GRAIN;
  const prior = leastScale(log, unit);
  const variance = (2 * above + PRIOR_DAYS * prior ** 2) / (days + PRIOR_DAYS);
  // The median itself is only known from so many days.
  return { median: log, scale: Math.sqrt(variance * (1 + 1.5 / days)), days };
}

/** How many scales a value lies above what is usual. */
export function dayScore({ median, scale }: Usual, value: number): number {
  return (Math.log1p(value) - median) / scale;
}

/** How probable it is that a day brings a value as large. */
export function dayProbability(usual: Usual, tail: ScoreTail, value: number): number {
  return scoreProbability(tail, dayScore(usual, value));
}

/** The same, held against the first days; undefined while there are too few or none are kept. */
export function anchoredProbability(
  { anchor = [] }: DayMaxima,
  model: DayModel,
  value: number,
): number | undefined {
  const usual = anchor.length < ANCHOR_DAYS ? undefined : usualOf(anchor, model.unit);
  if (usual === undefined) return undefined;
  return scoreProbability(model.tail, dayScore(usual, value) - ANCHOR_SLACK);
}

/** The value that a day exceeds with this probability. */
export function dayThreshold(usual: Usual, tail: ScoreTail, probability: number): number {
  return Math.expm1(usual.median + usual.scale * scoreAt(tail, probability));
}

/** A finished day as it is learnt: hardly more than what one day in twenty reaches. */
function winsorised(logs: readonly number[], dayMax: number, unit: Unit): number {
  const usual = usualOf(logs, unit);
  const log = Math.log1p(dayMax);
  const most = usual === undefined ? log : usual.median + LEARNT_SCORE_MAX * usual.scale;
  return Math.round(Math.min(log, most) * GRAIN);
}

export function newMaxima(day: number): DayMaxima {
  return { since: day, day, dayMax: 0, logs: [], peak: 0 };
}

/** As they are stored, without names of fields; 0 and an empty list where there is none. */
export type StoredMaxima = readonly [
  since: number,
  day: number,
  dayMax: number,
  peak: number,
  guard: number,
  declaredMs: number,
  logs: string,
  anchor: string,
];

const NO_DAYS: readonly number[] = [];
/** Characters of a logarithm as it is stored: 262,143 steps of 1/500 are beyond any number. */
const LOG_DIGITS = 3;
/** The same lists are read at every call of a day. */
const READ_MAX = 10_000;
const read = new Map<string, readonly number[]>();

const written = new WeakMap<readonly number[], string>();

/** Logarithms as they are stored. */
export function packed(logs: readonly number[]): string {
  const known = written.get(logs);
  if (known !== undefined) return known;
  const text = logs.map((log) => toDigits(log, LOG_DIGITS)).join('');
  written.set(logs, text);
  return text;
}

/** The same string gives the same list, by which what is usual is remembered. */
export function unpacked(text: string): readonly number[] {
  if (text === '') return NO_DAYS;
  const known = read.get(text);
  if (known !== undefined) return known;
  const logs: number[] = [];
  for (let at = 0; at < text.length; at += LOG_DIGITS) {
    logs.push(fromDigits(text.slice(at, at + LOG_DIGITS)));
  }
  if (read.size >= READ_MAX) read.clear();
  read.set(text, logs);
  return logs;
}

export function toStoredMaxima(maxima: DayMaxima): StoredMaxima {
  const { since, day, dayMax, peak, guard = 0, declaredMs = 0, logs, anchor = NO_DAYS } = maxima;
  return [since, day, dayMax, peak, guard, declaredMs, packed(logs), packed(anchor)];
}

export function fromStoredMaxima(stored: StoredMaxima): DayMaxima {
  const [since, day, dayMax, peak, guard, declaredMs, logs, anchor] = stored;
  const first = unpacked(anchor);
  return {
    since,
    day,
    dayMax,
    peak,
    logs: unpacked(logs),
    ...(guard === 0 ? {} : { guard }),
    ...(declaredMs === 0 ? {} : { declaredMs }),
    ...(first.length === 0 ? {} : { anchor: first }),
  };
}

/** A day as people write it. */
export const dateOfDay = (day: number): string =>
  shiftTime('1970-01-01T00:00:00Z', day * DAY_MS).slice(0, 10);

/** The maxima at a day: a day before it is finished. One that is told late belongs to the present. */
export function atDay(maxima: DayMaxima, day: number, model: Omit<DayModel, 'tail'>): DayMaxima {
  if (day <= maxima.day) return maxima;
  const { logs, dayMax } = maxima;
  const learnt = winsorised(logs, dayMax, model.unit);
  const { anchor = [] } = maxima;
  const first = anchor.length < ANCHOR_DAYS ? [...anchor, learnt] : anchor;
  return {
    ...maxima,
    day,
    dayMax: 0,
    logs: [...logs, learnt].slice(-BLOCKS_MAX),
    ...(model.anchored === true ? { anchor: first } : {}),
    peak: Math.max(maxima.peak, dayMax),
  };
}

/** How far beyond the largest value ever an alarm begins at least. */
const PEAK_FACTOR = 1.5;
/** What is too much even while an agent settles after a declared change, in alarm thresholds before. */
const GUARD_FACTOR = 2;

/** Where the alarm begins; undefined while too little is known. */
export function alarmThreshold(maxima: DayMaxima, model: DayModel): number | undefined {
  const { logs, peak, guard } = maxima;
  const usual = usualOf(logs, model.unit);
  if (usual === undefined) return guard;
  const rare = dayThreshold(usual, model.tail, 1 / DAYS_PER_CHANCE);
  return Math.max(model.floor, rare, peak * PEAK_FACTOR);
}

function guardAfter(maxima: DayMaxima, model: DayModel): number | undefined {
  if (usualOf(maxima.logs, model.unit) === undefined) return maxima.guard;
  const learnt = alarmThreshold(maxima, model);
  return learnt === undefined ? undefined : learnt * GUARD_FACTOR;
}

/**
 * After a declared change the days before say nothing of those to come: they begin anew. Meanwhile twice
 * what days had taught to alarm at still does, so that a declaration is no licence; and never twice a
 * guard, or declarations in a row would lift it without end.
 */
export function rebased(
  maxima: DayMaxima,
  declaredMs: number | undefined,
  model: DayModel,
): DayMaxima {
  if (declaredMs === undefined || declaredMs <= (maxima.declaredMs ?? 0)) return maxima;
  const { day, dayMax } = maxima;
  const guard = guardAfter(maxima, model);
  return {
    since: day,
    day,
    dayMax,
    logs: [],
    peak: 0,
    declaredMs,
    ...(guard === undefined ? {} : { guard }),
  };
}

export function learnMaximum(maxima: DayMaxima, value: number): DayMaxima {
  if (value <= maxima.dayMax) return maxima;
  return { ...maxima, dayMax: value };
}
