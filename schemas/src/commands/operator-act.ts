/** What a person orders, signed with their own key. */
import { z } from 'zod';
import { commandTarget } from '../alerts/alert.ts';
import { duration } from '../alerts/policy-combination.ts';
import { id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';

/** `order` since 1.6, `verdict` since 1.9, `decline` since 1.15. */
export const OPERATOR_ACTS = [
  'pause',
  'resume',
  'approve',
  'decline',
  'restore',
  'order',
  'verdict',
] as const;
export const VERDICTS = ['true_positive', 'false_positive'] as const;
/** Two people agree within it; later the second is a new first. */
export const AGREE_WITHIN_MS = 15 * 60_000;
/** An act that names more is refused. */
const ACT_HOLDERS_MAX = 32;
const ACT_LENGTH_MAX = 16_384;
const SIGNATURE_LENGTH_MAX = 4_096;
export const ACT_TOPIC = 'waywarden.operator.acts.v1';

export const operatorAct = z.object({
  act_id: z.uuid(),
  tenant_id: tenantId,
  act: z.enum(OPERATOR_ACTS),
  by: id,
  at: timestamp,
  reason: text,
  /** Of `approve`, `decline`. */
  decision_id: z.uuid().optional(),
  /** Of `restore`: a command, or an alert. */
  order_id: z.uuid().optional(),
  /** Of `order`; absent: four hours. */
  action: name.optional(),
  target: commandTarget.optional(),
  expires: duration.optional(),
  /** Of `verdict`; of an `order` because of an alert. */
  alert_id: z.uuid().optional(),
  /** Of `verdict`. */
  verdict: z.enum(VERDICTS).optional(),
  /** Since 1.10: the revision of the alert that was looked at. */
  revision: z.number().int().positive().optional(),
  /** Of `verdict`: false where `by` may give nothing back. */
  restores: z.boolean().optional(),
  /** Who could sign in as `by`: no second person. */
  holders: z.array(id).max(ACT_HOLDERS_MAX).optional(),
});
export type OperatorAct = z.infer<typeof operatorAct>;

/** For audits. */
export const signedAct = z.object({
  text: z.string().max(ACT_LENGTH_MAX),
  signature: z.string().max(SIGNATURE_LENGTH_MAX),
  /** A JWK. */
  key: z.record(name, z.unknown()),
  /** Two names of one key are one person. */
  key_print: z.string().max(SIGNATURE_LENGTH_MAX),
});
export type SignedOperatorAct = z.infer<typeof signedAct>;

export const actInDecision = z.object({
  act_id: z.uuid(),
  act: name,
  by: z.array(id),
  reason: text,
  /** Of `verdict`. */
  verdict: z.enum(VERDICTS).optional(),
  /** The last act. */
  signed: signedAct.optional(),
});
