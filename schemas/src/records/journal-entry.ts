/** The responder's inputs, in order (`response.journal`); decisions are a function of them. */
import { z } from 'zod';
import { alert } from '../alerts/alert.ts';
import { operatorAct, signedAct } from '../commands/operator-act.ts';
import { receipt } from '../commands/receipt.ts';
import { assurance } from '../events/audit-event.ts';
import { lineageFact } from '../events/lineage.ts';
import { sourceName } from '../events/telemetry-source.ts';
import { agentUid, id, name, tenantId, text, timestamp } from '../vocabulary/text-limits.ts';
import { controlRecord, watermark } from './control-record.ts';

/** Of the contained, their delegates, or holders of a taken credential. */
export const observation = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  observed_time: timestamp.optional(),
  agent_uid: agentUid,
  /** Of actor, outcome, task. */
  assurance,
  source: sourceName.optional(),
  acts_for: z.array(agentUid).optional(),
  acts_for_assurance: assurance.optional(),
  instance_uid: id.optional(),
  task_id: id.optional(),
  conversation_id: id.optional(),
  credential_uid: id.optional(),
  tool: name.optional(),
  activity: name,
  duration_ms: z.number().nonnegative().optional(),
  outcome: name,
  ground: id.optional(),
  error: text.optional(),
  approval: name.optional(),
  approval_assurance: assurance.optional(),
});
export type ObservedCall = z.infer<typeof observation>;

export const silence = z.object({
  tenant_id: tenantId,
  agent_uid: agentUid,
  until: timestamp,
  last_call: timestamp,
  usual_ms: z.number().nonnegative(),
  seen_until: timestamp.optional(),
});
export type Silence = z.infer<typeof silence>;

export const delivery = z.object({
  tenant_id: tenantId,
  command_id: z.uuid(),
  receiver: id,
  at: timestamp,
});
export type Delivery = z.infer<typeof delivery>;

/** By the wall clock. */
export const unanswered = z.object({
  tenant_id: tenantId,
  command_id: z.uuid(),
  at: timestamp,
  by: z.enum(['receivers', 'person']).optional(),
});
export type Unanswered = z.infer<typeof unanswered>;

export const taskEnd = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  agent_uid: agentUid,
  task_id: id,
  /** Of reporter, task. */
  assurance,
});
export type TaskEnd = z.infer<typeof taskEnd>;

export const journalEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), alert }),
  z.object({
    kind: z.literal('receipt'),
    receipt,
    signed_at: z.number().int().nonnegative().optional(),
    arrived_at: timestamp.optional(),
  }),
  z.object({ kind: z.literal('control'), control: controlRecord }),
  z.object({ kind: z.literal('watermark'), watermark }),
  z.object({ kind: z.literal('observation'), observation }),
  z.object({ kind: z.literal('silence'), silence }),
  z.object({ kind: z.literal('delivery'), delivery }),
  z.object({ kind: z.literal('unanswered'), unanswered }),
  z.object({ kind: z.literal('task_end'), task_end: taskEnd }),
  z.object({
    kind: z.literal('act'),
    act: operatorAct,
    signed: signedAct.optional(),
  }),
  z.object({ kind: z.literal('lineage'), lineage: lineageFact }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;
