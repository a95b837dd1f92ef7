/** Times in the one form that sorts as text: UTC with nine digits. */
import { normaliseTime, shiftTime } from '@waywarden/schemas';

/** The last text asked for: an event's time is checked, normalised, and often its observed time too. */
let lastText = '';
let lastForm: string | undefined;

/** The same instant in normal form; undefined when there is no such time. */
export function normalTime(time: string): string | undefined {
  if (time !== lastText) {
    lastForm = normaliseTime(time);
    lastText = time;
  }
  return lastForm;
}

/** For a time that was checked before; a text that is no real time stays as it is. */
export function inNormalForm(time: string): string {
  return normalTime(time) ?? time;
}

/** How far an event may be ahead of being received: clocks differ (the detector's bound, too). */
const AHEAD_MS_MAX = 2 * 60_000;
/**
 * How old an event may be when it is received. A quarter is enough for bringing history along, and
 * keeps the store's months, hence its open parts, to a handful whatever a sender says.
 */
const BEHIND_MS_MAX = 92 * 86_400_000;

interface Bounds {
  readonly observed: string;
  readonly latest: string;
  readonly earliest: string;
}
/** Of the last observed time asked for: the events of a batch share it, or nearly. */
let bounds: Bounds = { observed: '', latest: '', earliest: '' };

function boundsAround(observed: string): Bounds {
  if (bounds.observed === observed) return bounds;
  bounds = {
    observed,
    latest: shiftTime(observed, AHEAD_MS_MAX),
    earliest: shiftTime(observed, -BEHIND_MS_MAX),
  };
  return bounds;
}

/**
 * The bound that a time is beyond, in normal form; undefined when it may stand. `time` must be a real
 * one. The order of events that were all too far off is lost, which their quality then says.
 */
export function clampedTime(time: string, observed: string): string | undefined {
  const at = inNormalForm(time);
  if (at === observed) return undefined;
  const { latest, earliest } = boundsAround(observed);
  if (at > latest) return latest;
  return at < earliest ? earliest : undefined;
}
