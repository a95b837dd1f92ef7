/**
 * Records of the stages that look across agents and chains: observations of values, and links from the
 * flow stage.
 */
import { z } from 'zod';
import { LINK_KINDS, STEP_LINKS } from '../alerts/policy-combination.ts';
import { assurance, capabilityClaim } from '../events/audit-event.ts';
import { privilegeStep } from '../events/privilege-step.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from '../vocabulary/text-limits.ts';

/**
 * How a call had the value: in its result, in arguments that it wrote somewhere, in arguments that
 * it only used, as the credential that it called with, as a credential that it created; or the root
 * key, by carrying it or by handing work over under it.
 */
export const OBSERVATION_WAYS = [
  'result',
  'written',
  'argument',
  'credential',
  'created',
  'root_key',
  'hand_over',
  'under',
  'granted',
  'grantee',
  'principal',
] as const;
export type ObservationWay = (typeof OBSERVATION_WAYS)[number];

/** One observation of a linking value or of a root key (kind `root_key`). */
export const valueFlow = z.object({
  tenant_id: tenantId,
  fp: hash,
  kind: name,
  event_id: z.uuid(),
  chain_id: hash,
  agent_uid: agentUid,
  direction: z.enum(['produced', 'used']),
  event_time: timestamp,
  capabilities: z.array(capabilityClaim),
  by: z.enum(OBSERVATION_WAYS).optional(),
  object: id.optional(),
  assurance: assurance.optional(),
  policy_version: name.optional(),
  key_rank: z.number().int().min(1).optional(),
  chain_key_rank: z.number().int().min(1).optional(),
  chain_key_proven: z.boolean().optional(),
});
export type ValueFlow = z.infer<typeof valueFlow>;

/** Calls of another chain that one link brings along, and the links between them, at most. */
export const LINK_CALLS_MAX = 16;
export const LINK_EDGES_MAX = 64;

/** A link between two calls that both stand in the summary, or from one of them to the consumer. */
export const linkEdge = z.object({
  from_event: z.uuid(),
  to_event: z.uuid(),
  via: z.enum(STEP_LINKS),
  strength: z.number().int().min(0).max(100),
  doubtful: z.boolean(),
  assurance,
  through_event: z.uuid().optional(),
  round: z.number().int().min(1),
});
export type LinkEdge = z.infer<typeof linkEdge>;

/** Agents of which it is told that calls of theirs are not, and what these could do. */
export const UNREPORTED_AGENTS_MAX = 8;
const UNREPORTED_SYMBOLS_MAX = 8;

/** Whose calls are not told, since when, and what they could do. */
export const unreportedCalls = z.object({
  agent_uid: agentUid,
  since: timestamp,
  symbols: z.array(name).max(UNREPORTED_SYMBOLS_MAX),
});
export type UnreportedCalls = z.infer<typeof unreportedCalls>;

/** When a value was too common to link by: for uses after `from`, up to and including `until`. */
export const hubTimes = z.object({
  from: timestamp,
  until: timestamp,
  except: z
    .array(z.object({ agent_uid: agentUid, from: timestamp, until: timestamp }))
    .max(16)
    .optional(),
});
export type HubTimes = z.infer<typeof hubTimes>;

/** A bounded summary that the consumer's chain imports from the producer's. */
export const privilegeLink = z.object({
  tenant_id: tenantId,
  chain_id: hash,
  from_event: z.uuid(),
  from_chain_id: hash,
  to_event: z.uuid(),
  via: z.enum([...LINK_KINDS, 'grantee']),
  strength: z.number().min(0).max(1),
  hops: z.number().int().min(1),
  capabilities: z.array(capabilityClaim),
  withdrawn: z.boolean().optional(),
  event_time: timestamp,
  fp: hash.optional(),
  method: z.object({ from: z.enum(OBSERVATION_WAYS), to: z.enum(OBSERVATION_WAYS) }).optional(),
  from_agent_uid: agentUid.optional(),
  assurance: assurance.optional(),
  hub: z.boolean().optional(),
  hub_times: z.array(hubTimes).max(4).optional(),
  hub_times_proven: z.array(hubTimes).max(4).optional(),
  ask: z.boolean().optional(),
  calls: z.array(privilegeStep).max(LINK_CALLS_MAX).optional(),
  edges: z.array(linkEdge).max(LINK_EDGES_MAX).optional(),
  calls_truncated: z.boolean().optional(),
  unreported: z.array(unreportedCalls).max(UNREPORTED_AGENTS_MAX).optional(),
});
export type PrivilegeLink = z.infer<typeof privilegeLink>;
