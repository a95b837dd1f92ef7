/**
 * Who may write on behalf of a service of which one is active at a time. The order of these records in
 * their one partition decides: of two claims of an epoch the first one stands, and a record of an
 * epoch that is no longer the newest says nothing.
 */
import { z } from 'zod';
import { id } from '../vocabulary/text-limits.ts';

export const LEASE_ROLES = ['responder'] as const;
export type LeaseRole = (typeof LEASE_ROLES)[number];

export const leaseRecord = z.object({
  role: z.enum(LEASE_ROLES),
  /** `claim` begins an epoch, `renew` says that its holder is alive, `release` ends it. */
  kind: z.enum(['claim', 'renew', 'release']),
  epoch: z.number().int().positive(),
  /** The process; no two have the same. */
  holder: id,
  /** By `stage/topic/partition`: the offset below which all that was concluded is in the log. */
  progress: z.record(z.string(), z.number().int().nonnegative()).optional(),
});
export type LeaseRecord = z.infer<typeof leaseRecord>;
