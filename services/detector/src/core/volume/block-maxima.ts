/**
 * How far the largest of a day lies above the largest of this agent's earlier days: a score. How rarely a
 * day scores so high is told by `score-tail.ts`, from the days of many agents, and by `excess-tail.ts`, of an agent
 * whose days differ by more than chance; the more cautious of the two decides.
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
 * day teaches slower than he climbs. A day of which nothing may be learnt is no day. What alarmed is kept
 * apart, and becomes the agent's days once it has gone on for the age of `stretch.ts`. Rejected: z-scores
 * (a constant agent has variance 0) and peaks over a threshold (too few days of one agent to choose one).
 */
import { shiftTime } from '@waywarden/schemas';
import {
  BLOCKS_MIN,
  type DayModel,
  dayProbability,
  dayThreshold,
  GRAIN,
  quantile,
  rising,
  usualOf,
} from './day-score.ts';
import { learntExcess } from './excess-tail.ts';
import {
  ANCHOR_DAYS,
  firstDaysAfter,
  firstDaysAllowing,
  firstDaysWith,
  GUARD_FACTOR,
  slackOf,
} from './first-days.ts';
import { goingOn, isReleased, type Stretch, withAlarm } from './stretch.ts';

const DAY_MS = 86_400_000;
/** Days kept; older ones are forgotten. */
export const BLOCKS_MAX = 30;
/** An alarm needs a day that comes by chance once in so many at most, of each feature. */
export const DAYS_PER_CHANCE = 1000;
/** How high a day may score and be learnt as it was, or what one in so many exceeds: about one in twenty does. */
const LEARNT_SCORE_MAX = 1.4;
const DAYS_PER_LEARNT = 20;
/** What so many of the days that alarmed stayed below is learnt of the others too. */
const RELEASED_SHARE = 0.9;

export interface DayMaxima {
  /** The first day, or that of the latest declared change. */
  readonly since: number;
  readonly day: number;
  /** The largest of the day so far, of what may be learnt; `NOTHING` while there is none. */
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
  /** What alarmed and goes on: it is not learnt before its age. */
  readonly kept?: KeptApart;
}

/** Nothing that may be learnt: not the same as nothing that was done, as most days are of denials. */
export const NOTHING = -1;
const NO_DAYS: readonly number[] = [];

export interface KeptApart extends Stretch {
  /** The largest of its latest day, and of those before as `logs` are. */
  readonly dayMax: number;
  readonly logs: readonly number[];
}

/** As what a day is learnt at most after these: hardly more than what one in twenty reaches; undefined: as it was. */
export function learntMost(logs: readonly number[], model: DayModel): number | undefined {
  const usual = usualOf(logs, model.unit);
  if (usual === undefined) return undefined;
  const excess = model.ownTail === true ? learntExcess(usual.excesses, 1 / DAYS_PER_LEARNT) : 0;
  return (usual.median + Math.max(LEARNT_SCORE_MAX * usual.scale, excess)) * GRAIN;
}

/** The largest count that is kept as this logarithm: who does exactly as much again must not lie above it. */
const largestOf = (log: number): number => Math.floor(Math.expm1((log + 0.5) / GRAIN));

/** A finished day as it is learnt. */
function winsorised(logs: readonly number[], dayMax: number, model: DayModel): number {
  const log = Math.log1p(dayMax) * GRAIN;
  return Math.round(Math.min(log, learntMost(logs, model) ?? log));
}

export function newMaxima(day: number): DayMaxima {
  return { since: day, day, dayMax: NOTHING, logs: [], peak: 0 };
}

/** The latest day that was written: what is told of one agent is told of one day after the other. */
let written = { day: 0, date: '1970-01-01' };

/** A day as people write it. */
export function dateOfDay(day: number): string {
  if (day !== written.day) {
    written = { day, date: shiftTime('1970-01-01T00:00:00Z', day * DAY_MS).slice(0, 10) };
  }
  return written.date;
}

/**
 * The maxima at a day: a day before it is finished. One that is told late belongs to the present. `isHeld`: whether
 * what is kept apart never becomes normal by its age, since people found it right; asked when it would.
 */
