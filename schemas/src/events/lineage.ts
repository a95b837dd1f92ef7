/** From whom an access comes; told once for what is new. */
import { z } from 'zod';
import { DELEGATION_DEPTH_MAX } from '../vocabulary/event-vocabulary.ts';
import { agentUid, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';
import { assurance } from './audit-event.ts';

const delegating = z.object({
  agent_uid: agentUid,
  ref: id.optional(),
});

export const lineageFact = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  agent_uid: agentUid,
  /** Weakest of actor, task, principal. */
  assurance,
  task_id: id.optional(),
  workflow: name.optional(),
  deadline: timestamp.optional(),
  credential_uid: id.optional(),
  parent_credential_uid: id.optional(),
  /** Root first. */
  acts_for: z.array(delegating).max(DELEGATION_DEPTH_MAX).optional(),
  delegated_as: id.optional(),
  /** Only if proven. */
  requested_by: id.optional(),
  /** A person. */
  approved_by: id.optional(),
});
export type LineageFact = z.infer<typeof lineageFact>;

const holder = z.object({
  agent_uid: agentUid,
  task_id: id.optional(),
  credential_uid: id.optional(),
  parent_credential_uid: id.optional(),
});

export const wouldBreak = z.object({
  /** They would lose access. */
  open_tasks: z.number().int().nonnegative(),
  /** The first few. */
  agents: z.array(agentUid),
  agents_count: z.number().int().nonnegative(),
  words: text,
});
export type WouldBreak = z.infer<typeof wouldBreak>;

export const lineageInDecision = z.object({
  /** Subject first, root last. */
  holders: z.array(holder),
  workflow: name.optional(),
  requested_by: id.optional(),
  approved_by: z.array(id).optional(),
  /** At the last risk review. */
  reviewed_by: id.optional(),
  words: text,
});
export type LineageInDecision = z.infer<typeof lineageInDecision>;
