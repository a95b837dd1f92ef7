/**
 * What a person found of an alert, as a numbered control record in every partition of
 * `audit.events`, so that the detector has it at one place in its order.
 */
import { z } from 'zod';
import { VERDICTS } from './operator-act.ts';
import { agentUid, name, tenantId, timestamp } from './text-limits.ts';

/** Since 1.10. */
export const verdictControl = z.object({
  kind: z.literal('verdict'),
  seq: z.number().int().positive(),
  tenant_id: tenantId,
  /** Id of the decision that records it. */
  version: name,
  alert_id: z.uuid(),
  /** The agent that the alert named when it was told first. */
  agent_uid: agentUid,
  verdict: z.enum(VERDICTS),
  /** The revision that was looked at: amounts beyond it were judged by nobody. */
  revision: z.number().int().positive().optional(),
  /** Log time of the decision: an older word about the same alert changes nothing. */
  said_at: timestamp,
});
export type VerdictControl = z.infer<typeof verdictControl>;
