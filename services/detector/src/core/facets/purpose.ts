/**
 * Does what a call does fit what was asked? Its effect, given the workflow that the task declares. It ranks and alarms
 * never: what a workflow may do at all is its envelope's to say (`../governance/task-envelope.ts`), and whether the
 * words of the request explain a call that of `instruction-match.ts`.
 *
 * Method: interpolated Witten–Bell with back-off to peers, to what the agent does anywhere, and to how common effects
 * are (`predict-column.ts`), as bits of a predictive p-value.
 * Source: Witten, Bell 1991; Sanna Passino, Heard 2019, whose p-value of a discrete outcome it is.
 * Limits: tasks without a workflow are not asked; a workflow that is only asserted may be another one's, which is why
 * nothing rests on it; an effect that is not known says nothing; two workflows in 4,096 are taken for one.
 */
import { type AuditEvent, EFFECTS } from '@waywarden/schemas';
import { NAME_PRINT, namePrint } from '../kept/pair-counts.ts';
import { toDigits } from '../kept/print-table.ts';
import { counted } from '../short-text.ts';
import { EFFECT_PRIOR } from './novelty-chance.ts';
import { type Pair, pairFacet } from './pair-facet.ts';

const PRIOR: ReadonlyMap<number, number> = new Map(
  EFFECTS.map((effect, at) => [at, EFFECT_PRIOR[effect]]),
);

function pairOf(event: AuditEvent): Pair | undefined {
  const workflow = event.task?.workflow;
  if (workflow === undefined || event.effect === 'unknown') return undefined;
  return {
    row: namePrint(workflow),
    column: toDigits(EFFECTS.indexOf(event.effect), NAME_PRINT),
  };
}

export const purpose = pairFacet({
  name: 'purpose',
  weight: 0.01,
  prior: PRIOR,
  pairOf: (_, event) => pairOf(event),
  worded: ({ effect, task }, { n, count }) => ({
    text: `In ${task?.workflow ?? 'its workflow'}, ${count} of ${counted(n, 'earlier call')} had the effect ${effect}.`,
    observed: effect,
  }),
});
