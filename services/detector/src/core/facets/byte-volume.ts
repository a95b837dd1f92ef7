/**
 * How many bytes came back within ten minutes: bulk that no count of records tells.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; results whose size is not told are empty.
 */
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const byteVolume = volumeFacet({
  name: 'byte_volume',
  severity: 'low',
  windowMs: 600_000,
  span: 'ten minutes',
  say: (sum) => `${counted(sum, 'byte')} of results`,
  amountOf: ({ result }) =>
    result?.size !== undefined && result.size > 0 ? result.size : undefined,
  unit: 'amount',
  ownTail: true,
  tail: SHIPPED_TAILS.byte_volume,
  anchored: true,
  alike: 'data',
  floor: 5_000_000,
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
});
