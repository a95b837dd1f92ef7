/** Examples of a combination, in short form: documentation and tests. */
import { z } from 'zod';
import { ASSEMBLY_KINDS, PLANES } from '../alerts/policy-combination.ts';
import { effect } from '../events/audit-event.ts';
import { APPROVAL_MODES, OUTCOMES, RESULT_TRUSTS } from '../vocabulary/event-vocabulary.ts';
import { agentUid, id, name, text } from '../vocabulary/text-limits.ts';

/** `{ person-1: email }`. */
const values = z.record(id, name);

const AT_SECONDS_MAX = 31_536_000;
const AT_WORDS = `seconds after the first call: a number from 0 to ${AT_SECONDS_MAX}, which is a year`;

export const exampleCall = z.strictObject({
  id: name,
  agent: agentUid,
  /** Seconds after the first call. */
  at: z.number(AT_WORDS).nonnegative(AT_WORDS).max(AT_SECONDS_MAX, AT_WORDS),
  capabilities: z.array(name).default([]),
  args: values.optional(),
  result: values.optional(),
  /** Left out: what was exercised. `null`: unknown. */
  grants: z.array(name).nullable().optional(),
  tool: name.optional(),
  effect: effect.optional(),
  outcome: z.enum(OUTCOMES).default('success'),
  /** `target.resource_id`, `target.owner_uid`. */
  object: id.optional(),
  object_owner: id.optional(),
  records: z.number().int().nonnegative().optional(),
  result_trust: z.enum(RESULT_TRUSTS).optional(),
  plane: z.enum(PLANES).optional(),
  owner: id.optional(),
  principal: id.optional(),
  task: id.optional(),
  subjects: z.array(id).optional(),
  workflow: name.optional(),
  /** `retrieval>execution`. */
  handoffs: z.array(name).optional(),
  root_agent: agentUid.optional(),
  parent_agent: agentUid.optional(),
  hands_to: agentUid.optional(),
  /** A secret's name, or an own id. */
  credential_value: id.optional(),
  credential: id.optional(),
  parent_credential: id.optional(),
  scopes: z.array(name).optional(),
  approval: z.enum(APPROVAL_MODES).optional(),
  approved_by: id.optional(),
  grantee: id.optional(),
});
export type ExampleCall = z.infer<typeof exampleCall>;

export const combinationExample = z.strictObject({
  /** Not in `quiet`. */
  kind: z.enum(ASSEMBLY_KINDS).optional(),
  /** Earliest first. */
  proof: z.array(name).optional(),
  /** Why it stays quiet. */
  why: text.optional(),
  steps: z.array(exampleCall).min(1).max(32),
});
export type CombinationExample = z.infer<typeof combinationExample>;