export function atDay(
  maxima: DayMaxima,
  day: number,
  model: DayModel,
  isHeld?: () => boolean,
): DayMaxima {
  if (day <= maxima.day) return maxima;
  const now = withFinished(maxima, day, model);
  return isOldEnough(now) && isHeld?.() !== true ? released(now, model) : now;
}

function isOldEnough({ kept, day }: DayMaxima): boolean {
  return kept !== undefined && kept.logs.length >= BLOCKS_MIN && isReleased(kept, day);
}

function withFinished({ kept, ...maxima }: DayMaxima, day: number, model: DayModel): DayMaxima {
  const on = goingOn(kept, day);
  const { logs, dayMax } = maxima;
  const isEnded = kept !== undefined && on === undefined;
  const anchor = isEnded ? afterEnded(maxima, kept, model) : (maxima.anchor ?? NO_DAYS);
  const moved = {
    ...maxima,
    ...(anchor.length === 0 ? {} : { anchor }),
    day,
    dayMax: NOTHING,
    ...(on && { kept: withFinishedApart(on, day) }),
  };
  // Of a day of which nothing may be learnt it is not known what is usual; that it was nothing is not true.
  if (dayMax === NOTHING) return moved;
  const days = [...logs, winsorised(logs, dayMax, model)].slice(-BLOCKS_MAX);
  const finished = { ...moved, logs: days, peak: Math.max(maxima.peak, dayMax) };
  if (model.anchored !== true) return finished;
  return { ...finished, anchor: firstDaysWith(anchor, finished, model.unit) };
}

function afterEnded(maxima: Omit<DayMaxima, 'kept'>, { dayMax, logs }: KeptApart, model: DayModel) {
  return firstDaysAfter(maxima, Math.max(Math.log1p(dayMax) * GRAIN, ...logs), model);
}

/** First days that are kept elsewhere, once what alarmed before a day has ended with it. */
export function firstDaysOnce(
  anchor: readonly number[],
  { kept, since }: DayMaxima,
  now: DayMaxima,
  model: DayModel,
): readonly number[] {
  const isEnded = kept !== undefined && now.kept === undefined && now.since === since;
  return isEnded ? afterEnded({ ...now, anchor }, kept, model) : anchor;
}

function withFinishedApart(kept: KeptApart, day: number): KeptApart {
  if (kept.dayMax === 0 || day <= kept.last) return kept;
  const log = Math.round(Math.log1p(kept.dayMax) * GRAIN);
  return { ...kept, dayMax: 0, logs: [...kept.logs, log].slice(-BLOCKS_MAX) };
}

/** What alarmed on a week of days and more, for so long that it is the agent's usual: one huge day teaches nothing. */
function released(maxima: DayMaxima, model: DayModel): DayMaxima {
  const { kept, ...others } = maxima;
  if (kept === undefined) return maxima;
  // Not by the scale of these days, which one of them can stretch.
  const most = quantile(rising(kept.logs), RELEASED_SHARE);
  const days = kept.logs.map((log) => Math.min(log, Math.round(most)));
  return {
    ...others,
    since: kept.since,
    logs: [...maxima.logs, ...days].slice(-BLOCKS_MAX),
    ...(model.anchored === true ? { anchor: days.slice(0, ANCHOR_DAYS) } : {}),
    peak: Math.max(maxima.peak, largestOf(Math.round(most))),
  };
}

/**
 * What alarmed and people found harmless, up to so much: its days are learnt as any are, at most a little above what
 * was usual, and alarms begin above the largest of it.
 */
export function foundHarmless(maxima: DayMaxima, upTo: number, model: DayModel): DayMaxima {
  const { kept, ...others } = maxima;
  if (kept === undefined) return maxima;
  const values = kept.logs.map((log) => Math.min(upTo, largestOf(log)));
  const days = values.map((value) => winsorised(maxima.logs, value, model));
  const today = kept.last === maxima.day ? Math.min(upTo, kept.dayMax) : NOTHING;
  const { anchor } = maxima;
  return {
    ...others,
    ...(anchor === undefined ? {} : { anchor: firstDaysAllowing(anchor, upTo) }),
    dayMax: Math.max(maxima.dayMax, today),
    logs: [...maxima.logs, ...days].slice(-BLOCKS_MAX),
    peak: Math.max(maxima.peak, ...values, today),
  };
}

