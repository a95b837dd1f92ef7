/**
 * On what a reason rests, in words: how many were counted before, and of what. The record says how many and not of
 * what: of what is new they are calls, of what is held against days they are days, of peers agents. Where nothing is
 * counted, it is said what stands in its place: a dash would read as if it were missing.
 */
import type { Alert, AlertReason } from '@waywarden/schemas';
import { plural } from './words.ts';

const UNCOUNTED: Readonly<Record<string, string>> = {
  text: 'the text that was read, no history',
  rule: 'a rule, no history',
  proof: 'the calls of the proof, no history',
};

/** Features of which the calls of one agent are counted. */
const OF_CALLS = /^first_/;

export function restsOn(
  { baseline_n: n, feature, level }: Pick<AlertReason, 'baseline_n' | 'feature' | 'level'>,
  basis: Alert['confidence_basis'],
): string {
  if (n === undefined) return UNCOUNTED[basis ?? ''] ?? '–';
  const isOfCalls = OF_CALLS.test(feature) && level === 'agent';
  return isOfCalls ? plural(n, 'earlier call') : `${n} earlier, of what is expected`;
}
