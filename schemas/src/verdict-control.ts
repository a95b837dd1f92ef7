/**
 * What a person found of an alert, as a control record: the sequencer makes it of the decision that records the
 * verdict and puts it into every partition of `audit.events`, so that the detector has it at a place in the order
 * of its events. Which agent and what it was about stands in the detector's own state, by the alert's id.
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
