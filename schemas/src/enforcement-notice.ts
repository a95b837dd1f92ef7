/**
 * What receivers that read the log themselves are told of a tenant's pause: whoever is handed commands
 * over HTTP is handed none meanwhile, but what stands in the log nobody can hold there.
 *
 * A record of `revocation.commands` of type `control`, signed as a command is, so that it needs no
 * topic, no right and no key of its own, and a reader that does not know it refuses one record.
 * Rejected: a command with an action of its own (it has no target, and every count of orders would have
 * to leave it out).
 */
import { z } from 'zod';
import { id, name, tenantId, text, timestamp } from './text-limits.ts';

export const enforcementNotice = z.object({
  kind: z.literal('enforcement'),
  tenant_id: tenantId,
  audience: name,
  paused: z.boolean(),
  /** The newest counts, in whatever order they are read. */
  number: z.number().int().positive(),
  since: timestamp,
  /** The two people. */
  by: z.array(id),
  reason: text,
});
export type EnforcementNotice = z.infer<typeof enforcementNotice>;
