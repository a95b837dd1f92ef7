/** A receipt: what one receiver says became of one command; signed by its registered key. */
import { z } from 'zod';
import { agentUid, id, name, tenantId, text, timestamp } from './text-limits.ts';

export const RECEIPT_STATES = [
  'accepted',
  'applied',
  'partial',
  'unsupported',
  'failed',
  'expired',
] as const;

export const receipt = z.object({
  command_id: z.uuid(),
  tenant_id: tenantId,
  agent_uid: agentUid,
  receiver: id,
  state: z.enum(RECEIPT_STATES),
  applied_at: timestamp.optional(),
  usable_until: timestamp.optional(),
  detail: text.optional(),
  set_jti: id.optional(),
  /** Since 1.0. */
  received_at: timestamp.optional(),
  error: name.optional(),
});
export type Receipt = z.infer<typeof receipt>;
