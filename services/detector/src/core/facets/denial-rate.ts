/** How many denied calls within ten minutes: an agent that tries doors. */
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
