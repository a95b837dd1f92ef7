/**
 * A privilege step: one capability-bearing call on its way from the profile stage to the assembly
 * stage, with all that assembly decides on, so that it needs no other input (`privilege.steps`).
 */
import { z } from 'zod';
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
} from './event-vocabulary.ts';
import { severity } from './severity.ts';
import { sourceName } from './telemetry-source.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from './text-limits.ts';

/** Exercised; possibly (the effect may have happened); attempted (denied). */
export const EXERCISE_STATES = [
  'exercised',
  'possibly',
  'attempted',
  'requested',
  'settled',
] as const;
export type ExerciseState = (typeof EXERCISE_STATES)[number];

/**
 * Since 1.1: what a call read and said, as hashes, so that the assembly stage can see one agent
 * obey what another has read.
 */
export const stepWords = z.object({
  read: z
    .object({
      passages: z.array(passage).max(PASSAGES_MAX),
      free_text_ids: z.array(hash).max(VALUES_MAX),
      field_ids: z.array(hash).max(VALUES_MAX),
      /** The request named the source that was read. */
      named: z.boolean(),
    })
    .optional(),
  /** Of a call that changes something or fetches an address, and obeyed nothing that its own agent read. */
  act: z
    .object({
      write: z.boolean(),
      object_tokens: z.array(hash).max(TOKENS_MAX),
      name_ids: z.array(hash).max(2).optional(),
      items: z.array(argItem).max(ITEMS_MAX),
      purpose: purpose.optional(),
      /** What the benign history of its agent says: known identifiers, whether such requests often took the tool. */
      known_ids: z.array(hash).max(TOKENS_MAX),
      habit: z.boolean(),
    })
    .optional(),
});
export type StepWords = z.infer<typeof stepWords>;

/** Of one call: one of each kind. */
const NOTED_VALUES_MAX = 8;
/** Since 1.10: a value that was new to an agent, and what is told where it is new to all agents of its workload. */
const notedValue = z.object({
  kind: name,
  print: hash,
  told: z
    .object({
      what: name,
      severity,
      /** Prints under which the same may be known. */
      also: z.array(hash).max(2),
      /** Days that the workload must have been known. */
      after_days: z.number().int().nonnegative(),
    })
    .optional(),
});
export type NotedValue = z.infer<typeof notedValue>;

export const privilegeStep = z.object({
  event_id: z.uuid(),
  native_id: id.optional(),
  /** Since 1.1: pairs the request of a call with its end. */
  call_uid: id.optional(),
  tenant_id: tenantId,
  chain_id: hash,
  agent_uid: agentUid,
  instance_uid: id.optional(),
  agent_assurance: assurance,
  claims,
  event_time: timestamp,
  event_time_quality: z.enum(TIME_QUALITIES),
  /** Since 1.11: how long after its time it was received, of a measured call that came over two minutes late. */
  told_late_ms: z.number().int().positive().optional(),
  source_seq: z.object({ source: id, seq: z.number().int().nonnegative() }).optional(),
  /** Since 1.7: which source told of it. */
  source: sourceName.optional(),
  activity: name,
  /** Since 1.10: the definition, of a note that tells of another one. */
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
  /** Since 1.12: who handed the work down to that one, the nearest first (`delegation.chain`). */
  delegators: z
    .array(z.object({ agent_uid: agentUid, ref: id.optional() }))
    .max(DELEGATION_DEPTH_MAX)
    .optional(),
  delegate_uid: agentUid.optional(),
  /** Since 1.12: all its arguments as a hash (`args.hash`), of a call whose effect can't be undone. */
  args_hash: hash.optional(),
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
  /** Since 1.11: values of its arguments were left out; of its result, where only the other is told. */
  args_truncated: z.boolean().optional(),
  dry_run_claimed: z.boolean().optional(),
  /** Since 1.1: records that the call read or acted on, where that could be told. */
  records: z.number().int().nonnegative().optional(),
  /** Since 1.1: whom the task is about (`task.subjects`). */
  task_subjects: z.array(id).max(64).optional(),
  /** Since 1.7: the same as destinations are kept (`task.subject_fps`). */
  task_subject_fps: z.array(hash).max(64).optional(),
  /** Since 1.1: who receives what a grant call grants (`args.features.grantee`, else the target). */
  grantee_uid: id.optional(),
  /** Since 1.1: how the call was decided, and by whom. */
  approval: z.object({ mode: z.enum(APPROVAL_MODES), by: id.optional() }).optional(),
  /** Since 1.1: the credential from which the one in use was derived. */
  credential_parent_uid: id.optional(),
  /** Since 1.1: what the scopes of the credential in use allow, through the scope map. */
  scope_grants: z.array(name).optional(),
  /** Since 1.1: the agent that controls the delegation. */
  root_agent_uid: agentUid.optional(),
  agent_owner: id.optional(),
  /** Since 1.1: hand-offs that the proven workflow declares, as `retrieval>execution`. */
  handoffs: z.array(name).max(64).optional(),
  /** Since 1.1: the domain that a send, publication or payment goes to, and to how many in all. */
  destination_domain: name.optional(),
  destinations: z.number().int().positive().optional(),
  /** Since 1.8: all of these that are outside the organisation (`args.outside_fps`). */
  outside_fps: z.array(hash).max(16).optional(),
  /**
   * Since 1.1: from where the agent of an `agent_sighted` step came, by which agents that nobody
   * registered are counted.
   */
  workload: id.optional(),
  /** Since 1.1: when what a note tells of may have begun, in milliseconds since 1970. */
  noted_since_ms: z.number().int().nonnegative().optional(),
  /** Since 1.10: of a note of a person's decision, which one it is, as a print. */
  noted_decision: hash.optional(),
  /** Since 1.8: of a silence, within what time its agent is heard of usually; by whom it is told of. */
  usual_ms: z.number().int().nonnegative().optional(),
  told_by: id.optional(),
  /** Since 1.8: of which silent agent a note of use tells, and of how many uses. */
  noted_agent_uid: agentUid.optional(),
  noted_count: z.number().int().nonnegative().optional(),
  /** Since 1.10: what was new to the agent of a note, whose workload may know it. */
  noted_values: z.array(notedValue).max(NOTED_VALUES_MAX).optional(),
  /**
   * Since 1.10: of a note of a credential, the workload of its agent, which nobody registered and which has no history
   * of its own; and whether each run of that workload is a new uid.
   */
  agent_workload: id.optional(),
  workload_churns: z.boolean().optional(),
  /** Since 1.1: what the call read and said, where that can matter to other agents of its chain. */
  words: stepWords.optional(),
});
export type PrivilegeStep = z.infer<typeof privilegeStep>;
