/**
 * What is only said of an agent that was heard proven. Whoever may send events at all may send them in its name, and
 * what he makes known so would take a proven deed from sight. So a value that no proven event had stands apart: known
 * to what is said, with its own waiting, and new to what is proven. Judged is by one history, the agent's.
 *
 * An agent of which nothing is proven learns as one that is: its values stand as its own, and stay so once it is proven.
 * Where one source proves an agent and another does not (a gateway's calls, an SDK's own), each settles what it tells of,
 * and what both tell of is known to both. Rejected: to let what is said wait for ever, which tells a lawful SDK's work
 * anew each day; and to keep two histories, of which the second abstains while it is short.
 */
import { type AuditEvent, assuranceAtLeast } from '@waywarden/schemas';
import { type Kept, type Met, NOTHING_MET, onlyWhole, WHOLE } from './met-values.ts';

/** Where it stands beside the whole, as soon as the agent was heard proven; no print of a part is as short. */
const SAID = '~';

const isProven = ({ agent }: AuditEvent) => assuranceAtLeast(agent.assurance, 'authenticated');

/** By what an event is judged that proves less than its agent was: the agent's history with the values that are said. */
export function saidMet(kept: Kept, event: AuditEvent): Met | undefined {
  const said = kept[SAID];
  if (said === undefined || isProven(event)) return undefined;
  const [calls, , since] = kept[WHOLE] ?? NOTHING_MET;
  return [calls, distinctOf(kept), since, said[3], said[4] ?? ''];
}

/** Whichever are more: where more values are said than are kept, a new one is no surprise either. */
const distinctOf = (kept: Kept) => Math.max(kept[WHOLE]?.[1] ?? 0, kept[SAID]?.[1] ?? 0);

/** How many values are only said is counted apart. */
export function withSaid(kept: Kept, [calls, values, ...met]: Met): Kept {
  const own = (kept[SAID]?.[1] ?? 0) + values - distinctOf(kept);
  return { ...kept, [SAID]: [calls, own, ...met] };
}

/** With what counts of the agent as a whole. */
export function withWhole(kept: Kept, event: AuditEvent, met: Met): Kept {
  const said = kept[SAID] ?? (isProven(event) ? NOTHING_MET : undefined);
  return said === undefined ? onlyWhole(met) : { '': met, [SAID]: said };
}
