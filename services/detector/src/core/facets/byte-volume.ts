/** How many bytes came back within ten minutes: bulk that no count of records tells. */
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
