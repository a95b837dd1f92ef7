/**
 * What a person orders: pause, resume, approve, restore, take access, classify an alert. Signed
 * with the person's own key, so that two people can be told from one.
 */
import { z } from 'zod';
import { commandTarget } from '../alerts/alert.ts';
import { duration } from '../alerts/policy-combination.ts';
import { id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

/** `order` since 1.6, `verdict` since 1.9. */
export const OPERATOR_ACTS = ['pause', 'resume', 'approve', 'restore', 'order', 'verdict'] as const;
/** Whether an alert was right, as the person who looked at it found. */
export const VERDICTS = ['true_positive', 'false_positive'] as const;
const ACT_LENGTH_MAX = 16_384;
const SIGNATURE_LENGTH_MAX = 4_096;
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
  /** Since 1.6, of `order`: what is to be done, to whom, and for how long; absent: four hours. */
  action: name.optional(),
  target: commandTarget.optional(),
  expires: duration.optional(),
  /** Since 1.9, of `verdict`: of which alert, and what was found. */
  alert_id: z.uuid().optional(),
  verdict: z.enum(VERDICTS).optional(),
  /** Since 1.10: the revision of the alert that was looked at. */
  revision: z.number().int().positive().optional(),
});
export type OperatorAct = z.infer<typeof operatorAct>;

/** Since 1.6: the act as it was signed, so that whoever audits it need not believe the desk. */
export const signedAct = z.object({
  /** Byte for byte. */
  text: z.string().max(ACT_LENGTH_MAX),
  signature: z.string().max(SIGNATURE_LENGTH_MAX),
  /** The public key by which it was believed, as a JWK. */
  key: z.record(name, z.unknown()),
  /** Which key that is, whatever it is called: two names of one key are one person. */
  key_print: z.string().max(SIGNATURE_LENGTH_MAX),
});
export type SignedOperatorAct = z.infer<typeof signedAct>;

/** In a decision: what people ordered, and who agreed so far. */
export const actInDecision = z.object({
  act_id: z.uuid(),
  act: name,
  by: z.array(id),
  reason: text,
  /** Since 1.9, of `verdict`: what was found of the decision's alert. */
  verdict: z.enum(VERDICTS).optional(),
  /** Since 1.6: the last of their acts as it was signed. */
  signed: signedAct.optional(),
});
