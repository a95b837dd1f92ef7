/**
 * The largest of each rule that was alarmed on in earlier bursts, and when: what was alarmed on is not learnt, so what
 * "is counted" lies below it, and whoever looks at the raw data finds it. Three values of each rule that ever alarmed.
 */
import type { FacetAlarm } from '../facets/facet.ts';
import { dateOfDay } from '../volume/block-maxima.ts';

/** Rules of an agent; there are fewer. */
const RULES_MAX = 16;

export type Largest = readonly [ruleId: string, amount: number, day: number];

/** The larger of each rule. */
export function largestOf(known: readonly Largest[], others: readonly Largest[]) {
  const all = new Map(known.map((one) => [one[0], one]));
  for (const one of others) {
    const before = all.get(one[0]);
    if (before === undefined || before[1] < one[1]) all.set(one[0], one);
  }
  return [...all.values()].slice(-RULES_MAX);
}

/** What these alarms come to; amounts of one tool say nothing of another's. */
export function amountsOf(alarms: readonly FacetAlarm[], day: number): readonly Largest[] {
  return alarms.flatMap(({ ruleId, amount, isOfPart }) =>
    amount === undefined || isOfPart === true ? [] : [[ruleId, amount, day] as const],
  );
}

/** The sentence that follows what was counted; empty where nothing was alarmed on before. */
export function saidBefore(before: readonly Largest[], ruleId: string): string {
  const one = before.find(([rule]) => rule === ruleId);
  if (one === undefined) return '';
  return ` On ${dateOfDay(one[2])} it was ${one[1]}, which was alarmed on then and is not counted.`;
}
