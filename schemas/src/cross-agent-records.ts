/**
 * Records of the stages that look across agents and chains: sightings of values, links from the
 * flow stage, contributions to shared baselines. Their stages come later; topics and shapes are
 * fixed here so that what is written today can be read then.
 */
import { z } from 'zod';
import { capabilityClaim } from './audit-event.ts';
import { LINK_KINDS } from './policy-combination.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from './text-limits.ts';

/** One sighting of a linking value or of a root key (kind `root_key`). */
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
});
export type ValueFlow = z.infer<typeof valueFlow>;

/** A bounded summary that the consumer's chain imports from the producer's. */
export const privilegeLink = z.object({
  tenant_id: tenantId,
  chain_id: hash,
  from_event: z.uuid(),
  from_chain_id: hash,
  to_event: z.uuid(),
  via: z.enum(LINK_KINDS),
  strength: z.number().min(0).max(1),
  hops: z.number().int().min(1),
  capabilities: z.array(capabilityClaim),
  withdrawn: z.boolean().optional(),
  event_time: timestamp,
});
export type PrivilegeLink = z.infer<typeof privilegeLink>;

export const baselinePartial = z.object({
  tenant_id: tenantId,
  peer_group: name,
  agent_uid: agentUid,
  window_start: timestamp,
  counts: z.record(id, z.number().int().nonnegative()),
});
export type BaselinePartial = z.infer<typeof baselinePartial>;
