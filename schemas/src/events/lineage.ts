/**
 * From whom an access comes: credential, the credential it was made of, the task, who handed the task
 * on, who asked for it and who approved. Told to the responder by the live stream, once for what is
 * new, and shown with each decision.
 */
import { z } from 'zod';
import { DELEGATION_DEPTH_MAX } from '../vocabulary/event-vocabulary.ts';
import { agentUid, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';
import { assurance } from './audit-event.ts';

const delegating = z.object({
  agent_uid: agentUid,
  /** The hand-over's own id, where the call names it. */
  ref: id.optional(),
});

/** Since 1.4: what a call tells of whose access it used. */
export const lineageFact = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  agent_uid: agentUid,
  /** The weakest among who acted, for which task and on whose behalf. */
  assurance,
  task_id: id.optional(),
  workflow: name.optional(),
  deadline: timestamp.optional(),
  credential_uid: id.optional(),
  parent_credential_uid: id.optional(),
  /** Whom it acts for, the root first and who handed it the work last. */
  acts_for: z.array(delegating).max(DELEGATION_DEPTH_MAX).optional(),
  /** The call hands work on; this is the id by which the delegate names it. */
  delegated_as: id.optional(),
  /** The person for whom it was started; only where that is proven. */
  requested_by: id.optional(),
  /** The person who approved a call of it. */
  approved_by: id.optional(),
});
export type LineageFact = z.infer<typeof lineageFact>;

/** One holder of access: an agent in a task, and how it came to it. */
const holder = z.object({
  agent_uid: agentUid,
  task_id: id.optional(),
  credential_uid: id.optional(),
  parent_credential_uid: id.optional(),
});

/** Since 1.4: what an order would break, as far as the live stream has shown. */
export const wouldBreak = z.object({
  /** Tasks under way that would lose access. */
  open_tasks: z.number().int().nonnegative(),
  /** Others who would lose what was handed on to them, or a credential that they use too, the first few. */
  agents: z.array(agentUid),
  agents_count: z.number().int().nonnegative(),
  /** As a sentence. */
  words: text,
});
export type WouldBreak = z.infer<typeof wouldBreak>;

export const lineageInDecision = z.object({
  /** The one that the decision is about, then who handed it on, up to the root. */
  holders: z.array(holder),
  workflow: name.optional(),
  requested_by: id.optional(),
  approved_by: z.array(id).optional(),
  /** Who took responsibility for the root agent at its last risk review. */
  reviewed_by: id.optional(),
  /** As a sentence. */
  words: text,
});
export type LineageInDecision = z.infer<typeof lineageInDecision>;
