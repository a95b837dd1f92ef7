/**
 * The first days of an agent, which stay: what a slow drift is held against. Whoever moves a little every
 * day moves what is usual with him, and not the place where he began.
 *
 * A declared change makes it another agent, so that new first days are needed. Until there are these the old
 * ones stay, with room for twice as much; and the new ones count as twice the old ones at most. Else
 * any declaration, which owners make every week, would forget a climb that goes on.
 *
 * They are a bound of their own too (`boundOfFirst`): a day that comes to six times the most of them is told, however
 * gently it came there. What is held against the days before grows with these, so who climbs in steps with usual days
 * in between, each less than one and a half times the last, was told at ten to twenty times, or never
 * (docs/measurements/fleet.md). It needs a day as comes on one in 200 too, of an agent whose first days differ: ten
 * days of a heavy tail hold little of it. Once that was told and has ended it
 * is told again at twice as much.
 *
 * Rejected, since they were measured: four times, and six times whatever the days are like, which tell of twice as
 * many agents whose days are log-normal or Pareto; how many of the last thirty days lie above twice or three times the
 * first ones, which finds climbs a little earlier and tells of whoever grows slowly.
 *
 * Limits: with a declaration every ten days a climb may double in each of these stretches; below six times it is
 * for `record-bets.ts` and `../profile/weak-signs.ts`.
 */
import { type DayModel, dayThreshold, GRAIN, type Unit, type Usual, usualOf } from './day-score.ts';

/** First days that stay, and how many scales above them count as nothing: ten days are few. */
export const ANCHOR_DAYS = 10;
export const ANCHOR_SLACK = 1;
/** By how much a declared change may raise what an agent does: in alarm thresholds, and in first days. */
export const GUARD_FACTOR = 2;

/** How many times the most of the first days is told, and how rare a day has to be beside them. */
const FIRST_TIMES = 6;
const DAYS_PER_BEYOND = 200;
/** Who did next to nothing in the first days counts as if this part of the floor had been among them; after a declared change all of it. */
const FLOOR_PARTS = 3;
/** Beyond what people found harmless, as `PEAK_FACTOR` of `block-maxima.ts`. */
const HARMLESS_FACTOR = 1.5;

/** What of an agent's days tells whether its first ones are from before a declared change. */
interface Days {
  readonly logs: readonly number[];
  readonly declaredMs?: number;
}

/** How many scales above the first days count as nothing. */
export function slackOf({ scale }: Usual, { logs, declaredMs }: Days): number {
  const isOfBefore = declaredMs !== undefined && logs.length < ANCHOR_DAYS;
  return ANCHOR_SLACK + (isOfBefore ? Math.log(GUARD_FACTOR) / scale : 0);
}

/** The first days once one more is finished, which is the last of `logs`. */
export function firstDaysWith(
  anchor: readonly number[],
  { logs, declaredMs }: Days,
  unit: Unit,
): readonly number[] {
  if (anchor.length < ANCHOR_DAYS) return [...anchor, logs.at(-1) ?? 0];
  if (declaredMs === undefined || logs.length !== ANCHOR_DAYS) return anchor;
  const usual = usualOf(anchor, unit);
  const most = usual && Math.round((usual.median + Math.log(GUARD_FACTOR)) * GRAIN);
  return most === undefined ? logs : logs.map((log) => Math.min(log, most));
}

/** The most of the first days, and above what a day is told for lying beyond them. */
export interface FirstBound {
  readonly most: number;
  readonly above: number;
}

/** Who was declared to be another one may do what nobody is told of: new first days of a quiet agent count as little. */
const littleOf = ({ floor }: DayModel, declaredMs: number | undefined) =>
  declaredMs === undefined ? floor / FLOOR_PARTS : floor;

interface FirstDays {
  readonly model: DayModel;
  readonly most: number;
  /** What comes on so few days like them. */
  readonly rare: number;
}

/** By the days: asked for at each call of a busy agent, and the same for months. */
const MEASURED = new WeakMap<readonly number[], FirstDays>();

function measured(anchor: readonly number[], model: DayModel): FirstDays | undefined {
  const known = MEASURED.get(anchor);
  if (known?.model === model) return known;
  const usual = usualOf(anchor, model.unit);
  if (usual === undefined) return undefined;
  const most = Math.round(Math.expm1(Math.max(...anchor) / GRAIN));
  const first = { model, most, rare: dayThreshold(usual, model, 1 / DAYS_PER_BEYOND) };
  MEASURED.set(anchor, first);
  return first;
}

/** Undefined while there are too few first days, or none are kept. */
export function boundOfFirst(
  { anchor, logs, declaredMs }: Days & { readonly anchor?: readonly number[] },
  model: DayModel,
): FirstBound | undefined {
  if (anchor === undefined || anchor.length < ANCHOR_DAYS) return undefined;
  const first = measured(anchor, model);
  if (first === undefined) return undefined;
  const { most, rare } = first;
  const least = FIRST_TIMES * Math.max(most, littleOf(model, declaredMs));
  const isOfBefore = declaredMs !== undefined && logs.length < ANCHOR_DAYS;
  return { most, above: Math.max(least, rare) * (isOfBefore ? GUARD_FACTOR : 1) };
}

/** The first days as so much larger that the largest of them is as given; one alone would look like a heavy tail. */
function withMost(anchor: readonly number[], most: number): readonly number[] {
  const by = Math.round(most - Math.max(...anchor));
  return by <= 0 ? anchor : anchor.map((log) => log + by);
}

/**
 * What alarmed has ended, after as much on a day (a logarithm, as days are). If that lay beyond the first days it is
 * told again from twice as much on, however much it was: else one huge day would be room for a climb to it.
 */
export function firstDaysAfter(
  {
    anchor = [],
    declaredMs,
  }: { readonly anchor?: readonly number[]; readonly declaredMs?: number },
  told: number,
  model: DayModel,
): readonly number[] {
  if (anchor.length < ANCHOR_DAYS) return anchor;
  const most = Math.max(...anchor, Math.log1p(littleOf(model, declaredMs)) * GRAIN);
  const isBeyond = told > most + Math.log(FIRST_TIMES) * GRAIN;
  return isBeyond ? withMost(anchor, most + Math.log(GUARD_FACTOR) * GRAIN) : anchor;
}

/** People found so much harmless: it is told again from half as much more on. */
export function firstDaysAllowing(anchor: readonly number[], upTo: number): readonly number[] {
  if (anchor.length < ANCHOR_DAYS) return anchor;
  return withMost(anchor, Math.log1p((upTo * HARMLESS_FACTOR) / FIRST_TIMES) * GRAIN);
}
