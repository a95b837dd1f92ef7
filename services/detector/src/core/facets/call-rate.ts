/**
 * How many calls within a minute, against this agent's busiest minutes: bursts at machine speed.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; a minute at a time, so work spread thinner is `day-total.ts`'s.
 */
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const callRate = volumeFacet({
  name: 'call_rate',
  severity: 'medium',
  windowMs: 60_000,
  span: 'a minute',
  say: (sum) => counted(sum, 'call'),
  amountOf: () => 1,
  unit: 'count',
  tail: SHIPPED_TAILS.call_rate,
  anchored: true,
  alike: 'calls',
  floor: 25,
  taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0029'] },
});
