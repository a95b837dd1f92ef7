/** What the hijack evidence reads of an event: hashes, effects and classes, never words. */
import { type Assurance, type AuditEvent, epochMs, sourceNameOf } from '@waywarden/schemas';
import { decisiveAssurance } from '../domain/decisive-assurance.ts';

export interface Purpose {
  readonly key: string;
  /** The key is a declared workflow, and not one request. */
  readonly isOfWorkflow: boolean;
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
  readonly isCut: boolean;
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

/** Text that outsiders can write. */
export interface TextSource {
  readonly resource?: string;
  readonly values: readonly string[];
}

export interface Reading {
  readonly eventId: string;
  readonly atMs: number;
  readonly assurance: Assurance;
  readonly passages: readonly Passage[];
  readonly otherIds: readonly string[];
  readonly trust: string;
  readonly isUnread: boolean;
  readonly source?: TextSource | undefined;
  readonly nativeId?: string | undefined;
  readonly reportedBy?: string | undefined;
}

type WirePurpose = NonNullable<AuditEvent['task']>['purpose'];
type WireItems = NonNullable<NonNullable<AuditEvent['args']>['items']>;
type WirePassages = NonNullable<NonNullable<AuditEvent['result']>['passages']>;

const NOTHING: ReadonlySet<string> = new Set();

export function toPurpose(workflow: string | undefined, purpose: WirePurpose): Purpose {
  if (purpose === undefined) {
    return {
      ...{ key: workflow ?? '', isOfWorkflow: workflow !== undefined },
      ...{ isKnown: false, effects: [], delegates: false },
      ...{ tokens: NOTHING, values: NOTHING, sources: NOTHING },
    };
  }
  return {
    key: workflow ?? purpose.text_hash ?? '',
    isOfWorkflow: workflow !== undefined,
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

/** Null where nothing was read. */
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
