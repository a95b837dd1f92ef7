/**
 * Whether a call's score is an alarm. It depends on what is known of the request: what the score
 * measures is that a passage explains the call *and the request does not*.
 *
 * - The request is known: `ALARM` in all, or `EVIDENCE` without the weak context.
 * - It is not: agents that take values from what others read look the same as agents that obey it. A line
 *   that merely begins with a verb ("order 4711", "see …") is in most mails and records, so the passage
 *   has to bear a mark of planted text as well. Rejected: counting nothing without a request; planted
 *   text that says so itself needs no request to be told from work.
 */
import type { CallScore } from './score-call.ts';
import { ALARM, EVIDENCE } from './weights.ts';

/** `isAsked`: whether words of the request are known. */
export function isObeying({ score, parts, passage }: CallScore, isAsked: boolean): boolean {
  if (isAsked) {
    return score >= ALARM || parts.match + parts.newIdentifier + parts.secret >= EVIDENCE;
  }
  // Without a passage it is a secret that leaves, which needs no request either.
  return score >= ALARM && (passage === null || passage.meta.length > 0);
}
