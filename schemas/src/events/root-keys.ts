/** Root keys of a call, strongest first. Asserted ones rank below proven ones. */
import { type AuditEvent, assuranceAtLeast } from './audit-event.ts';

export const ROOT_KEY_KINDS = ['task', 'delegation', 'trace', 'conversation'] as const;
export type RootKeyKind = (typeof ROOT_KEY_KINDS)[number];

export interface RootKey {
  readonly kind: RootKeyKind;
  readonly value: string;
  readonly proven: boolean;
}

export interface RootKeyFields {
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
