/** A tenant's pause for receivers on the log: a signed `control` record. */
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
