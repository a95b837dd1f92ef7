/**
 * What the instruction match needs of a call, its request and its result: hashes, groups and classes
 * of the audit event in camelCase, never a word in clear. One mapper fills it from the event.
 * Groups and classes are plain strings, since readers tolerate values they do not know.
 */
import type { Assurance, AuditEvent } from '@waywarden/schemas';

export interface Purpose {
  /** Groups those that ask for the same thing, for the learned counts (workflow or text hash). */
  readonly key: string;
  readonly terms: readonly string[];
  readonly tokens: readonly string[];
  readonly values: readonly string[];
  readonly delegates: boolean;
  readonly handsOver: boolean;
  readonly sources: readonly string[];
}

export interface Item {
  readonly path: string;
  readonly class: string;
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
  readonly idLike: boolean;
  readonly secret: boolean;
}

export interface Call {
  readonly tool: string;
  readonly action: string | null;
  readonly write: boolean;
  /** It writes what agents are to remember. */
  readonly isMemory: boolean;
  readonly objectTokens: readonly string[];
  readonly items: readonly Item[];
  /** Keyed hash of all arguments, for "the same call as in benign history". */
  readonly argsHash: string;
  readonly purpose: Purpose;
}

/** The action of a call that puts words down and sends them to nobody (`actionOf`). */
export const WRITING = 'write';

/**
 * What the call does. `write_file` bears the verb of letters ("write to Ada", a group with sending), and is asked for
 * as "add", "put" or "change" too; only its effect tells the two apart. The names of many memories hold no verb at all
 * (`memory`, `bio`).
 */
export function actionOf(
  action: string | undefined,
  effect: AuditEvent['effect'],
  isMemory: boolean,
): string | null {
  if (action === undefined && isMemory) return WRITING;
  if (action === 'send' && (effect === 'create' || effect === 'update')) return WRITING;
  return action ?? null;
}

/** Whether it writes what agents are to remember. */
export function writesMemory({
  activity,
  capabilities,
}: Pick<AuditEvent, 'activity' | 'capabilities'>): boolean {
  return activity === 'memory_op' || capabilities.some(({ symbol }) => symbol === 'write:memory');
}

/** Identifiers of all its arguments. */
export function idsOf({ items }: Call): string[] {
  const ids: string[] = [];
  for (const item of items) for (const id of item.ids) ids.push(id);
  return ids;
}

export interface Passage {
  readonly kind: string;
  readonly actions: readonly string[];
  readonly meta: readonly string[];
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
}

/** Whence a text came that outsiders can write: what may be stopped instead of who read it. */
export interface TextSource {
  readonly resource?: string;
  /** Fingerprints of values that stood where it told what to do. */
  readonly values: readonly string[];
}

export interface Result {
  readonly eventId: string;
  /** How far the event that brought it is believed. */
  readonly assurance: Assurance;
  readonly passages: readonly Passage[];
  readonly freeTextIds: readonly string[];
  readonly fieldIds: readonly string[];
  /** Absent: nothing shows that outsiders can write it. */
  readonly source?: TextSource | undefined;
  /** A system of record, into which no outsider writes: what it has in a field stands there, whoever said it first. */
  readonly isTrusted?: boolean;
  /** What its source calls it, where it has passages: whoever looks into an alert finds the text by it. */
  readonly nativeId?: string | undefined;
  /** Which source of telemetry told of it; absent: not known, as in what earlier versions kept. */
  readonly toldBy?: string;
}

/** A request that is not known: nothing was asked for, so nothing is excused. */
export const NO_PURPOSE: Purpose = {
  key: '',
  terms: [],
  tokens: [],
  values: [],
  delegates: false,
  handsOver: false,
  sources: [],
};
