/** Whether a list of decisions is the unbroken chain. All problems are returned. */
import {
  CHAIN_START,
  type ChainHead,
  decisionHash,
  type RecordedDecision,
  type Sha256,
} from '../model/decision-chain.ts';

const CHAIN_PROBLEM_KINDS = ['altered', 'gap', 'broken_link', 'wrong_head'] as const;
type ChainProblemKind = (typeof CHAIN_PROBLEM_KINDS)[number];

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** The list's length for `wrong_head`. */
  readonly at: number;
  readonly decision_id: string | null;
  readonly text: string;
}

export interface VerifyOptions {
  /** Absent: the list starts the chain. */
  readonly after?: ChainHead;
  readonly head?: ChainHead;
}

function linkProblems(
  at: number,
  decision: RecordedDecision,
  before: ChainHead,
  sha256: Sha256,
): readonly ChainProblem[] {
  const problems: ChainProblem[] = [];
  const problem = (kind: ChainProblemKind, text: string) =>
    problems.push({ kind, at, decision_id: decision.decision_id, text });
  const { hash, ...rest } = decision;
  if (decisionHash(rest, sha256) !== hash) {
    problem('altered', `Decision ${decision.seq} does not have the hash that it states.`);
  }
  if (decision.seq !== before.seq + 1) {
    problem('gap', `Decision ${decision.seq} follows ${before.seq}; ${before.seq + 1} is due.`);
  }
  if (decision.prev_hash !== before.hash) {
    problem('broken_link', `Decision ${decision.seq} names another predecessor than it has.`);
  }
  return problems;
}

export function verifyDecisions(
  decisions: readonly RecordedDecision[],
  sha256: Sha256,
  options: VerifyOptions = {},
): readonly ChainProblem[] {
  const problems: ChainProblem[] = [];
  let before = options.after ?? CHAIN_START;
  for (const [at, decision] of decisions.entries()) {
    problems.push(...linkProblems(at, decision, before, sha256));
    before = { seq: decision.seq, hash: decision.hash };
  }
  const { head } = options;
  if (head && (head.seq !== before.seq || head.hash !== before.hash)) {
    problems.push({
      kind: 'wrong_head',
      at: decisions.length,
      decision_id: null,
      text: `The chain ends at decision ${before.seq}, not at ${head.seq} as recorded elsewhere.`,
    });
  }
  return problems;
}
