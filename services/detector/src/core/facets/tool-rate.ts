/**
 * How many calls of one tool within a minute: a burst of a rare tool that drowns in an agent's many
 * other calls. Tools are kept by name; one whose name varies without end is a new tool each time and
 * never settles, which `first_tool` judges.
 *
 * Method: a sliding window against the largest of the agent's days, those of its peers or a count's tail
 * (`volume-facet.ts`). Source: block maxima with a Pareto tail (`../volume/score-tail.ts`, `excess-tail.ts`:
 * Pickands 1975, Lawless 1982); before seven days a negative binomial (`count-tail.ts`).
 * Limits: those of `volume-facet.ts`; tools that are kept of an agent are bounded, and the one that was called
 * longest ago begins anew.
 */
import { toolName } from '../kept/joined-names.ts';
import { counted } from '../short-text.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import { volumeFacet } from './volume-facet.ts';

export const toolRate = volumeFacet({
  name: 'tool_rate',
  severity: 'medium',
  windowMs: 60_000,
  span: 'a minute',
  say: (sum, event) => `${counted(sum, 'call')} of ${event.tool?.name ?? 'one tool'}`,
  amountOf: (event) => (event.tool === undefined ? undefined : 1),
  partOf: (event) => event.tool && toolName(event.tool),
  leansOn: 'call_rate',
  unit: 'count',
  tail: SHIPPED_TAILS.tool_rate,
  alike: 'calls',
  floor: 25,
  taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0029'] },
});
