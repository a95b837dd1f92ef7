/** Records across agents and chains. */
import { z } from 'zod';
import { LINK_KINDS, STEP_LINKS } from '../alerts/policy-combination.ts';
import { assurance, capabilityClaim } from '../events/audit-event.ts';
import { privilegeStep } from '../events/privilege-step.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from '../vocabulary/text-limits.ts';

/** Result, argument, use, credential, creation, or root key. */
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

/** And what these could do. */
export const UNREPORTED_AGENTS_MAX = 8;
const UNREPORTED_SYMBOLS_MAX = 8;

export const unreportedCalls = z.object({
  agent_uid: agentUid,
  since: timestamp,
  symbols: z.array(name).max(UNREPORTED_SYMBOLS_MAX),
});
export type UnreportedCalls = z.infer<typeof unreportedCalls>;

/** `from` exclusive, `until` inclusive. */
export const hubTimes = z.object({
  from: timestamp,
  until: timestamp,
  except: z
    .array(z.object({ agent_uid: agentUid, from: timestamp, until: timestamp }))
    .max(16)
    .optional(),
});
export type HubTimes = z.infer<typeof hubTimes>;

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
