/** Times in UTC with nine digits. */
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

/** Clocks differ. */
const AHEAD_MS_MAX = 2 * 60_000;
/** Few months in the store. */
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

/** Undefined: it may stand. */
export function clampedTime(time: string, observed: string): string | undefined {
  const at = inNormalForm(time);
  if (at === observed) return undefined;
  const { latest, earliest } = boundsAround(observed);
  if (at > latest) return latest;
  return at < earliest ? earliest : undefined;
}