/** What alarmed: kept apart from what is learnt, with what of its day led up to it. */
export function keepApart(maxima: DayMaxima, value: number): DayMaxima {
  const { day, kept } = maxima;
  const stretch = withAlarm(kept, day);
  const known = goingOn(kept, day);
  const before = known ?? { dayMax: 0, logs: NO_DAYS };
  const apart = { ...before, ...stretch, dayMax: Math.max(before.dayMax, value) };
  return { ...maxima, dayMax: NOTHING, kept: apart };
}

/** How probable a day as large is, held against the first days; undefined while there are too few or none are kept. */
export function anchoredProbability(
  maxima: DayMaxima,
  model: DayModel,
  value: number,
): number | undefined {
  const { anchor = NO_DAYS } = maxima;
  const usual = anchor.length < ANCHOR_DAYS ? undefined : usualOf(anchor, model.unit);
  if (usual === undefined) return undefined;
  return dayProbability(usual, model, value, slackOf(usual, maxima));
}

/** The same as if its days, which differ as its latest do, lay at this level (a logarithm, as days are). */
export function probabilityAround(
  { logs }: DayMaxima,
  model: DayModel,
  value: number,
  level: number,
): number | undefined {
  const usual = usualOf(logs, model.unit);
  if (usual === undefined) return undefined;
  return dayProbability(usual, model, value, (level / GRAIN - usual.median) / usual.scale);
}

/** How far beyond the largest value ever an alarm begins at least. */
const PEAK_FACTOR = 1.5;

/** Where the alarm begins; undefined while too little is known. */
export function alarmThreshold(maxima: DayMaxima, model: DayModel): number | undefined {
  const learnt = learntThreshold(maxima, model);
  return learnt === undefined ? maxima.guard : Math.max(model.floor, learnt);
}

/** What its own days alone teach to alarm at. */
function learntThreshold({ logs, peak }: DayMaxima, model: DayModel): number | undefined {
  const usual = usualOf(logs, model.unit);
  if (usual === undefined) return undefined;
  return Math.max(dayThreshold(usual, model, 1 / DAYS_PER_CHANCE), peak * PEAK_FACTOR);
}

/**
 * Twice what was learnt. Of rates not twice the floor too: of whom three calls a minute are usual six may be, and not
 * fifty. Of lengths and amounts, whose tails are heavy, it is: what less room would cost there is not measured.
 */
function guardAfter(maxima: DayMaxima, model: DayModel): number | undefined {
  const learnt = learntThreshold(maxima, model);
  if (learnt === undefined) return maxima.guard;
  const least = model.ownTail === true ? model.floor * GUARD_FACTOR : model.floor;
  return Math.max(least, learnt * GUARD_FACTOR);
}

/**
 * After a declared change the days before say nothing of those to come: they begin anew. Meanwhile twice
 * what days had taught to alarm at still does, the floor at least, so that a declaration is no licence; and never twice a
 * guard, or declarations in a row would lift it without end. The first days stay until there are new ones,
 * which may lie twice as high (`first-days.ts`), so that it is none for a climb either.
 */
export function rebased(
  maxima: DayMaxima,
  declaredMs: number | undefined,
  model: DayModel,
): DayMaxima {
  if (declaredMs === undefined || declaredMs <= (maxima.declaredMs ?? 0)) return maxima;
  const { day, dayMax } = maxima;
  const guard = guardAfter(maxima, model);
  const { anchor = NO_DAYS } = maxima;
  return {
    since: day,
    day,
    dayMax,
    logs: [],
    peak: 0,
    declaredMs,
    ...(guard === undefined ? {} : { guard }),
    ...(anchor.length < ANCHOR_DAYS ? {} : { anchor }),
  };
}

export function learnMaximum(maxima: DayMaxima, value: number): DayMaxima {
  if (value <= maxima.dayMax) return maxima;
  return { ...maxima, dayMax: value };
}
