/**
 * What is only said of an agent that was heard proven. Whoever may send events at all may send them in its name, and
 * what he makes known so would take a proven deed from sight. So a value that no proven event had stands apart: known
 * to what is said, with its own waiting, and new to what is proven. Judged is by one history, the agent's.
 *
 * An agent of which nothing is proven learns as one that is: its values stand as its own, and stay so once it is proven.
 * Where one source proves an agent and another does not (a gateway's calls, an SDK's own), each settles what it tells of,
 * and what both tell of is known to both. Rejected: to let what is said wait for ever, which tells a lawful SDK's work
 * anew each day; and to keep two histories, of which the second abstains while it is short.
 *
 * Where values belong to a part of the agent (a tool), so do those that are only said. All stand in one table, each under
 * its part, and what is new to a part is held against those of that part: else whoever tells of many tools could tell of
 * anything with each. Where nothing says how a part usually is, the agent as a whole is asked, of what is said too: so
 * each value stands there under the whole as well, and waits under that by which it is judged. Rejected: under its part
 * alone, of which an SDK with more tools than there is room for was told anew for ever. Limit: of parts that are proven,
 * the rarest are new again where more is said of all of them together than one table holds, or waits.
 */
import { type AuditEvent, assuranceAtLeast, shortPrint } from '@waywarden/schemas';
import {
  eachMet,
  type Kept,
  type Met,
  NOTHING_MET,
  onlyWhole,
  SAID,
  timesMet,
  WHOLE,
} from './met-values.ts';

/** Of a print, what says the part: two of 32 parts are alike in one agent of 500. */
const OF_PART = 3;

const isProven = ({ agent }: AuditEvent) => assuranceAtLeast(agent.assurance, 'authenticated');

/** By what an event is judged that proves less than its agent was: its part's history with the values that are said. */
export function saidMet(kept: Kept, event: AuditEvent, part: string): Met | undefined {
  const said = kept[SAID];
  if (said === undefined || isProven(event)) return undefined;
  const [calls, , since] = kept[part] ?? NOTHING_MET;
  return [calls, distinctOf(kept, part), since, said[3], said[4] ?? ''];
}

/** As what the value of a part stands among those that are said; up to 1.157.0 it did not begin with its part. */
export function saidPrint(said: Met, part: string, print: string): string {
  if (part === WHOLE) return print;
  const whole = shortPrint(`${part}|${print}`);
  return timesMet(said, whole) > 0 ? whole : part.slice(0, OF_PART) + whole.slice(OF_PART);
}

/** How many are said: of a part those that stand under it. */
function saidIn(kept: Kept, part: string): number {
  const said = kept[SAID] ?? NOTHING_MET;
  if (part === WHOLE) return said[1];
  const of = part.slice(0, OF_PART);
  return eachMet(said).filter(([print]) => print.startsWith(of)).length;
}

/** Whichever are more: where more values are said than are kept, a new one is no surprise either. */
const distinctOf = (kept: Kept, part: string) => Math.max(kept[part]?.[1] ?? 0, saidIn(kept, part));

/** How many values are only said is counted apart. */
export function withSaid(kept: Kept, part: string, [calls, values, ...met]: Met): Kept {
  const own = (kept[SAID]?.[1] ?? 0) + values - distinctOf(kept, part);
  return { ...kept, [SAID]: [calls, own, ...met] };
}

/** With what counts of the agent as a whole. */
export function withWhole(kept: Kept, event: AuditEvent, met: Met): Kept {
  const said = kept[SAID] ?? (isProven(event) ? NOTHING_MET : undefined);
  return said === undefined ? onlyWhole(met) : { '': met, [SAID]: said };
}

/** With the mark that it was heard proven, once it was; the same where nothing is to mark. */
export function withProof(kept: Kept, event: AuditEvent): Kept {
  return kept[SAID] !== undefined || !isProven(event) ? kept : { ...kept, [SAID]: NOTHING_MET };
}
