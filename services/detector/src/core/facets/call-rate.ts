/** How many calls within a minute, against this agent's busiest minutes: bursts at machine speed. */
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
