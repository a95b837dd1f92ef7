/**
 * What receivers that read the log are told of a tenant's pause: a signed `control` record in the
 * topic of commands, so that it needs no topic and no right of its own.
 */
import { z } from 'zod';
import { id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

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
