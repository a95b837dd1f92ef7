/**
 * The responder's inputs, in the order in which it decides them (`response.journal`, one
 * partition). Its decisions are a function of this topic and nothing else.
 */
import { z } from 'zod';
import { alert } from './alert.ts';
import { assurance } from './audit-event.ts';
import { controlRecord, watermark } from './control-record.ts';
import { lineageFact } from './lineage.ts';
import { operatorAct, signedAct } from './operator-act.ts';
import { receipt } from './receipt.ts';
import { sourceName } from './telemetry-source.ts';
import { agentUid, id, name, tenantId, text, timestamp } from './text-limits.ts';

/**
 * A call of an agent that is contained, of one that it delegated to, or of anybody with a credential that
 * was taken, as the live stream had it: what tells a leak from a denial.
 */
export const sighting = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  /** Since 1.6: when ingest received it. */
  observed_time: timestamp.optional(),
  agent_uid: agentUid,
  /** The weakest among who acted, how it came out and for which task. */
  assurance,
  /** Since 1.7: which source told of it. */
  source: sourceName.optional(),
  /** Whom it acts for: the agents above it in its delegation. */
  acts_for: z.array(agentUid).optional(),
  /** Since 1.6: how far that is proven. Absent: it was not asked apart from `assurance`. */
  acts_for_assurance: assurance.optional(),
  instance_uid: id.optional(),
  task_id: id.optional(),
  conversation_id: id.optional(),
  credential_uid: id.optional(),
  tool: name.optional(),
  activity: name,
  /** Since 1.7: how long it took, in milliseconds; it began so much earlier. */
  duration_ms: z.number().nonnegative().optional(),
  outcome: name,
  /** Who refused it or let it pass, as the record says: a command's id where it names one. */
  ground: id.optional(),
  /** Since 1.6: of one that was refused, type and code of the error that its record names. */
  error: text.optional(),
  /** How it was approved, where it says so. */
  approval: name.optional(),
  /** Since 1.7: how far that is proven. Absent: it was not asked apart from `assurance`. */
  approval_assurance: assurance.optional(),
});
export type Sighting = z.infer<typeof sighting>;

/** An agent that is contained has been quiet, and whether we would have heard it. */
export const silence = z.object({
  tenant_id: tenantId,
  agent_uid: agentUid,
  /** Everything up to here was looked at. */
  until: timestamp,
  /** When its last call was made or, if that is later, told of; it has been quiet since. */
  last_call: timestamp,
  /** The longest pause that is usual between two of its calls. */
  usual_ms: z.number().nonnegative(),
  /** Until when each source that reports its calls has told of anyone else; absent: one of them has not. */
  heard_until: timestamp.optional(),
});
export type Silence = z.infer<typeof silence>;

/** A command was handed to one of its receivers, which has acknowledged that it came. */
export const delivery = z.object({
  tenant_id: tenantId,
  command_id: z.uuid(),
  receiver: id,
  at: timestamp,
});
export type Delivery = z.infer<typeof delivery>;

/**
 * Since 1.2: required receivers of a command have said nothing for longer than the policy allows,
 * by the clock on the wall.
 */
export const unanswered = z.object({
  tenant_id: tenantId,
  command_id: z.uuid(),
  at: timestamp,
  /** Who: the receivers, or the person who was asked. Absent: the receivers. */
  by: z.enum(['receivers', 'person']).optional(),
});
export type Unanswered = z.infer<typeof unanswered>;

/** Since 1.2: an agent reported that its task has ended. */
export const taskEnd = z.object({
  tenant_id: tenantId,
  event_id: z.uuid(),
  event_time: timestamp,
  agent_uid: agentUid,
  task_id: id,
  /** The weaker of who reported it and for which task. */
  assurance,
});
export type TaskEnd = z.infer<typeof taskEnd>;

export const journalEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), alert }),
  z.object({
    kind: z.literal('receipt'),
    receipt,
    /** Since 1.3: when its receiver signed it, Unix seconds. */
    signed_at: z.number().int().nonnegative().optional(),
    /** Since 1.7: when it was written to the log. */
    arrived_at: timestamp.optional(),
  }),
  z.object({ kind: z.literal('control'), control: controlRecord }),
  z.object({ kind: z.literal('watermark'), watermark }),
  /** Since 1.2. */
  z.object({ kind: z.literal('sighting'), sighting }),
  z.object({ kind: z.literal('silence'), silence }),
  z.object({ kind: z.literal('delivery'), delivery }),
  z.object({ kind: z.literal('unanswered'), unanswered }),
  z.object({ kind: z.literal('task_end'), task_end: taskEnd }),
  z.object({
    kind: z.literal('act'),
    act: operatorAct,
    /** Since 1.6. */
    signed: signedAct.optional(),
  }),
  /** Since 1.4. */
  z.object({ kind: z.literal('lineage'), lineage: lineageFact }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;
