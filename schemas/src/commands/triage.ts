/** What people do about alerts. Acts carry changes only, folded in topic order; rules ignore them. */
import { z } from 'zod';
import { severity } from '../vocabulary/severity.ts';
import { agentUid, hash, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';
import { signedAct } from './operator-act.ts';

export const TRIAGE_ACT_TOPIC = 'waywarden.triage.acts.v1';
export const TRIAGE_STATES = ['new', 'in_progress', 'closed'] as const;
export type TriageState = (typeof TRIAGE_STATES)[number];
export const CLASSIFICATIONS = [
  'true_positive',
  'benign_expected',
  'false_positive',
  'duplicate',
] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

export const TRIAGE_ALERTS_MAX = 500;
const TRIAGE_TEXT_LENGTH_MAX = 262_144;
const NOTE_LENGTH_MAX = 4_000;
const TAG = /^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,63}$/u;
const TAGS_MAX = 16;
const RELATED_MAX = 32;
const LINK_LENGTH_MAX = 1_024;

export const tag = z.string().regex(TAG, 'letters, digits, and . _ : / - inside; at most 64');
/** A link is clicked by readers. */
const caseLink = z
  .url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' })
  .max(LINK_LENGTH_MAX);

/** Later evidence reopens it. */
export const triageAlert = z.object({
  alert_id: z.uuid(),
  revision: z.number().int().positive(),
  count: z.number().int().positive(),
  severity,
  last_event_time: timestamp,
});

/** A change of rules that follows from a close: what was accepted, and between which versions. */
export const tuning = z.object({
  tuning_id: z.uuid(),
  state: z.enum(['proposed', 'accepted', 'reverted']),
  /** `suppression`, `approval` or `profile`. */
  what: name,
  /** Of `suppression`: which one. */
  suppression_id: z.uuid().optional(),
  /** Of what changes the registry: its version before and after, and the entry as JSON. */
  registry_before: hash.nullable().optional(),
  registry_after: hash.optional(),
  entry: text.optional(),
});
export type Tuning = z.infer<typeof tuning>;

/** Another registry or policy, proposed by one person and published by another. */
export const ruleProposal = z.object({
  proposal_id: z.uuid(),
  kind: z.enum(['registry', 'policy']),
  text_hash: hash,
  /** In force when it was proposed. */
  before: hash.nullable(),
});
export type RuleProposal = z.infer<typeof ruleProposal>;

export const RULE_ACTS = ['propose_rules', 'publish_rules', 'withdraw_rules'] as const;

export const triageChange = z.object({
  state: z.enum(TRIAGE_STATES).optional(),
  classification: z.enum(CLASSIFICATIONS).optional(),
  /** The one that stays. */
  duplicate_of: z.uuid().optional(),
  assignee: id.nullable().optional(),
  note: z.string().trim().min(1).max(NOTE_LENGTH_MAX).optional(),
  tags_add: z.array(tag).max(TAGS_MAX).optional(),
  tags_remove: z.array(tag).max(TAGS_MAX).optional(),
  related_add: z.array(z.uuid()).max(RELATED_MAX).optional(),
  related_remove: z.array(z.uuid()).max(RELATED_MAX).optional(),
  case_link: caseLink.nullable().optional(),
  tuning: tuning.optional(),
});
export type TriageChange = z.infer<typeof triageChange>;

/** Absent fits all. */
export const suppressionScope = z.object({
  kind: name.optional(),
  rule_id: name.optional(),
  agent_uid: agentUid.optional(),
  workflow: name.optional(),
  tool: name.optional(),
});
export type SuppressionScope = z.infer<typeof suppressionScope>;

export const triageAct = z.object({
  act_id: z.uuid(),
  tenant_id: tenantId,
  act: z.enum(['change', 'suppress', 'unsuppress', ...RULE_ACTS]),
  by: id,
  at: timestamp,
  reason: text,
  alerts: z.array(triageAlert).max(TRIAGE_ALERTS_MAX).optional(),
  change: triageChange.optional(),
  /** Of `suppress`, `unsuppress`. */
  suppression_id: z.uuid().optional(),
  scope: suppressionScope.optional(),
  /** Later alerts show again. */
  expires: timestamp.optional(),
  /** Of acts on rules. */
  rules: ruleProposal.optional(),
});
export type TriageAct = z.infer<typeof triageAct>;

/** With the signature, of as many alerts as an act may name. */
export const triageRecord = z.object({
  act: triageAct,
  signed: signedAct.extend({ text: z.string().max(TRIAGE_TEXT_LENGTH_MAX) }),
});
export type TriageRecord = z.infer<typeof triageRecord>;
