/** A receipt: what one receiver says of one command; signed. */
import { z } from 'zod';
import { agentUid, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

export const RECEIPT_STATES = [
  'accepted',
  'applied',
  'partial',
  'unsupported',
  'failed',
  'expired',
] as const;

export const KNOWN_PROBE_METHODS = ['call', 'introspection', 'own_list'] as const;
export const PROBE_OUTCOMES = ['refused', 'open', 'unable'] as const;

export const probeAnswer = z.object({
  outcome: z.enum(PROBE_OUTCOMES),
  method: name,
  at: timestamp,
});
export type ProbeAnswer = z.infer<typeof probeAnswer>;

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
  received_at: timestamp.optional(),
  error: name.optional(),
  probe: probeAnswer.optional(),
});
export type Receipt = z.infer<typeof receipt>;
