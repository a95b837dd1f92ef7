/**
 * How many bytes went and came within ten minutes, arguments and results in one: bulk that no count of records tells.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; what has no size told is empty; who reads much may send as much.
 */
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { byteCount, sayBytes } from './byte-count.ts';
import { volumeFacet } from './volume-facet.ts';

export const byteVolume = volumeFacet({
  name: 'byte_volume',
  severity: 'low',
  windowMs: 600_000,
  span: 'ten minutes',
  say: sayBytes,
  amountOf: (event) => {
    const bytes = byteCount(event);
    return bytes > 0 ? bytes : undefined;
  },
  unit: 'amount',
  ownTail: true,
  tail: SHIPPED_TAILS.byte_volume,
  anchored: true,
  alike: 'data',
  floor: 5_000_000,
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
});
