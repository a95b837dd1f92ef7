/** Times in the one form that sorts as text: UTC with nine digits. */
import { normaliseTime, shiftTime } from '@waywarden/schemas';

let lastText = '';
let lastForm: string | undefined;

export function normalTime(time: string): string | undefined {
  if (time !== lastText) {
    lastForm = normaliseTime(time);
    lastText = time;
  }
  return lastForm;
}

export function inNormalForm(time: string): string {
  return normalTime(time) ?? time;
}

/** How far an event may be ahead of being received: clocks differ (the detector's bound, too). */
const AHEAD_MS_MAX = 2 * 60_000;
/** Keeps the store's months to a handful, whatever a sender says. */
const BEHIND_MS_MAX = 92 * 86_400_000;

interface Bounds {
  readonly observed: string;
  readonly latest: string;
  readonly earliest: string;
}
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

/** The bound that a time is beyond, in normal form; undefined when it may stand. */
export function clampedTime(time: string, observed: string): string | undefined {
  const at = inNormalForm(time);
  if (at === observed) return undefined;
  const { latest, earliest } = boundsAround(observed);
  if (at > latest) return latest;
  return at < earliest ? earliest : undefined;
}
