/** The audit event of `audit.events`; JSON Schema and validators come from it. */
import { z } from 'zod';
import {
  ACTOR_CLASSES,
  APPROVAL_MODES,
  ASSURANCES,
  CAPABILITIES_MAX,
  CAPABILITY_BASES,
  DELEGATION_DEPTH_MAX,
  EFFECTS,
  ITEMS_MAX,
  OUTCOMES,
  PASSAGES_MAX,
  PHASES,
  RESULT_TRUSTS,
  SCHEMA_VERSION,
  SENSITIVITIES,
  TIME_QUALITIES,
  TOKENS_MAX,
  VALUES_MAX,
} from '../vocabulary/event-vocabulary.ts';
import { agentUid, hash, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

export const assurance = z.enum(ASSURANCES);
export type Assurance = z.infer<typeof assurance>;
export const effect = z.enum(EFFECTS);
export type Effect = z.infer<typeof effect>;

/** A search took a sixth of all time. */
const RANKS = Object.fromEntries(ASSURANCES.map((one, rank) => [one, rank])) as Readonly<
  Record<Assurance, number>
>;

export function assuranceAtLeast(have: Assurance, need: Assurance): boolean {
  return RANKS[have] <= RANKS[need];
}

export const source = z.object({
  kind: name,
  instance: id,
  seq: z.number().int().nonnegative().optional(),
});

export const agent = z.object({
  uid: agentUid,
  assurance,
  uid_source: name.optional(),
  name: name.optional(),
  version: name.optional(),
  instance_uid: id.optional(),
  framework: name.optional(),
  class: z.enum(ACTOR_CLASSES).optional(),
});

export const CLAIMS = [
  'task',
  'workflow',
  'principal',
  'delegation',
  'trace',
  'conversation',
  'approval',
  'outcome',
  'class',
] as const;
export type Claim = (typeof CLAIMS)[number];

export function eachClaim<T>(of: (claim: Claim) => T): Readonly<Record<Claim, T>> {
  return {
    task: of('task'),
    workflow: of('workflow'),
    principal: of('principal'),
    delegation: of('delegation'),
    trace: of('trace'),
    conversation: of('conversation'),
    approval: of('approval'),
    outcome: of('outcome'),
    class: of('class'),
  };
}
export const claims = z.object({
  task: assurance,
  workflow: assurance,
  principal: assurance,
  delegation: assurance,
  trace: assurance,
  conversation: assurance,
  approval: assurance,
  outcome: assurance,
  class: assurance,
});

export const credential = z.object({
  uid: id.optional(),
  type: name.optional(),
  issued_at: timestamp.optional(),
  expires_at: timestamp.optional(),
  task_id: id.optional(),
  fp: hash.optional(),
  parent_uid: id.optional(),
});

export const delegation = z.object({
  root_agent_uid: agentUid.optional(),
  parent_agent_uid: agentUid.optional(),
  depth: z.number().int().min(0).max(DELEGATION_DEPTH_MAX).optional(),
  chain: z
    .array(
      z.object({
        agent_uid: agentUid,
        via: name.optional(),
        ref: id.optional(),
        assurance: z.enum(ASSURANCES).optional(),
      }),
    )
    .max(DELEGATION_DEPTH_MAX)
    .optional(),
});

export const purpose = z.object({
  terms: z.array(name).max(64),
  tokens: z.array(hash).max(512),
  values: z.array(hash).max(VALUES_MAX),
  delegates: z.boolean(),
  sources: z.array(hash).max(TOKENS_MAX).optional(),
  text_hash: hash.optional(),
});

export const task = z.object({
  id: id.optional(),
  workflow: name.optional(),
  subjects: z.array(id).max(64).optional(),
  subject_fps: z.array(hash).max(64).optional(),
  deadline: timestamp.optional(),
  purpose: purpose.optional(),
});

export const passage = z.object({
  actions: z.array(name).max(16),
  tokens: z.array(hash).max(256),
  kind: name.optional(),
  ids: z.array(hash).max(TOKENS_MAX).optional(),
  mark: z.number().min(0).max(1).optional(),
  meta: z.array(name).max(16).optional(),
});

export const tool = z.object({
  name,
  server: name.optional(),
  type: name.optional(),
  call_id: id.optional(),
  definition_hash: hash.optional(),
  object_tokens: z.array(hash).max(TOKENS_MAX).optional(),
  name_ids: z.array(hash).max(2).optional(),
  passages: z.array(passage).max(PASSAGES_MAX).optional(),
  action: name.optional(),
});

export const target = z.object({
  system: name.optional(),
  resource_type: name.optional(),
  resource_id: id.optional(),
  owner_uid: id.optional(),
  owner_fp: hash.optional(),
  sensitivity: z.enum(SENSITIVITIES).optional(),
  environment: name.optional(),
});

export const capabilityClaim = z.object({ symbol: name, basis: z.enum(CAPABILITY_BASES) });
export const features = z.record(name, z.union([z.string().max(512), z.number(), z.boolean()]));

export const argValue = z.object({ fp: hash, kind: name, path: id.optional() });
export const resultValue = z.object({
  fp: hash,
  kind: name,
  instructed: z.boolean().optional(),
  in: name.optional(),
});
export const argItem = z.object({
  path: id,
  class: name,
  tokens: z.array(hash).max(TOKENS_MAX),
  ids: z.array(hash).max(TOKENS_MAX).optional(),
  id_like: z.boolean().optional(),
  secret: z.boolean().optional(),
});
export const args = z.object({
  hash: hash.optional(),
  shape: z.array(z.string().max(512)).max(256).optional(),
  size: z.number().int().nonnegative().optional(),
  values: z.array(argValue).max(VALUES_MAX).optional(),
  items: z.array(argItem).max(ITEMS_MAX).optional(),
  values_truncated: z.boolean().optional(),
  features: features.optional(),
  outside_fps: z.array(hash).max(16).optional(),
});

export const result = z.object({
  size: z.number().int().nonnegative().optional(),
  is_error: z.boolean().optional(),
  trust: z.enum(RESULT_TRUSTS).optional(),
  values: z.array(resultValue).max(VALUES_MAX).optional(),
  passages: z.array(passage).max(PASSAGES_MAX).optional(),
  values_truncated: z.boolean().optional(),
  features: features.optional(),
  free_text_ids: z.array(hash).max(VALUES_MAX).optional(),
  field_ids: z.array(hash).max(VALUES_MAX).optional(),
});

export const approval = z.object({
  uid: id.optional(),
  mode: z.enum(APPROVAL_MODES),
  by: id.optional(),
  latency_ms: z.number().nonnegative().optional(),
  args_hash: hash.optional(),
});

export const auditEvent = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  event_id: z.uuid(),
  native_id: id.optional(),
  call_uid: id.optional(),
  event_time: timestamp,
  event_time_quality: z.enum(TIME_QUALITIES),
  duration_ms: z.number().nonnegative().optional(),
  observed_time: timestamp,
  source,
  tenant_id: tenantId,
  activity: name,
  phase: z.enum(PHASES),
  effect,
  agent,
  claims,
  principal: z.object({ uid: id, type: name.optional() }).optional(),
  credential: credential.optional(),
  scopes: z.array(name).max(256).optional(),
  delegation: delegation.optional(),
  conversation_id: id.optional(),
  conversation_turn: z.number().int().nonnegative().optional(),
  chain_id: hash,
  task: task.optional(),
  trace_id: id.optional(),
  span_id: id.optional(),
  parent_span_id: id.optional(),
  tool: tool.optional(),
  target: target.optional(),
  capabilities: z.array(capabilityClaim).max(CAPABILITIES_MAX),
  catalogue_version: name.optional(),
  args: args.optional(),
  result: result.optional(),
  fp_version: z.number().int().positive(),
  key_id: name,
  outcome: z.enum(OUTCOMES),
  error: z.object({ type: name.optional(), code: name.optional() }).optional(),
  policy: z.object({ decision: name, id: id.optional(), engine: name.optional() }).optional(),
  approval: approval.optional(),
  model: z
    .object({
      provider: name.optional(),
      name: name.optional(),
      tokens_in: z.number().nonnegative().optional(),
      tokens_out: z.number().nonnegative().optional(),
    })
    .optional(),
  src: z.object({ ip: name.optional(), user_agent: text.optional() }).optional(),
  transport: name.optional(),
  labels: z.record(name, text).optional(),
  unmapped: z.record(name, z.unknown()).optional(),
});

export type AuditEvent = z.infer<typeof auditEvent>;
