/** Shared baselines: partials of agents, snapshots of groups. */
import { z } from 'zod';
import { agentUid, id, name, tenantId, timestamp } from '../vocabulary/text-limits.ts';

const count = z.number().int().nonnegative();
/** Of one feature. */
const DAYS_REPORTED_MAX = 30;
const HOURS = 24;

export const baselinePartial = z.object({
  tenant_id: tenantId,
  peer_group: name,
  agent_uid: agentUid,
  window_start: timestamp,
  counts: z.record(id, count),
  reported_at: timestamp.optional(),
  day_maxima: z.record(name, z.array(count).max(DAYS_REPORTED_MAX)).optional(),
});
export type BaselinePartial = z.infer<typeof baselinePartial>;

const groupVolume = z.object({
  agents: count,
  days: count,
  median: z.number(),
  scale: z.number(),
});

const groupValues = z.object({
  agents: count,
  alone: count,
  known: z.record(id, count),
  usual: z.record(id, count).optional(),
});

export const baselineSnapshot = z.object({
  tenant_id: tenantId,
  peer_group: name,
  version: name,
  effective_from: timestamp,
  since: timestamp,
  agents: count,
  volumes: z.record(name, groupVolume),
  values: z.record(name, groupValues),
  hours: z.array(count).length(HOURS),
});
export type BaselineSnapshot = z.infer<typeof baselineSnapshot>;

export const baselineControl = baselineSnapshot.extend({
  kind: z.literal('baseline'),
  seq: z.number().int().positive(),
});
export type BaselineControl = z.infer<typeof baselineControl>;
