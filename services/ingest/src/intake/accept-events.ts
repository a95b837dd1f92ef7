/**
 * The one way in: received items become records of `audit.events` or dead letters, for HTTP and
 * `waywarden replay` alike. The caller appends them and answers only when the log has acknowledged.
 * A bad item never stops the ones around it. The check of ids is a short cut over recent events:
 * the profile stage decides duplicates over its whole horizon.
 */
import { hash } from 'node:crypto';
import type { AppendRecord } from '@waywarden/event-log';
import {
  type Assurance,
  type AuditEvent,
  cloudEventType,
  encodeCloudEvent,
  eventKey,
  HEADERS,
  type InputEvent,
  TOPICS,
  validateAuditEvent,
} from '@waywarden/schemas';
import { type DeadLetterSeal, deadLetterRecord } from '../adapters/dead-letter-seal.ts';
import { BoundedMap } from '../core/domain/bounded-map.ts';
import type { Catalogue } from '../core/enrich/catalogue.ts';
import {
  agentAssurance,
  type ClaimLimits,
  type DeriveMemo,
  type EventSource,
  newDeriveMemo,
  weaker,
} from '../core/enrich/derive-context.ts';
import { deriveEvent } from '../core/enrich/derive-event.ts';
import { nameMarks } from '../core/enrich/identifiers.ts';
import {
  byItself,
  type ProvenIdentity,
  underIdentity,
  withoutHopAssurance,
} from '../core/enrich/proven-identity.ts';
import type { TenantKeys } from '../core/enrich/readings.ts';
import type { Missing, SourceNumbers } from '../core/enrich/source-numbers.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { checkItem, type ItemRefusal, type RefusalCode } from './check-item.ts';

/** UTF-8 in shared small chunks: a tenth of `Buffer.from(text)`. */
const CHUNK_BYTES = 65_536;
const BYTES_A_UNIT = 3;
/** Longer texts get their own. */
const SHARED_LENGTH_MAX = CHUNK_BYTES / BYTES_A_UNIT / 2;

const encoder = new TextEncoder();
let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
let used = 0;

export function bytesOf(text: string): Buffer {
  if (text.length > SHARED_LENGTH_MAX) return Buffer.from(text);
  if (CHUNK_BYTES - used < text.length * BYTES_A_UNIT) {
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    used = 0;
  }
  const from = used;
  used += encoder.encodeInto(text, chunk.subarray(from)).written;
  return chunk.subarray(from, used);
}

function bodyHash(body: string | Uint8Array): string {
  return hash('sha256', body, 'base64url');
}

const RECENT_IDS_MAX = 100_000;

export interface AcceptError {
  readonly line: number;
  readonly field: string;
  readonly code: RefusalCode;
  readonly reason: string;
}

export interface AcceptedId {
  readonly event_id: string;
  readonly native_id: string | undefined;
}

export interface AcceptedBatch {
  /** In the order of the items, events and dead letters mixed. */
  readonly records: readonly AppendRecord[];
  readonly events: readonly AuditEvent[];
  readonly accepted: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly errors: readonly AcceptError[];
  readonly ids: readonly AcceptedId[];
}

/** What the token proves, and what is believed beyond it. */
interface SenderOptions {
  readonly assurance: Assurance;
  /** Where the sender proves less of a claim than of the agent. */
  readonly claims?: ClaimLimits | undefined;
  readonly trustDomains?: readonly string[] | undefined;
  /** Of a sender whose own token was verified: put in the place of what its bodies say. */
  readonly identity?: ProvenIdentity | undefined;
  readonly agents?: readonly string[] | undefined;
  readonly trustFields: boolean;
  readonly trustIdentity?: boolean;
  readonly doubtsTimeQuality?: boolean;
  readonly tokenId?: string;
}

/** Shared by the acceptors of one intake. */
interface SeenOptions {
  /** Shared by the acceptors of one intake: two tokens of a source see each other's ids. */
  readonly recent?: RecentEventIds;
  /** Shared likewise; without it (letters that are sent again) nothing is said of missing numbers. */
  readonly numbers?: SourceNumbers | undefined;
}

export interface AcceptorOptions extends SenderOptions, SeenOptions {
  readonly tenant: string;
  readonly source: EventSource;
  readonly keys: TenantKeys;
  readonly catalogue: Catalogue;
  /** RFC 3339. Replay observes each event at its own time: `(input) => input.event_time`. */
  readonly now: (input: InputEvent) => string;
  /** How the body of a dead letter is sealed; without it only its size is kept. */
  readonly seal?: DeadLetterSeal;
  /** RFC 3339; absent in a replay. */
  readonly receivedAt?: () => string;
}

const BODY_MARK_LENGTH = 22;

export type RecentEventIds = BoundedMap<string>;

export function newRecentIds(): RecentEventIds {
  return new BoundedMap(RECENT_IDS_MAX);
}

const TYPE = cloudEventType(TOPICS.auditEvents.name);

/** `body`: the keyed hash of the received body, where there is one. */
export function eventRecord(event: AuditEvent, source: string, body?: string): AppendRecord {
  return {
    topic: TOPICS.auditEvents.name,
    key: eventKey(event.tenant_id, event.agent.uid),
    value: bytesOf(JSON.stringify(event)),
    decoded: event,
    headers: {
      ...encodeCloudEvent({
        id: event.event_id,
        source,
        type: TYPE,
        subject: event.agent.uid,
        time: event.event_time,
      }),
      [HEADERS.type]: 'event',
      ...(body !== undefined && { [HEADERS.body]: body }),
    },
  };
}

