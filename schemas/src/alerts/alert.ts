/** An alert: one revision of a conclusion, with its evidence. Decisions join by `alert_id`. */
import { z } from 'zod';
import { assurance } from '../events/audit-event.ts';
import { ALERT_SOURCES_MAX, sourceName } from '../events/telemetry-source.ts';
import { severity } from '../vocabulary/severity.ts';
import { agentUid, hash, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

/** Where no number can say it. */
export const CONFIDENCE_BASES = ['p_value', 'rule', 'proof', 'text', 'history'] as const;
export type ConfidenceBasis = (typeof CONFIDENCE_BASES)[number];

export const KNOWN_ALERT_KINDS = [
  'behavior_deviation',
  'hijack_suspected',
  'privilege_assembly',
  'toxic_combination',
  'privilege_gap_closing',
  'confused_deputy',
  'outside_profile',
  'approval_bypass',
  'separation_of_duty',
  'outside_task_envelope',
  'class_drift',
  'undeclared_change',
  'credential_misuse',
  'credential_static',
  'task_overrun',
  'approval_quality',
  'reach_growth',
  'containment_leak',
  'telemetry_gap',
  'unlogged_action',
  'unregistered_agent',
  'review_lapsed',
  'guardrail_probing',
  'decoy_touched',
  'canary_missing',
  'over_privilege',
  'orphaned_agent',
  // Since 1.1, `hygiene`.
  'approved_assembly',
] as const;

export const RESIDUAL_ACCESS = [
  'secret_read',
  'data_read',
  'credential_created',
  'identity_created',
  'access_granted',
  'data_sent',
  'config_changed',
  'agent_modified',
  'memory_written',
  'code_deployed',
  'payment_set_up',
  'code_executed',
] as const;

export const subject = z.object({
  agent_uid: agentUid,
  instance_uid: id.optional(),
  chain_id: hash.optional(),
  task_id: id.optional(),
  credential_uid: id.optional(),
  /** Since 1.13: of the call that decided. */
  workflow: name.optional(),
  tool: name.optional(),
});

export const reason = z.object({
  feature: name,
  text,
  expected: text.optional(),
  observed: text.optional(),
  p_value: z.number().min(0).max(1).nullable().optional(),
  baseline_n: z.number().int().nonnegative().optional(),
  level: name.optional(),
  threshold: z.number().optional(),
  threshold_source: z.enum(['static', 'learned', 'operator']).optional(),
});

export const evidence = z.object({
  event_id: z.uuid(),
  native_id: id.optional(),
  agent_uid: agentUid,
  role: name,
  capability: name.optional(),
  assurance,
});

export const contributor = z.object({
  agent_uid: agentUid,
  granted: z.array(name).nullable(),
  exercised: z.array(name),
});

export const assemblyLink = z.object({
  from_event: z.uuid(),
  to_event: z.uuid(),
  via: name,
  strength: z.number().min(0).max(1),
});

export const commandTarget = z.object({
  level: name,
  tenant_id: tenantId,
  agent_uid: agentUid,
  call_uid: id.optional(),
  payment_id: id.optional(),
  task_id: id.optional(),
  conversation_id: id.optional(),
  instance_uid: id.optional(),
  credential_uid: id.optional(),
  parent_agent_uid: agentUid.optional(),
  delegation_ref: id.optional(),
  tool: name.optional(),
  grant_id: id.optional(),
  fp: hash.optional(),
  resource_id: id.optional(),
  sender: id.optional(),
});
export type Target = z.infer<typeof commandTarget>;

export const assembly = z.object({
  combination: name,
  capabilities: z.array(name),
  contributors: z.array(contributor),
  completed_by: agentUid,
  proof: z.array(z.uuid()),
  proof_minimal: z.boolean(),
  links: z.array(assemblyLink),
  gap_before: z.array(name).optional(),
  residual_access: z.array(z.object({ what: name, event_id: z.uuid(), neutralise: z.array(name) })),
  cut: z.array(
    z.object({ action: name, target: commandTarget, stops: text, collateral: z.array(text) }),
  ),
  cut_sound: z.boolean().optional(),
  caveats: z.array(name).optional(),
});

export const taxonomy = z.object({
  owasp: z.array(name).optional(),
  atlas: z.array(name).optional(),
  attack: z.array(name).optional(),
  maestro: z.array(name).optional(),
  nist: z.array(name).optional(),
});

export const alert = z.object({
  alert_id: z.uuid(),
  revision: z.number().int().positive(),
  state: z.enum(['open', 'withdrawn']),
  supersedes: z.array(z.uuid()).optional(),
  count: z.number().int().positive(),
  incident_id: z.uuid(),
  tenant_id: tenantId,
  kind: name,
  hygiene: z.boolean().optional(),
  rule_id: name,
  rule_version: name,
  severity,
  confidence: z.number().min(0).max(1).nullable(),
  score: z.number(),
  evaluable: z.boolean(),
  subject,
  first_event_time: timestamp,
  last_event_time: timestamp,
  first_detected_at: timestamp,
  detected_at: timestamp,
  title: z.string().max(90),
  summary: text,
  reasons: z.array(reason),
  evidence: z.array(evidence),
  assembly: assembly.optional(),
  not_visible: z.array(text),
  taxonomy,
  baseline: z
    .object({ version: name, level: name, since: timestamp, n: z.number().int().nonnegative() })
    .optional(),
  policy_version: name,
  detector_version: name,
  decisive_assurance: assurance.optional(),
  subject_class: name.optional(),
  origins: z
    .array(z.object({ fp: hash.optional(), resource_id: id.optional(), sender: id.optional() }))
    .max(4)
    .optional(),
  sources: z.array(sourceName).max(ALERT_SOURCES_MAX).optional(),
  confidence_basis: name.optional(),
  approved: z
    .object({ workflow: name, combination: name, by: id, reason: text, from: name, expires: name })
    .optional(),
});

export type Alert = z.infer<typeof alert>;
export type AlertReason = z.infer<typeof reason>;
export type AlertEvidence = z.infer<typeof evidence>;
