/**
 * What a person orders by hand: pause all enforcement, resume it, approve what a guard held back,
 * restore what was taken away.
 *
 * Signed with the person's own key, whose public half stands in the registry (`operators`): with one
 * shared token nobody could tell whether two people agreed or one of them twice.
 */
import { z } from 'zod';
import { id, name, tenantId, text, timestamp } from './text-limits.ts';

export const OPERATOR_ACTS = ['pause', 'resume', 'approve', 'restore'] as const;
/** What an act is signed for, as a topic is for records. */
export const ACT_TOPIC = 'waywarden.operator.acts.v1';

export const operatorAct = z.object({
  act_id: z.uuid(),
  tenant_id: tenantId,
  act: z.enum(OPERATOR_ACTS),
  /** An operator of the registry. */
  by: id,
  at: timestamp,
  reason: text,
  /** Of `approve`: the decision whose order is to be given after all. */
  decision_id: z.uuid().optional(),
  /** Of `restore`: the command to take back, or the alert all of whose commands are. */
  order_id: z.uuid().optional(),
});
export type OperatorAct = z.infer<typeof operatorAct>;

/** In a decision: what people ordered, and who agreed so far. */
export const actInDecision = z.object({
  act_id: z.uuid(),
  act: name,
  by: z.array(id),
  reason: text,
});
