/**
 * Records of shared baselines: what the profile stage tells of one agent (a partial), and what the
 * aggregate stage makes of many (a snapshot), which the sequencer numbers and puts into every partition.
 */
import { z } from 'zod';
import { agentUid, id, name, tenantId, timestamp } from './text-limits.ts';

const count = z.number().int().nonnegative();
/** Finished days of one feature that are told of an agent, at most. */
const DAYS_TOLD_MAX = 30;
const HOURS = 24;

export const baselinePartial = z.object({
  tenant_id: tenantId,
  peer_group: name,
  agent_uid: agentUid,
  window_start: timestamp,
  counts: z.record(id, count),
  /** Since 1.5: the agent's clock at the call that told it. */
  told_at: timestamp.optional(),
  /** Since 1.5: by feature, `500 × ln(1 + largest)` of the agent's finished days, oldest first. */
  day_maxima: z.record(name, z.array(count).max(DAYS_TOLD_MAX)).optional(),
});
export type BaselinePartial = z.infer<typeof baselinePartial>;

/** What is usual of a day's largest value among the agents of a group, in logarithms. */
const groupVolume = z.object({
  agents: count,
  days: count,
  median: z.number(),
  scale: z.number(),
});

/** What several agents of a group know of one feature. */
const groupValues = z.object({
  /** Agents that have any value of it. */
  agents: count,
  /** Values that one agent alone has. */
  alone: count,
  /** By fingerprint of the value, how many agents have it. */
  known: z.record(id, count),
  /** Since 1.6: by fingerprint, how many agents met it on two days or more; below three it is left out. */
  usual: z.record(id, count).optional(),
});

export const baselineSnapshot = z.object({
  tenant_id: tenantId,
  /** `*`: all agents of the tenant. */
  peer_group: name,
  /** The day up to which it was told, such as 2026-11-24. */
  version: name,
  /** Calls from here on use it, and none before. */
  effective_from: timestamp,
  since: timestamp,
  agents: count,
  volumes: z.record(name, groupVolume),
  values: z.record(name, groupValues),
  /** How many agents acted at each hour of the day (UTC). */
  hours: z.array(count).length(HOURS),
});
export type BaselineSnapshot = z.infer<typeof baselineSnapshot>;

/** The same as a control record in `audit.events`. */
export const baselineControl = baselineSnapshot.extend({
  kind: z.literal('baseline'),
  seq: z.number().int().positive(),
});
export type BaselineControl = z.infer<typeof baselineControl>;
