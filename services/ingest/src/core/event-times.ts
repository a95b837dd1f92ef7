/** Times in the one form that sorts as text: UTC with nine digits. */
import { normaliseTime } from '@waywarden/schemas';

/** The same instant in normal form; a text that is no real time stays as it is (the shell refuses it). */
export function inNormalForm(time: string): string {
  return normaliseTime(time) ?? time;
}
