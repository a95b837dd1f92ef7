/**
 * How sure an alert is, in words. A number is said with what it takes for granted; where there is none, why:
 * a made-up percentage beside a rule would be read as if somebody had counted.
 */
import type { Alert, AlertReason, ConfidenceBasis } from '@waywarden/schemas';
import { plural } from './words.ts';

type Sure = Pick<Alert, 'confidence' | 'confidence_basis' | 'decisive_assurance' | 'evaluable'>;

const BASES: Readonly<Record<ConfidenceBasis, string>> = {
  p_value:
    'by how rarely chance brings as much, where one agent-day in fifty is bad, and no rarer than was tested on simulated agents. Where fewer are, it is less sure',
  rule: 'A rule: what was seen breaks what was declared or shipped. No number: nothing is estimated, it is right if its telemetry is',
  proof:
    'Proven by its own calls and how they hang together. No number: nothing is estimated, it is right if its telemetry is',
  text: 'By a text that was read and then obeyed. No number: how often that is right was measured on public attacks, and not on agents like yours',
  history: 'By a comparison with its history. No number: that history gives no probability',
};

const isBasis = (text: string): text is ConfidenceBasis => Object.hasOwn(BASES, text);

function basisWords({ confidence, confidence_basis: basis }: Sure): string {
  const why = basis !== undefined && isBasis(basis) ? BASES[basis] : undefined;
  if (confidence === null) return why ?? 'No number, and the version that told it says not why';
  const share = `${confidence >= 0.995 ? 'Over 99' : Math.round(confidence * 100)} %`;
  return basis === 'p_value' ? `${share}, ${why}` : (why ?? share);
}

/** What its telemetry is worth stands beside it: most alerts are as true as who told of them. */
function telemetryWords({ decisive_assurance: assurance }: Sure): string {
  if (assurance === undefined) return '';
  return assurance === 'attested' || assurance === 'authenticated'
    ? ` Who did it is ${assurance}.`
    : ' Who did it, or another claim that decides it, nothing proves: its own telemetry says so.';
}

export function howSure(alert: Sure): string {
  const missing = alert.evaluable ? '' : ' Part of what it rests on was not heard.';
  return `${basisWords(alert)}.${telemetryWords(alert)}${missing}`;
}

const UNCOUNTED: Readonly<Record<string, string>> = {
  text: 'the text that was read, no history',
  rule: 'a rule, no history',
  proof: 'the calls of the proof, no history',
};

/** Features of which the calls of one agent are counted. */
const OF_CALLS = /^first_/;

/**
 * On what a reason rests, in words: how many were counted before, and of what (calls, days or agents). Where nothing
 * is counted, it is said what stands in its place: a dash would read as if it were missing.
 */
export function restsOn(
  { baseline_n: n, feature, level }: Pick<AlertReason, 'baseline_n' | 'feature' | 'level'>,
  basis: Alert['confidence_basis'],
): string {
  if (n === undefined) return UNCOUNTED[basis ?? ''] ?? '–';
  const isOfCalls = OF_CALLS.test(feature) && level === 'agent';
  return isOfCalls ? plural(n, 'earlier call') : `${n} earlier, of what is expected`;
}
