/** Numbered watermarks and controls of the sequencer; numbers not above a source's last are ignored. */
import { z } from 'zod';
import { policy } from '../policy/policy.ts';
import { registry } from '../registry/registry.ts';
import { name, tenantId, timestamp } from '../vocabulary/text-limits.ts';

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
