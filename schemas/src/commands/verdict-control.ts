/** A verdict as a numbered control record of `audit.events`. */
import { z } from 'zod';
import { agentUid, name, tenantId, timestamp } from '../vocabulary/text-limits.ts';
import { VERDICTS } from './operator-act.ts';

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
