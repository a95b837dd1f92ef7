/**
 * How many denied calls within ten minutes: an agent that tries doors.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; what was stopped before it came to be told is not seen.
 */
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const denialRate = volumeFacet({
  name: 'denial_rate',
  severity: 'medium',
  windowMs: 600_000,
  span: 'ten minutes',
  say: (sum) => counted(sum, 'denied call'),
  amountOf: (event) => (event.outcome === 'denied' ? 1 : 0),
  unit: 'count',
  tail: SHIPPED_TAILS.denial_rate,
  anchored: true,
  alike: 'denials',
  floor: 15,
  taxonomy: { owasp: ['ASI02'], attack: ['T1110'] },
});
