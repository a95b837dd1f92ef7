/**
 * Which decision of a person an event tells of, as a print: how somebody decides is judged by decisions, and not by
 * what ran under them. One approval may cover a whole task or job (`approval-scope.ts`), and an event of its own and
 * the call that it lets through may tell of the same one.
 *
 * By the approval's `uid`, and where a source gives none by the call that was decided (`call_uid`), of its agent, in its
 * work and on its day: some count their calls anew in each session, and an agent that names no work has one chain for
 * ever. Undefined where neither is told: then each event is a decision. Rejected: who approved in exactly how many
 * milliseconds, as `approval-reuse.ts` has it: of whoever stamps these are often equal.
 *
 * Limits: where calls are counted anew within one day of one chain, those of one number are one decision a day; a
 * decision at midnight, told by two events with `call_uid` alone, is two.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import { dayOf } from './finding.ts';

/** Short, since who makes two alike gains no more than by giving one uid twice. */
export const DECISION_PRINT = 8;

export function decisionPrint(event: AuditEvent): string | undefined {
  const { approval, call_uid: call, agent, task, chain_id: chain, event_time: time } = event;
  if (approval?.uid !== undefined) return shortPrint(approval.uid, DECISION_PRINT);
  if (call === undefined) return undefined;
  const of = [agent.uid, task?.id ?? chain, dayOf(time), call];
  return shortPrint(JSON.stringify(of), DECISION_PRINT);
}
