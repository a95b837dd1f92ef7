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
import { type AuditEvent, assuranceAtLeast } from './audit-event.ts';

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

/** Root keys of a call, strongest first. Asserted ones rank below proven ones. */
export const ROOT_KEY_KINDS = ['task', 'delegation', 'trace', 'conversation'] as const;
export type RootKeyKind = (typeof ROOT_KEY_KINDS)[number];

export interface RootKey {
  readonly kind: RootKeyKind;
  readonly value: string;
  readonly proven: boolean;
}

interface RootKeyFields {
  readonly task?: { readonly id?: string | undefined } | undefined;
  readonly delegation?:
    | {
        readonly chain?:
          | readonly { readonly agent_uid: string; readonly ref?: string | undefined }[]
          | undefined;
      }
    | undefined;
  readonly trace_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly conversation_turn?: number | undefined;
}

/** Unambiguous: ids hold any separator. */
export function joinedKey(first: string, second: string): string {
  return `${first.length}/${first}/${second}`;
}

export function delegationKey(agentUid: string, ref: string): string {
  return joinedKey(agentUid, ref);
}

export function rootKeysOf(
  fields: RootKeyFields,
  claims: AuditEvent['claims'],
): readonly RootKey[] {
  const found: RootKey[] = [];
  const add = (kind: RootKeyKind, value: string | undefined) => {
    if (value === undefined) return;
    found.push({ kind, value, proven: assuranceAtLeast(claims[kind], 'authenticated') });
  };
  add('task', fields.task?.id);
  const first = fields.delegation?.chain?.[0];
  add(
    'delegation',
    first?.ref === undefined ? undefined : delegationKey(first.agent_uid, first.ref),
  );
  add('trace', fields.trace_id);
  if (fields.conversation_id !== undefined) {
    add('conversation', `${fields.conversation_id}/${fields.conversation_turn ?? 0}`);
  }
  return found;
}

/** Else its chain is its instance's. */
export function hasRootKey(fields: RootKeyFields): boolean {
  const { task, delegation, trace_id, conversation_id } = fields;
  if (task?.id !== undefined || trace_id !== undefined || conversation_id !== undefined)
    return true;
  return delegation?.chain?.[0]?.ref !== undefined;
}

/** Undefined: none. */
export function strongestKey(keys: readonly RootKey[]): RootKey | undefined {
  return keys.find((key) => key.proven) ?? keys[0];
}
