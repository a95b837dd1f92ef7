/**
 * The hash chain over decisions: hex SHA-256 of RFC 8785 text without `hash`. Store a head elsewhere against a
 * rewrite.
 */
import { canonicalJson, type Decision } from '@waywarden/schemas';

export type Sha256 = (text: string) => string;

/** `prev_hash` of the first decision. */
const GENESIS_HASH = '0'.repeat(64);

export type RecordedDecision = Decision & {
  /** Since 1.0: every command that this decision issued. */
  readonly issued_command_ids?: readonly string[];
  /** Since 1.0: the action it was degraded to, because the budget was spent. */
  readonly degraded_to?: string;
  /** Since 1.0: what is missing or contradictory in the target, in plain words. */
  readonly target_problems?: readonly string[];
  /** Since 1.2: the order upon which this one follows, and why. */
  readonly follows?: { readonly command_id: string; readonly why: string };
};

export type UnchainedDecision = Omit<RecordedDecision, 'seq' | 'prev_hash' | 'hash'>;

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export const CHAIN_START: ChainHead = { seq: 0, hash: GENESIS_HASH };

export function decisionHash(decision: Omit<RecordedDecision, 'hash'>, sha256: Sha256): string {
  return sha256(canonicalJson(decision));
}

export function chainDecision(
  head: ChainHead,
  decision: UnchainedDecision,
  sha256: Sha256,
): RecordedDecision {
  const linked = { ...decision, seq: head.seq + 1, prev_hash: head.hash };
  return { ...linked, hash: decisionHash(linked, sha256) };
}
