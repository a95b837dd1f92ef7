/** A privilege step: one call with all that assembly decides on (`privilege.steps`). */
import { z } from 'zod';
import {
  APPROVAL_MODES,
  DELEGATION_DEPTH_MAX,
  ITEMS_MAX,
  OUTCOMES,
  PASSAGES_MAX,
  RESULT_TRUSTS,
  TIME_QUALITIES,
  TOKENS_MAX,
  VALUES_MAX,
} from '../vocabulary/event-vocabulary.ts';
import { severity } from '../vocabulary/severity.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from '../vocabulary/text-limits.ts';
import {
  argItem,
  argValue,
  assurance,
  capabilityClaim,
  claims,
  effect,
  passage,
  purpose,
  resultValue,
  target,
} from './audit-event.ts';
import { sourceName } from './telemetry-source.ts';

export const EXERCISE_STATES = [
  'exercised',
  'possibly',
  'attempted',
  'requested',
  'settled',
] as const;
export type ExerciseState = (typeof EXERCISE_STATES)[number];

/** Hashes. */
export const stepWords = z.object({
  read: z
    .object({
      passages: z.array(passage).max(PASSAGES_MAX),
      free_text_ids: z.array(hash).max(VALUES_MAX),
      field_ids: z.array(hash).max(VALUES_MAX),
      named: z.boolean(),
    })
    .optional(),
  act: z
    .object({
      write: z.boolean(),
      object_tokens: z.array(hash).max(TOKENS_MAX),
      name_ids: z.array(hash).max(2).optional(),
      items: z.array(argItem).max(ITEMS_MAX),
      purpose: purpose.optional(),
      known_ids: z.array(hash).max(TOKENS_MAX),
      habit: z.boolean(),
    })
    .optional(),
});
export type StepWords = z.infer<typeof stepWords>;

/** One of each kind. */
const NOTED_VALUES_MAX = 8;
/** Since 1.10. */
const notedValue = z.object({
  kind: name,
  print: hash,
  report: z
    .object({
      what: name,
      severity,
      also: z.array(hash).max(2),
      after_days: z.number().int().nonnegative(),
    })
    .optional(),
});
export type NotedValue = z.infer<typeof notedValue>;

export const privilegeStep = z.object({
  event_id: z.uuid(),
  native_id: id.optional(),
  call_uid: id.optional(),
  tenant_id: tenantId,
  chain_id: hash,
  agent_uid: agentUid,
  instance_uid: id.optional(),
  agent_assurance: assurance,
  claims,
  event_time: timestamp,
  event_time_quality: z.enum(TIME_QUALITIES),
  reported_late_ms: z.number().int().positive().optional(),
  source_seq: z.object({ source: id, seq: z.number().int().nonnegative() }).optional(),
  source: sourceName.optional(),
  activity: name,
  tool: z.object({ name, server: name.optional(), definition_hash: hash.optional() }).optional(),
  effect,
  outcome: z.enum(OUTCOMES),
  exercise: z.enum(EXERCISE_STATES),
  capabilities: z.array(capabilityClaim),
  target: target.optional(),
  task_id: id.optional(),
  workflow: name.optional(),
  credential_uid: id.optional(),
  credential_fp: hash.optional(),
  principal_uid: id.optional(),
  span_id: id.optional(),
  parent_span_id: id.optional(),
  delegation_ref: id.optional(),
  parent_agent_uid: agentUid.optional(),
  delegators: z
    .array(z.object({ agent_uid: agentUid, ref: id.optional() }))
    .max(DELEGATION_DEPTH_MAX)
    .optional(),
  delegate_uid: agentUid.optional(),
  args_hash: hash.optional(),
  arg_values: z.array(argValue),
  result_values: z.array(resultValue),
  result_trust: z.enum(RESULT_TRUSTS).optional(),
  grants: z.array(name).nullable(),
  agent_class: name.optional(),
  agent_role: name.optional(),
  plane: name.optional(),
  policy_version: name,
  registry_version: name.optional(),
  values_truncated: z.boolean(),
  args_truncated: z.boolean().optional(),
  dry_run_claimed: z.boolean().optional(),
  records: z.number().int().nonnegative().optional(),
  task_subjects: z.array(id).max(64).optional(),
  task_subject_fps: z.array(hash).max(64).optional(),
  grantee_uid: id.optional(),
  approval: z.object({ mode: z.enum(APPROVAL_MODES), by: id.optional() }).optional(),
  credential_parent_uid: id.optional(),
  scope_grants: z.array(name).optional(),
  root_agent_uid: agentUid.optional(),
  agent_owner: id.optional(),
  handoffs: z.array(name).max(64).optional(),
  destination_domain: name.optional(),
  destinations: z.number().int().positive().optional(),
  outside_fps: z.array(hash).max(16).optional(),
  workload: id.optional(),
  noted_since_ms: z.number().int().nonnegative().optional(),
  noted_decision: hash.optional(),
  usual_ms: z.number().int().nonnegative().optional(),
  reported_by: id.optional(),
  noted_agent_uid: agentUid.optional(),
  noted_count: z.number().int().nonnegative().optional(),
  noted_values: z.array(notedValue).max(NOTED_VALUES_MAX).optional(),
  agent_workload: id.optional(),
  workload_churns: z.boolean().optional(),
  words: stepWords.optional(),
});
export type PrivilegeStep = z.infer<typeof privilegeStep>;