export class EventAcceptor {
  readonly #options: AcceptorOptions;
  readonly #memo: DeriveMemo = newDeriveMemo();
  readonly #recent: RecentEventIds;
  readonly #ceSource: string;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#recent = options.recent ?? newRecentIds();
    this.#ceSource = `/waywarden/ingest/${options.source.kind}/${options.source.instance}`;
  }

  accept(items: readonly ReadItem[]): AcceptedBatch {
    const batch = {
      records: [] as AppendRecord[],
      events: [] as AuditEvent[],
      accepted: 0,
      duplicates: 0,
      deadLettered: 0,
      errors: [] as AcceptError[],
      ids: [] as AcceptedId[],
    };
    for (const item of items) {
      const judged = this.#judge(item);
      if (judged.is === 'refused') {
        batch.deadLettered += 1;
        batch.errors.push({ line: item.line, ...judged.refusal });
        batch.records.push(this.#deadLetter(item, judged.refusal));
        continue;
      }
      const { event } = judged;
      batch.ids.push({ event_id: event.event_id, native_id: event.native_id });
      if (judged.is === 'repeat') {
        batch.duplicates += 1;
        continue;
      }
      batch.accepted += 1;
      batch.events.push(event);
      batch.records.push(eventRecord(event, this.#ceSource, judged.body));
    }
    return batch;
  }

  #judge(
    item: ReadItem,
  ):
    | { readonly is: 'new' | 'repeat'; readonly event: AuditEvent; readonly body: string }
    | { readonly is: 'refused'; readonly refusal: ItemRefusal } {
    const { agents, identity } = this.#options;
    const own = identity === undefined ? item.input : byItself(item.input, identity.uid);
    const checked = checkItem({ ...item, input: own }, agents);
    if (!checked.ok) return { is: 'refused', refusal: checked.refusal };
    const hash = bodyHash(item.bytes ?? JSON.stringify(item.input));
    // Keyed, because it stands in the log, and some bodies are few enough to be guessed.
    const body = this.#options.keys.hash('chain', `body|${hash}`).slice(0, BODY_MARK_LENGTH);
    let event: AuditEvent;
    try {
      const input =
        identity === undefined
          ? withoutHopAssurance(checked.input)
          : underIdentity(checked.input, identity);
      event = this.#derive(input, hash, item.believed);
      // The detector refuses what is no audit event, and by then the source was told that it is taken.
      if (!validateAuditEvent(event)) throw new TypeError('derived what is no audit event');
    } catch {
      // That item alone is set aside: a crash on a poisoned body would be an attacker's off switch.
      const reason = 'ingest could not derive the event; please report it';
      return { is: 'refused', refusal: { code: 'not_derivable', field: '', reason } };
    }
    const seen = this.#recent.get(event.event_id);
    if (seen === undefined) {
      this.#recent.set(event.event_id, body);
      return { is: 'new', event, body };
    }
    if (seen === body) return { is: 'repeat', event, body };
    const reason = `${event.event_id} was received before with another body`;
    return { is: 'refused', refusal: { code: 'id_conflict', field: 'native_id', reason } };
  }

  #derive(input: InputEvent, body: string, believed?: Assurance): AuditEvent {
    const { tenant, source, trustFields, trustIdentity, keys, catalogue, now } = this.#options;
    const { assurance, trustDomains, claims, doubtsTimeQuality = false } = this.#options;
    const proven = agentAssurance(input.agent.uid, assurance, trustDomains);
    return deriveEvent(input, {
      tenantId: tenant,
      source,
      assurance: believed === undefined ? proven : weaker(proven, believed),
      claims,
      marks: nameMarks(input),
      missing: this.#missing(input),
      trustFields,
      trustIdentity: trustIdentity === true,
      doubtsTimeQuality,
      observedTime: now(input),
      bodyHash: body,
      keys,
      catalogue,
      memo: this.#memo,
    });
  }

  /** By the body's own instance too: a sender may hand on what several number for themselves. */
  #missing({ source: sourceOf, event_time: at }: InputEvent): Missing | undefined {
    const { tenant, source, numbers } = this.#options;
    if (sourceOf?.seq === undefined || numbers === undefined) return undefined;
    const name = [tenant, source.kind, source.instance, sourceOf.instance ?? ''].join('|');
    return numbers.note(name, sourceOf.seq, at);
  }

  /** Forgets ids whose records the log did not take, so that the source's retry is no repeat. */
  forget(ids: readonly AcceptedId[]): void {
    for (const { event_id: id } of ids) this.#recent.delete(id);
  }

  #deadLetter(item: ReadItem, refusal: ItemRefusal): AppendRecord {
    const { tenant, source, seal, tokenId, receivedAt } = this.#options;
    return deadLetterRecord(
      {
        body: item.bytes ?? JSON.stringify(item.input) ?? '',
        size: item.size,
        form: item.form ?? 'event',
        line: item.line,
        tenantId: tenant,
        source: `${source.kind}/${source.instance}`,
        tokenId,
        receivedAt: receivedAt?.(),
        code: refusal.code,
        field: refusal.field,
        detail: refusal.field === '' ? refusal.reason : `${refusal.field}: ${refusal.reason}`,
      },
      seal,
    );
  }
}
