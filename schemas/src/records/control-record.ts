/** Numbered watermarks and controls of the sequencer; numbers not above a source's last are ignored. */
import { z } from 'zod';
import { VERDICTS } from '../commands/operator-act.ts';
import { policy } from '../policy/policy.ts';
import { registry } from '../registry/registry.ts';
import { agentUid, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

export const watermark = z.object({
  seq: z.number().int().positive(),
  time: timestamp,
});
export type Watermark = z.infer<typeof watermark>;

export const CONTROL_KINDS = ['policy', 'registry'] as const;

export const controlRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('policy'),
    seq: z.number().int().positive(),
    tenant_id: tenantId,
    version: name,
    policy,
  }),
  z.object({
    kind: z.literal('registry'),
    seq: z.number().int().positive(),
    tenant_id: tenantId,
    version: name,
    registry,
  }),
]);
export type ControlRecord = z.infer<typeof controlRecord>;

/** A verdict as a numbered control record of `audit.events`. */
export const verdictControl = z.object({
  kind: z.literal('verdict'),
  seq: z.number().int().positive(),
  tenant_id: tenantId,
  version: name,
  alert_id: z.uuid(),
  agent_uid: agentUid,
  verdict: z.enum(VERDICTS),
  revision: z.number().int().positive().optional(),
  verdict_at: timestamp,
});
export type VerdictControl = z.infer<typeof verdictControl>;

/** A tenant's pause for receivers on the log: a signed `control` record. */
export const enforcementNotice = z.object({
  kind: z.literal('enforcement'),
  tenant_id: tenantId,
  audience: name,
  paused: z.boolean(),
  number: z.number().int().positive(),
  since: timestamp,
  by: z.array(id),
  reason: text,
});
export type EnforcementNotice = z.infer<typeof enforcementNotice>;
