/** The input event: what a source sends. Clear content is derived from and dropped. */
import { z } from 'zod';
import {
  CAPABILITIES_MAX,
  OUTCOMES,
  PHASES,
  TIME_QUALITIES,
} from '../vocabulary/event-vocabulary.ts';
import { agentUid, id, name, timestamp } from '../vocabulary/text-limits.ts';
import * as event from './audit-event.ts';

/** Cut there, marked. */
export const REQUEST_LENGTH_MAX = 65_536;

export const inputEvent = z
  .looseObject({
    native_id: id.optional(),
    call_uid: id.optional(),
    event_time: timestamp,
    event_time_quality: z.enum(TIME_QUALITIES).optional(),
    duration_ms: z.number().nonnegative().optional(),
    source: z
      .looseObject({
        kind: name.optional(),
        instance: id.optional(),
        seq: z.number().int().nonnegative().optional(),
      })
      .optional(),
    activity: name,
    phase: z.enum(PHASES).optional(),
    effect: event.effect.optional(),
    agent: event.agent.partial({ assurance: true }).extend({ uid: agentUid }).loose(),
    principal: z.looseObject({ uid: id, type: name.optional() }).optional(),
    credential: event.credential.loose().optional(),
    scopes: z.array(name).max(256).optional(),
    delegation: event.delegation.loose().optional(),
    conversation_id: id.optional(),
    conversation_turn: z.number().int().nonnegative().optional(),
    task: event.task.extend({ request: z.string().optional() }).loose().optional(),
    trace_id: id.optional(),
    span_id: id.optional(),
    parent_span_id: id.optional(),
    tool: event.tool.extend({ description: z.string().optional() }).loose().optional(),
    target: event.target.loose().optional(),
    capabilities: z.array(event.capabilityClaim).max(CAPABILITIES_MAX).optional(),
    args: event.args.extend({ value: z.unknown().optional() }).loose().optional(),
    result: event.result.extend({ value: z.unknown().optional() }).loose().optional(),
    outcome: z.enum(OUTCOMES).optional(),
    error: z.looseObject({ type: name.optional(), code: name.optional() }).optional(),
    policy: z
      .looseObject({ decision: name, id: id.optional(), engine: name.optional() })
      .optional(),
    approval: event.approval.loose().optional(),
    model: z.looseObject({}).optional(),
    src: z.looseObject({}).optional(),
    transport: name.optional(),
    labels: z.record(name, z.string().max(4096)).optional(),
  })
  .refine((e) => e.activity !== 'tool_call' || e.tool !== undefined, {
    message: 'a tool call needs tool.name',
    path: ['tool', 'name'],
  });

export type InputEvent = z.infer<typeof inputEvent>;
