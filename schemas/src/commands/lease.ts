/** Who may write for a service with one active process. First claim of an epoch stands; old epochs say nothing. */
import { z } from 'zod';
import { id } from '../vocabulary/text-limits.ts';

export const LEASE_ROLES = ['responder'] as const;
export type LeaseRole = (typeof LEASE_ROLES)[number];

export const leaseRecord = z.object({
  role: z.enum(LEASE_ROLES),
  kind: z.enum(['claim', 'renew', 'release']),
  epoch: z.number().int().positive(),
  /** Unique. */
  holder: id,
  /** Offsets by `stage/topic/partition`. */
  progress: z.record(z.string(), z.number().int().nonnegative()).optional(),
});
export type LeaseRecord = z.infer<typeof leaseRecord>;
