/**
 * A privilege step: one capability-bearing call on its way from the profile stage to the assembly
 * stage, with all that assembly decides on, so that it needs no other input (`privilege.steps`).
 */
import { z } from 'zod';
import {
  argValue,
  assurance,
  capabilityClaim,
  claims,
  effect,
  resultValue,
  target,
} from './audit-event.ts';
import { OUTCOMES, RESULT_TRUSTS, TIME_QUALITIES } from './event-vocabulary.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from './text-limits.ts';

/** Exercised; possibly (the effect may have happened); attempted (denied); none of these. */
export const EXERCISE_STATES = ['exercised', 'possibly', 'attempted'] as const;
export type ExerciseState = (typeof EXERCISE_STATES)[number];

export const privilegeStep = z.object({
  event_id: z.uuid(),
  native_id: id.optional(),
  tenant_id: tenantId,
  chain_id: hash,
  agent_uid: agentUid,
  instance_uid: id.optional(),
  agent_assurance: assurance,
  claims,
  event_time: timestamp,
  event_time_quality: z.enum(TIME_QUALITIES),
  source_seq: z.object({ source: id, seq: z.number().int().nonnegative() }).optional(),
  activity: name,
  tool: z.object({ name, server: name.optional() }).optional(),
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
  delegate_uid: agentUid.optional(),
  arg_values: z.array(argValue),
  result_values: z.array(resultValue),
  result_trust: z.enum(RESULT_TRUSTS).optional(),
  /** The agent's grant when this call was decided; null when neither registry nor scopes tell. */
  grants: z.array(name).nullable(),
  agent_class: name.optional(),
  agent_role: name.optional(),
  plane: name.optional(),
  policy_version: name,
  registry_version: name.optional(),
  values_truncated: z.boolean(),
});
export type PrivilegeStep = z.infer<typeof privilegeStep>;
