/**
 * Which decision of a person an event tells of, as a print: how somebody decides is judged by decisions, and not by
 * what ran under them. One approval may cover a whole task or job (`approval-scope.ts`), and an event of its own and
 * the call that it lets through may tell of the same one.
 *
 * By the approval's `uid`, and where a source gives none by the call that was decided (`call_uid`), in its work, since
 * some count their calls anew in each. Undefined where neither is told: then each event is a decision. Rejected: who
 * approved in exactly how many milliseconds, as `approval-reuse.ts` has it: of whoever stamps these are often equal.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';

/** Short, since who makes two alike gains no more than by giving one uid twice. */
export const DECISION_PRINT = 8;

export function decisionPrint(event: AuditEvent): string | undefined {
  const { approval, call_uid: call, task, chain_id: chain } = event;
  if (approval?.uid !== undefined) return shortPrint(approval.uid, DECISION_PRINT);
  if (call === undefined) return undefined;
  return shortPrint(JSON.stringify([task?.id ?? chain, call]), DECISION_PRINT);
}
