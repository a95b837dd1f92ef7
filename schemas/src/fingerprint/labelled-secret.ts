/** Secrets by their name: `password: …`, `Authorization: Bearer …`. */
import { canonicalOpaque, isLabelledSecret, LABELLED_LENGTH_MAX } from './secret.ts';

const SCHEME = /^(?:bearer|basic|token|apikey|dpop) +/i;
const SCHEME_LENGTH_MAX = 12;
const LEAD_MAX = 4;

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

function endsValue(code: number): boolean {
  if (!(code > 32) || isQuote(code) || code === 44 || code === 59 || code === 38) return true;
  return code === 60 || code === 62 || code === 41 || code === 93 || code === 125;
}

export interface LabelledValue {
  /** Undefined: none. */
  readonly secret: string | undefined;
  readonly end: number;
  /** False: cut at `end`. */
  readonly isEnded: boolean;
}

/** After `:` or `=`. */
export function labelledSecretAt(text: string, from: number): LabelledValue {
  let start = from;
  while (start < from + LEAD_MAX) {
    const code = text.charCodeAt(start);
    if (code !== 32 && !isQuote(code)) break;
    start++;
  }
  const scheme = SCHEME.exec(text.slice(start, start + SCHEME_LENGTH_MAX));
  if (scheme !== null) start += scheme[0].length;
  let end = start;
  while (end - start <= LABELLED_LENGTH_MAX && !endsValue(text.charCodeAt(end))) end++;
  const value = text.slice(start, end);
  const isEnded = end - start <= LABELLED_LENGTH_MAX;
  return { secret: isLabelledSecret(value) ? canonicalOpaque(value) : undefined, end, isEnded };
}
