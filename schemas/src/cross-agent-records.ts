/**
 * Records of the stages that look across agents and chains: sightings of values, and links from the
 * flow stage.
 */
import { z } from 'zod';
import { assurance, capabilityClaim } from './audit-event.ts';
import { LINK_KINDS, STEP_LINKS } from './policy-combination.ts';
import { privilegeStep } from './privilege-step.ts';
import { agentUid, hash, id, name, tenantId, timestamp } from './text-limits.ts';

/**
 * How a call had the value: in its result, in arguments that it wrote somewhere, in arguments that
 * it only used, as the credential that it called with, as a credential that it created; or the root
 * key, by carrying it or by handing work over under it.
 */
export const SIGHTING_WAYS = [
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
export type SightingWay = (typeof SIGHTING_WAYS)[number];

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
  /** Since 1.1: how the call had it. */
  by: z.enum(SIGHTING_WAYS).optional(),
  /** Since 1.1: the resource that the value was written to, or read from. */
  object: id.optional(),
  /** Since 1.1: the weakest of who acted and with what outcome. */
  assurance: assurance.optional(),
  /** Since 1.1: the policy in force for the call. */
  policy_version: name.optional(),
  /**
   * Since 1.1: of a root key, its rank (1 strongest), that of the key which gave the chain, and
   * whether that one is proven.
   */
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
  /** In hundredths, as the assembly stage counts. */
  strength: z.number().int().min(0).max(100),
  doubtful: z.boolean(),
  assurance,
  /** The hand-over without which the link would not hold. */
  through_event: z.uuid().optional(),
  /** In which round of telling it is known: later ones decide nothing about it. */
  round: z.number().int().min(1),
});
export type LinkEdge = z.infer<typeof linkEdge>;

/** Agents of which it is told that calls of theirs are not, and what these could do. */
export const UNTOLD_AGENTS_MAX = 8;
const UNTOLD_SYMBOLS_MAX = 8;

/** Whose calls are not told, since when, and what they could do. */
export const untoldCalls = z.object({
  agent_uid: agentUid,
  since: timestamp,
  symbols: z.array(name).max(UNTOLD_SYMBOLS_MAX),
});
export type UntoldCalls = z.infer<typeof untoldCalls>;

/** When a value was too common to link by: for uses after `from`, up to and including `until`. */
export const hubTimes = z.object({
  from: timestamp,
  until: timestamp,
  /** Agents that showed the value themselves, to which it was common at other times. */
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
  /** Since 1.2 also `grantee`, which is no evidence: only a tie may rest on it. */
  via: z.enum([...LINK_KINDS, 'grantee']),
  strength: z.number().min(0).max(1),
  hops: z.number().int().min(1),
  capabilities: z.array(capabilityClaim),
  withdrawn: z.boolean().optional(),
  event_time: timestamp,
  /** Since 1.1: what links them: a value's fingerprint, a credential's, or a root key's. */
  fp: hash.optional(),
  /** Since 1.1: how the producer and the consumer had it. */
  method: z.object({ from: z.enum(SIGHTING_WAYS), to: z.enum(SIGHTING_WAYS) }).optional(),
  /** Since 1.1: the agent of the producing call. */
  from_agent_uid: agentUid.optional(),
  assurance: assurance.optional(),
  /** Since 1.1: no link, but the news that the value links nothing: it is seen in too many chains. */
  hub: z.boolean().optional(),
  /** Since 1.1: of such news, when. */
  hub_times: z.array(hubTimes).max(4).optional(),
  /** Since 1.9: the same among proven sightings alone; absent where that is no other. */
  hub_times_proven: z.array(hubTimes).max(4).optional(),
  /** Since 1.3: no link, but a chain's record to itself: it is to be asked again. */
  ask: z.boolean().optional(),
  /** Since 1.1: the producing call (first) and what leads to it, as the producer's chain holds them. */
  calls: z.array(privilegeStep).max(LINK_CALLS_MAX).optional(),
  edges: z.array(linkEdge).max(LINK_EDGES_MAX).optional(),
  /** Since 1.1: more calls lead to the producing one than are told, or some were given up before. */
  calls_truncated: z.boolean().optional(),
  /** Since 1.2: of such, the agents whose calls are not told, the first by name. */
  untold: z.array(untoldCalls).max(UNTOLD_AGENTS_MAX).optional(),
});
export type PrivilegeLink = z.infer<typeof privilegeLink>;
