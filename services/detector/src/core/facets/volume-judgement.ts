/**
 * Whether the sum of a window is too much, and by what that is known: the agent's own days, those of its
 * peers, or a count far out of its few windows. Split from the facet so that words and judgement read apart.
 */
import type { AuditEvent, Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { Peers } from '../peers/peer-snapshots.ts';
import type { PeerVerdict } from '../peers/peer-volume.ts';
import { alarmThreshold, DAYS_PER_CHANCE, type DayMaxima } from '../volume/block-maxima.ts';
import { countTail } from '../volume/count-tail.ts';
import { type DayModel, dayProbability, type Unit, usualOf } from '../volume/day-score.ts';
import { boundOfFirst, type FirstBound } from '../volume/first-days.ts';
import { beyondAll } from '../volume/largest-call.ts';
import { leastOf, type ScoreTail } from '../volume/score-tail.ts';
import type { Alike, FacetAlarm } from './facet.ts';
import type { KeptVolume, StoredParts, VolumeState } from './volume-state.ts';

/** Windows with anything in them before the count tail may judge. */
export const SETTLED_WINDOWS_MIN = 30;
/** While days are few: how improbable, and how many times the largest before. */
const EARLY_TAIL = 1e-9;
const EARLY_FACTOR = 4;
export interface VolumeOptions {
  readonly name: string;
  readonly severity: Severity;
  readonly windowMs: number;
  /** "a minute" */
  readonly span: string;
  /** "43 calls" */
  readonly say: (sum: number, event: AuditEvent) => string;
  /** What this event adds; undefined when it has nothing of this kind. */
  readonly amountOf: (event: AuditEvent) => number | undefined;
  /** What of an agent is counted apart, a tool for example; left out: the agent as a whole. */
  readonly partOf?: (event: AuditEvent) => string | undefined;
  /** Of a part of a young agent: the feature of its peers by which it is judged; left out: none. */
  readonly leansOn?: string;
  /** Of what it tells, as others do. */
  readonly alike: Alike;
  /** A window with less never alarms. */
  readonly floor: number;
  /** What is counted: events, or amounts of something. */
  readonly unit: Unit;
  readonly tail: ScoreTail;
  /** The first days are kept, against a slow drift. */
  readonly anchored?: true;
  /** Its days are held to the own tail too (`DayModel.ownTail`). */
  readonly ownTail?: true;
  /** Single calls are judged too; one with less never alarms. */
  readonly singleFloor?: number;
  /** Of which activities it is asked; left out: acts of the agent. */
  readonly activities?: ReadonlySet<string>;
  readonly taxonomy: FacetAlarm['taxonomy'];
}

/** What was known of the agent, or of this part of it among others. */
export interface KnownVolume extends KeptVolume {
  readonly part: string | undefined;
  readonly parts: StoredParts;
}

/** What the state says of a window that holds this event. */
export interface JudgedVolume {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly known: KnownVolume;
  readonly next: VolumeState;
  readonly sum: number;
  readonly p: number;
  readonly threshold: number;
  readonly isOver: boolean;
  readonly learned: boolean;
  /** Where its days before let it pass and the first ones do not: what these say. */
  readonly first?: FirstBound | undefined;
  /** Where this call alone is far beyond all: what it is, and how probable. */
  readonly single?: SingleCall | undefined;
  /** Where its own days are too few: the peers by whom it is judged. */
  readonly leaning?: Leaning | undefined;
}

export interface SingleCall {
  readonly amount: number;
  readonly p: number;
}

export interface Leaning {
  readonly peers: Peers;
  readonly verdict: PeerVerdict;
}

/** Whether this call alone is far beyond all that were before it. */
export function judgeSingle(
  { single, maxima }: VolumeState,
  amount: number,
  { singleFloor }: VolumeOptions,
): SingleCall | undefined {
  if (singleFloor === undefined || amount < singleFloor) return undefined;
  const p = beyondAll(single, amount, maxima.logs.length);
  return p === undefined ? undefined : { amount, p };
}

/** What the first days say of a sum that lies beyond them; below twice the floor it never does. */
function beyondFirst(maxima: DayMaxima, sum: number, model: DayModel): FirstBound | undefined {
  if (model.anchored !== true || sum <= 2 * model.floor) return undefined;
  const first = boundOfFirst(maxima, model);
  return first !== undefined && sum > first.above ? first : undefined;
}

/** The threshold and how probable the sum is; undefined while too little is known. */
export function judge(
  { maxima, windows: { counts, most } }: VolumeState,
  sum: number,
  model: DayModel,
  chances: number,
) {
  const usual = usualOf(maxima.logs, model.unit);
  const threshold = alarmThreshold(maxima, model);
  if (threshold !== undefined) {
    const p = usual === undefined ? 1 : leastOf(dayProbability(usual, model, sum), chances);
    // A day of many tools is as many chances: what one of them may do is rarer.
    const isRare = usual === undefined || p <= 1 / DAYS_PER_CHANCE;
    if (isRare && sum > threshold) {
      return { p, threshold, isOver: true, learned: threshold > model.floor };
    }
    const first = beyondFirst(maxima, sum, model);
    if (first !== undefined)
      return { p, threshold: first.above, isOver: true, learned: true, first };
    return { p, threshold, isOver: false, learned: threshold > model.floor };
  }
  if (counts.n < SETTLED_WINDOWS_MIN) return undefined;
  const p = countTail(Math.floor(sum), counts);
  const least = Math.max(model.floor, most * EARLY_FACTOR);
  return { p, threshold: least, isOver: p <= EARLY_TAIL && sum > least, learned: false };
}
