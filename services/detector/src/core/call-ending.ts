/**
 * How a call ended, as far as that decides what it says of its agent: what it did, what it only tried, or neither.
 *
 * What had no effect proves nothing of what the agent usually does. Else one denied attempt, which costs
 * nothing and is told nowhere, would make known what the next call does. The same goes for a dry run (of
 * which only a source that is trusted with fields tells) and for a call that failed, also where it only reads: what an
 * agent is used to stands in its successes, and a tool that fails now and then keeps these.
 *
 * What timed out may have happened: a payment commits before it times out. So it counts as what was done, and so does
 * an outcome that is not told, as there are sources that tell none.
 * Rejected: to count a failed effect as one that may have happened (as the assembly does, which looks for
 * harm). For what is usual the doubt goes the other way.
 */
import type { AuditEvent, Effect } from '@waywarden/schemas';

/** `open`: it may have happened. `void`: nobody was harmed, and nothing was done. */
export type CallEnding = 'done' | 'open' | 'failed' | 'void';

const TIMED_OUT = /time[-_ ]?out|timed[-_ ]?out|deadline[-_ ]?exceeded/i;

export function callEnding({ outcome, args, error, effect }: AuditEvent): CallEnding {
  if (args?.features?.['dry_run'] === true || outcome === 'denied') return 'void';
  if (outcome === 'success' || outcome === 'unknown') return 'done';
  const isTimeout = TIMED_OUT.test(`${error?.type ?? ''} ${error?.code ?? ''}`);
  // Nothing is known to have reached the tool of what the protocol refused.
  return isTimeout && effect !== 'read' && outcome !== 'protocol_error' ? 'open' : 'failed';
}

/** Whether a call may teach what its agent usually does. */
export function showsHabit(event: AuditEvent): boolean {
  const ending = callEnding(event);
  return ending === 'done' || ending === 'open';
}

const ATTEMPTS: Readonly<Record<Effect, string>> = {
  read: 'to read',
  create: 'to create something',
  update: 'to change something',
  delete: 'to delete something',
  execute: 'to run something',
  send: 'to send something',
  grant: 'to grant access',
  pay: 'to move money',
  configure: 'to change configuration',
  unknown: 'to act',
};

/** `to delete something`: an effect as what was tried. */
export const effectAttempt = (effect: Effect): string => ATTEMPTS[effect];

/** What became of a call that is not known to have done anything. */
export function endingWords(event: AuditEvent): string {
  if (callEnding(event) === 'open') return 'which timed out';
  return event.outcome === 'cancelled' ? 'which was cancelled' : `which failed (${event.outcome})`;
}
