/** Proposed registries and policies, folded from acts. */
import { RULE_ACTS, type RuleProposal, type TriageAct } from '@waywarden/schemas';
import type { ProposalProgress } from '../rules-model.ts';

/** Beyond, the oldest are forgotten by the page; the log keeps them. */
const PROPOSALS_MAX = 100;

export interface ProposedRules extends ProposalProgress {
  readonly proposal: RuleProposal;
}

type RuleAct = (typeof RULE_ACTS)[number];
export const isRuleAct = (act: string): act is RuleAct => RULE_ACTS.some((one) => one === act);

/** In the order of the log; what failed to be published is withdrawn after it. */
export function proposalsAfter(
  before: ReadonlyMap<string, ProposedRules>,
  { act, rules: proposal, by, at, reason }: TriageAct,
): ReadonlyMap<string, ProposedRules> {
  if (proposal === undefined || !isRuleAct(act)) return before;
  const known = before.get(proposal.proposal_id);
  const next = new Map(before);
  if (act === 'propose_rules') {
    if (known !== undefined) return before;
    next.set(proposal.proposal_id, { proposal, by, at, reason, state: 'waits', ended: null });
    const [oldest] = next.keys();
    if (next.size > PROPOSALS_MAX && oldest !== undefined) next.delete(oldest);
    return next;
  }
  if (known === undefined || known.state === 'withdrawn') return before;
  if (act === 'publish_rules' && (known.by === by || known.state === 'published')) return before;
  const state = act === 'publish_rules' ? 'published' : 'withdrawn';
  next.set(proposal.proposal_id, { ...known, state, ended: { by, at, reason } });
  return next;
}
