/** From an event to what the instruction match reads of it: the one mapping from the wire. */

import { type AuditEvent, sourceNameOf } from '@waywarden/schemas';
import {
  actionOf,
  type Call,
  type Item,
  NO_PURPOSE,
  type Passage,
  type Purpose,
  type Result,
  type TextSource,
  writesMemory,
} from '../instruction-match/call-digest.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';

type WirePurpose = NonNullable<AuditEvent['task']>['purpose'];
type WireItems = NonNullable<NonNullable<AuditEvent['args']>['items']>;
type WirePassages = NonNullable<NonNullable<AuditEvent['result']>['passages']>;

export function toPurpose(workflow: string | undefined, purpose: WirePurpose): Purpose {
  if (purpose === undefined) return { ...NO_PURPOSE, key: workflow ?? '' };
  return {
    key: workflow ?? purpose.text_hash ?? '',
    terms: purpose.terms,
    tokens: purpose.tokens,
    values: purpose.values,
    delegates: purpose.delegates,
    handsOver: purpose.hands_over === true,
    sources: purpose.sources ?? [],
  };
}

export function toItems(items: WireItems): readonly Item[] {
  return items.map((item) => ({
    path: item.path,
    class: item.class,
    tokens: item.tokens,
    ids: item.ids ?? [],
    idLike: item.id_like ?? false,
    secret: item.secret ?? false,
  }));
}

export function toPassages(passages: WirePassages): readonly Passage[] {
  return passages.map((passage) => ({
    kind: passage.kind ?? 'imperative',
    actions: passage.actions,
    meta: passage.meta,
    tokens: passage.tokens,
    ids: passage.ids ?? [],
  }));
}

/**
 * An event is scored and then learnt from, before the next one is: all read one and the same mapping of the
 * latest. Not a weak map of all: what enters one by the thousand is work for each garbage collection.
 */
let latest: { readonly event: AuditEvent; readonly call: Call } | undefined;

/** The call before it runs: its own result is not looked at. */
export function toCall(event: AuditEvent): Call {
  if (latest?.event === event) return latest.call;
  const call = mapCall(event);
  latest = { event, call };
  return call;
}

function mapCall(event: AuditEvent): Call {
  const isMemory = writesMemory(event);
  const action = actionOf(event.tool?.action, event.effect, isMemory);
  return {
    tool: event.tool?.name ?? event.activity,
    action,
    write:
      event.effect === 'unknown' ? action !== null && action !== 'read' : event.effect !== 'read',
    isMemory,
    objectTokens: event.tool?.object_tokens ?? [],
    items: toItems(event.args?.items ?? []),
    argsHash: event.args?.hash ?? '',
    purpose: toPurpose(event.task?.workflow, event.task?.purpose),
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

/** What the call brought back, for the calls after it; null when nothing did. */
export function toResult(event: AuditEvent): Result | null {
  const result = event.result;
  if (result === undefined) return null;
  const passages = toPassages(result.passages ?? []);
  // All of one shape, whatever is missing: else each is looked up by its name.
  return {
    eventId: event.event_id,
    assurance: decisiveAssurance(event),
    toldBy: sourceNameOf(event),
    passages,
    freeTextIds: result.free_text_ids ?? [],
    fieldIds: result.field_ids ?? [],
    nativeId: passages.length > 0 ? event.native_id : undefined,
    isTrusted: result.trust === 'trusted' && result.is_error !== true,
    source: sourceOf(event),
  };
}
