/**
 * Whether a call is an alarm, and the score that says so. It depends on what is known of the request: what
 * the score measures is that a passage explains the call *and the request does not*.
 *
 * - The request is known: `ALARM` in all, or `EVIDENCE` without the weak context; less where the call is about
 *   nothing that was asked.
 * - It is not: agents that take values from what others read look the same as agents that obey it. A line
 *   that merely begins with a verb ("order 4711", "see …") is in most mails and records, so the passage
 *   has to bear a mark of planted text as well. Windows overlap: an unmarked neighbour may explain the call as
 *   well as the planted text whose words it holds, so the marked ones are asked alone. Rejected: counting
 *   nothing without a request; planted text that says so itself needs no request to be told from work.
 *
 * Doubt, which keeps a call from teaching, goes the same way. The weak context holds the call against its request;
 * where none is known, every write to somebody came to a point by that alone, and an agent whose source tells no
 * requests learnt its own daily work never. So there only what the agent read makes doubt.
 */
import { type CallScore, type ScoreInput, scoreCall } from './score-call.ts';
import { ALARM, DOUBT, EVIDENCE, EVIDENCE_UNASKED } from './weights.ts';

export interface Judged {
  readonly scored: CallScore;
  readonly isObeying: boolean;
  /** Too odd to teach what is normal. */
  readonly isDoubtful: boolean;
  /** The points from which it would be: reached, or those that came nearest. */
  readonly threshold: number;
  /** The points that are held against it: all, or those without the weak context. */
  readonly sum: number;
}

/** The score over what bears a mark; undefined where nothing does, or all does. */
function scoreMarked(input: ScoreInput): CallScore | undefined {
  const { passages } = input.context;
  const marked = passages.filter(({ meta }) => meta.length > 0);
  if (marked.length === 0 || marked.length === passages.length) return undefined;
  return scoreCall({ ...input, context: { ...input.context, passages: marked } });
}

/** `isAsked`: whether words of the request are known. The score is that of the passage that is obeyed, if one is. */
export function judgeObeying(input: ScoreInput, isAsked: boolean): Judged {
  const scored = scoreCall(input);
  const { score, parts, passage } = scored;
  const evidence = parts.match + parts.newIdentifier + parts.secret;
  const isDoubtful = (isAsked ? score : evidence) >= DOUBT;
  if (isAsked) {
    const enough = scored.isUnasked ? EVIDENCE_UNASKED : EVIDENCE;
    if (score >= ALARM)
      return { scored, isObeying: true, isDoubtful, threshold: ALARM, sum: score };
    return { scored, isObeying: evidence >= enough, isDoubtful, threshold: enough, sum: evidence };
  }
  const [threshold, sum] = [ALARM, score];
  if (score < ALARM) return { scored, isObeying: false, isDoubtful, threshold, sum };
  // Without a passage it is a secret that leaves, which needs no request either.
  if (passage === null || passage.meta.length > 0) {
    return { scored, isObeying: true, isDoubtful, threshold, sum };
  }
  const marked = scoreMarked(input);
  if (marked === undefined || marked.passage === null || marked.score < ALARM) {
    return { scored, isObeying: false, isDoubtful, threshold, sum };
  }
  return { scored: marked, isObeying: true, isDoubtful, threshold, sum: marked.score };
}
