/**
 * How many calls that fail within ten minutes: an agent that tries what does not work, or works against something
 * that broke. Low, because a dependency that is down does the same to all who call it: they are one common cause,
 * of the same kind as the calls with which they try again (`../profile/likeness.ts`). What was denied or cancelled has
 * not failed; refusals are counted by themselves (`denial-rate.ts`).
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; an outcome that is not told is no failure.
 */
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

const FAILED: ReadonlySet<string> = new Set(['tool_error', 'protocol_error']);

export const errorRate = volumeFacet({
  name: 'error_rate',
  severity: 'low',
  windowMs: 600_000,
  span: 'ten minutes',
  say: (sum) => counted(sum, 'failed call'),
  amountOf: (event) => (FAILED.has(event.outcome) ? 1 : 0),
  unit: 'count',
  tail: SHIPPED_TAILS.error_rate,
  anchored: true,
  alike: 'calls',
  floor: 30,
  taxonomy: { owasp: ['ASI08'], attack: ['T1499'] },
});
