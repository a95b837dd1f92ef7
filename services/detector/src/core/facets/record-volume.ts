/**
 * How many records within ten minutes: hoarding, by one huge read or by many; asked for or got.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; records that neither arguments nor result count are none.
 */
import { recordCount } from '../profile/record-count.ts';
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const recordVolume = volumeFacet({
  name: 'record_volume',
  severity: 'medium',
  windowMs: 600_000,
  span: 'ten minutes',
  say: (sum) => counted(sum, 'record'),
  amountOf: (event) => {
    const records = recordCount(event);
    return records === undefined || records === 0 ? undefined : records;
  },
  unit: 'amount',
  ownTail: true,
  tail: SHIPPED_TAILS.record_volume,
  anchored: true,
  singleFloor: 500,
  alike: 'data',
  floor: 500,
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
});
