/**
 * What the hijack evidence reads of an event: hashes, effects and classes, never a word in clear. The one
 * mapping from the wire; effects and kinds are plain strings, since readers tolerate values they do not know.
 */
import { type Assurance, type AuditEvent, epochMs, sourceNameOf } from '@waywarden/schemas';
import { decisiveAssurance } from '../domain/decisive-assurance.ts';

export interface Purpose {
  /** Groups those that ask for the same thing, for the learned counts (workflow or text hash). */
  readonly key: string;
  readonly isKnown: boolean;
  readonly effects: readonly string[];
  readonly tokens: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly delegates: boolean;
  readonly sources: ReadonlySet<string>;
}

export interface Item {
  readonly path: string;
  readonly class: string;
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
  readonly idLike: boolean;
}

export interface JudgedCall {
  readonly tool: string;
  readonly effect: string;
  readonly nameWords: readonly string[];
  readonly nameIds: readonly string[];
  readonly items: readonly Item[];
  /** Arguments were left out because there were too many. */
  readonly isCut: boolean;
  /** Keyed hash of all arguments, for "the same call as in benign history". */
  readonly argsHash: string;
  readonly purpose: Purpose;
}

export interface Passage {
  readonly kind: string;
  readonly mark: number;
  readonly effects: readonly string[];
  readonly tokens: readonly string[];
  readonly ids: readonly string[];
}

/** Whence a text came that outsiders can write: what may be stopped instead of who read it. */
export interface TextSource {
  readonly resource?: string;
  /** Fingerprints of values that stood where it told what to do. */
  readonly values: readonly string[];
}

/** A text that an agent read: a result, a prompt, a tool's description. */
export interface Reading {
  readonly eventId: string;
  readonly atMs: number;
  /** How far the event that brought it is believed. */
  readonly assurance: Assurance;
  readonly passages: readonly Passage[];
  /** Identifiers outside of marked passages. */
  readonly otherIds: readonly string[];
  readonly trust: string;
  readonly isUnread: boolean;
  readonly source?: TextSource | undefined;
  /** What its source calls it: whoever looks into an alert finds the text by it. */
  readonly nativeId?: string | undefined;
  /** Which source of telemetry told of it. */
  readonly reportedBy?: string | undefined;
}

type WirePurpose = NonNullable<AuditEvent['task']>['purpose'];
type WireItems = NonNullable<NonNullable<AuditEvent['args']>['items']>;
type WirePassages = NonNullable<NonNullable<AuditEvent['result']>['passages']>;

const NOTHING: ReadonlySet<string> = new Set();

export function toPurpose(workflow: string | undefined, purpose: WirePurpose): Purpose {
  if (purpose === undefined) {
    return {
      ...{ key: workflow ?? '', isKnown: false, effects: [], delegates: false },
      ...{ tokens: NOTHING, values: NOTHING, sources: NOTHING },
    };
  }
  return {
    key: workflow ?? purpose.text_hash ?? '',
    isKnown: purpose.tokens.length > 0,
    effects: purpose.terms,
    tokens: new Set(purpose.tokens),
    values: new Set(purpose.values),
    delegates: purpose.delegates,
    sources: new Set(purpose.sources ?? []),
  };
}

export function toItems(items: WireItems): readonly Item[] {
  return items.map(({ path, class: length, tokens, ids = [], id_like: idLike = false }) => ({
    path,
    class: length,
    tokens,
    ids,
    idLike,
  }));
}

export function toPassages(passages: WirePassages): readonly Passage[] {
  return passages.map(({ kind, mark, actions, tokens, ids }) => ({
    kind: kind ?? 'imperative',
    mark: mark ?? 0,
    effects: actions,
    tokens,
    ids: ids ?? [],
  }));
}

const calls = new WeakMap<AuditEvent, JudgedCall>();

/** The call before it runs: its own result is not looked at. */
export function toCall(event: AuditEvent): JudgedCall {
  const known = calls.get(event);
  if (known !== undefined) return known;
  const call = callOf(event);
  calls.set(event, call);
  return call;
}

function callOf(event: AuditEvent): JudgedCall {
  const { tool, args, task, activity, effect } = event;
  return {
    tool: tool?.name ?? activity,
    effect,
    nameWords: tool?.object_tokens ?? [],
    nameIds: tool?.name_ids ?? [],
    items: toItems(args?.items ?? []),
    isCut: args?.values_truncated === true,
    argsHash: args?.hash ?? '',
    purpose: toPurpose(task?.workflow, task?.purpose),
  };
}

/** Of one text; it names a few accounts or addresses, not a book of them. */
const SOURCE_VALUES_MAX = 8;

function sourceOf({ result, target }: AuditEvent): TextSource | undefined {
  if (result?.trust !== 'untrusted') return undefined;
  const values: string[] = [];
  for (const { fp, instructed } of result.values ?? []) {
    if (instructed === true && values.length < SOURCE_VALUES_MAX) values.push(fp);
  }
  const resource = target?.resource_id;
  return resource === undefined ? { values } : { resource, values };
}

/** What the event brought to be read, for the calls after it; null where nothing did. */
export function toReading(event: AuditEvent): Reading | null {
  const { result, tool } = event;
  const described = toPassages(tool?.passages ?? []);
  if (result === undefined && described.length === 0) return null;
  const passages = [...described, ...toPassages(result?.passages ?? [])];
  return {
    eventId: event.event_id,
    atMs: epochMs(event.event_time),
    assurance: decisiveAssurance(event),
    reportedBy: sourceNameOf(event),
    passages,
    otherIds: [...(result?.free_text_ids ?? []), ...(result?.field_ids ?? [])],
    trust: result?.is_error === true ? 'unknown' : (result?.trust ?? 'unknown'),
    isUnread: result?.features?.['unread_language'] === true,
    nativeId: passages.length > 0 ? event.native_id : undefined,
    source: sourceOf(event),
  };
}

export function idsOf({ items }: Pick<JudgedCall, 'items'>): string[] {
  return items.flatMap(({ ids }) => ids);
}
