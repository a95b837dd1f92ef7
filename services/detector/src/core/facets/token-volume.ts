/**
 * How many tokens within ten minutes: a model that thinks on and on costs, and does no work.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; tokens that the source does not count are none.
 */
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const tokenVolume = volumeFacet({
  name: 'token_volume',
  severity: 'medium',
  windowMs: 600_000,
  span: 'ten minutes',
  say: (sum) => counted(sum, 'token'),
  amountOf: ({ model }) => {
    const tokens = (model?.tokens_in ?? 0) + (model?.tokens_out ?? 0);
    return tokens > 0 ? tokens : undefined;
  },
  unit: 'amount',
  ownTail: true,
  tail: SHIPPED_TAILS.token_volume,
  anchored: true,
  singleFloor: 20_000,
  alike: 'tokens',
  floor: 100_000,
  activities: new Set(['tool_call', 'agent_invoke', 'delegation', 'model_call']),
  taxonomy: { owasp: ['ASI08'], atlas: ['AML.T0034'] },
});
