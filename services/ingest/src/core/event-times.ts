/** Times in the one form that sorts as text: UTC with nine digits. */
import { normaliseTime } from '@waywarden/schemas';

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
