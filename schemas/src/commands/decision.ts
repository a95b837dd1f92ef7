/** A response decision: enforced, warned, shadow or withheld; recorded and chained. */
import { z } from 'zod';
import { lineageInDecision, wouldBreak } from '../events/lineage.ts';
import { sourceName } from '../events/telemetry-source.ts';
import { agentUid, hash, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';
import { actInDecision } from './operator-act.ts';
import { revocationCommand } from './revocation-command.ts';

export const RULE_MODES = ['shadow', 'warn', 'enforce'] as const;

/** The decisive first; open: guards may add theirs. */
export const KNOWN_WITHHELD_REASONS = [
  'rule_in_shadow',
  'rule_in_warn',
  'claim_only_asserted',
  'capability_inferred',
  'order_undetermined',
  'proof_not_minimal',
  'possibly_exercised',
  'grant_unknown',
  'never_revoke',
  'above_not_taken',
  'budget_exceeded',
  'target_incomplete',
  'alert_withdrawn',
  'not_evaluable',
  'no_receiver',
  'already_contained',
  'enforcement_paused',
  'asserted_claims',
  'independence_not_evaluated',
  'joined_by_principal',
  'bystanders_affected',
  'needed_by_other_alert',
  'issued_commands_limit',
  'ladder_exhausted',
  'rule_gone',
  'no_other_receiver',
  'origin_quarantined',
  'left_at_step_up',
  'second_person_needed',
  'another_person_needed',
  'nothing_to_approve',
  'already_so',
  'reverted',
  'nothing_to_restore',
  'blackout',
  'cascade_limit',
  'near_threshold',
  'only_listed',
  'ordered_by_hand',
  'ordered_by_two',
] as const;

/** Nothing came of the act, and something may yet: others must act. */
const AWAITING: ReadonlySet<string> = new Set(['second_person_needed', 'another_person_needed']);

export const awaitsOthers = (withheld: string | null | undefined): boolean =>
  withheld != null && AWAITING.has(withheld);

/** One source's, the shared one (several or unknown sources), the rule's. */
export const BUDGETS = ['source', 'shared', 'rule'] as const;
/** `limits.subjects`, `limits.fleet_share`. */
export const BUDGET_COUNTS = ['subjects', 'agents'] as const;

export const decision = z.object({
  decision_id: z.uuid(),
  tenant_id: tenantId,
  alert_ids: z.array(z.uuid()),
  alert_revision: z.number().int().positive(),
  agent_uid: agentUid,
  rule_id: name,
  mode: z.enum(RULE_MODES),
  would_be_command: revocationCommand.nullable(),
  withheld_reason: name.nullable(),
  withheld_reasons: z.array(name).optional(),
  issued_command_ids: z.array(z.uuid()).optional(),
  degraded_to: name.optional(),
  budget: z
    .object({
      of: z.enum(BUDGETS),
      source: sourceName.optional(),
      counted: z.enum(BUDGET_COUNTS),
      max: z.number().int().nonnegative(),
    })
    .optional(),
  target_problems: z.array(text).optional(),
  follows: z.object({ command_id: z.uuid(), why: text }).optional(),
  act: actInDecision.optional(),
  lineage: lineageInDecision.optional(),
  would_break: wouldBreak.optional(),
  policy_version: name,
  decided_at: timestamp,
  seq: z.number().int().positive(),
  prev_hash: hash,
  hash,
});
export type Decision = z.infer<typeof decision>;
