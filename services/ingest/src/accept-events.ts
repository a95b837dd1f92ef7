/**
 * The one way in: received items become records of `audit.events` or dead letters, for HTTP and for
 * `waywarden replay` alike. Nothing is written here; the caller appends the records and answers only
 * when the log has acknowledged them.
 *
 * A bad item never stops the ones around it. What the schema refuses, nests too deep or names no real
 * time becomes a dead letter with the field and the reason; so does a body whose event id was seen
 * with another body. That last check is a short cut over recent events: the profile stage decides
 * duplicates and conflicts over its stated horizon.
 */
import type { AppendRecord } from '@waywarden/event-log';
import {
  type Assurance,
  type AuditEvent,
  cloudEventType,
  encodeCloudEvent,
  eventKey,
  HEADERS,
  type InputEvent,
  inputEventSchema,
  TOPICS,
  validateInputEvent,
} from '@waywarden/schemas';
import { bodyHash } from './adapters/body-hash.ts';
import { isDeeperThan } from './core/argument-shape.ts';
import { BoundedMap } from './core/bounded-map.ts';
import type { Catalogue } from './core/catalogue.ts';
import { type DeriveMemo, type EventSource, newDeriveMemo } from './core/derive-context.ts';
import { deriveEvent } from './core/derive-event.ts';
import { normalTime } from './core/event-times.ts';
import type { ReadItem } from './core/formats/format-reader.ts';
import type { TenantKeys } from './core/tenant-keys.ts';
import { type DeadLetterSeal, deadLetterRecord } from './dead-letter.ts';

/** Deeper JSON is refused: canonical JSON and the validators walk it recursively. */
export const NESTING_DEPTH_MAX = 64;
/** Recent event ids that the short cut remembers. */
const RECENT_IDS_MAX = 100_000;
const DETAIL_LENGTH_MAX = 300;

export const REFUSAL_CODES = [
  'not_json',
  'wrong_shape',
  'too_deep',
  'no_such_time',
  'id_conflict',
  'not_derivable',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

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
  /** The events among them, for whoever goes on without the log (`score`). */
  readonly events: readonly AuditEvent[];
  readonly accepted: number;
  /** Repeats with the same body: not written again, and counted as neither. */
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly errors: readonly AcceptError[];
  readonly ids: readonly AcceptedId[];
}

export interface AcceptorOptions {
  readonly tenant: string;
  readonly source: EventSource;
  readonly assurance: Assurance;
  readonly trustFields: boolean;
  /** See DeriveContext: only for `replay --trust-fields`. */
  readonly trustIdentity?: boolean;
  readonly keys: TenantKeys;
  readonly catalogue: Catalogue;
  /** RFC 3339. Replay observes each event at its own time: `(input) => input.event_time`. */
  readonly now: (input: InputEvent) => string;
  /** How the body of a dead letter is sealed; without it only its size is kept. */
  readonly seal?: DeadLetterSeal;
}

interface Refusal {
  readonly field: string;
  readonly code: RefusalCode;
  readonly reason: string;
}

type Checked =
  | { readonly ok: true; readonly input: InputEvent }
  | { readonly ok: false; readonly refusal: Refusal };

function refuse(code: RefusalCode, field: string, reason: string): Checked {
  return { ok: false, refusal: { code, field, reason: reason.slice(0, DETAIL_LENGTH_MAX) } };
}

function isImpossible(time: string | undefined): boolean {
  return time !== undefined && normalTime(time) === undefined;
}

/** The times of an input that must be real ones: a detector that can't order them is blind. */
function impossibleTime(input: InputEvent): string | undefined {
  if (isImpossible(input.task?.deadline)) return 'task.deadline';
  if (isImpossible(input.credential?.issued_at)) return 'credential.issued_at';
  if (isImpossible(input.credential?.expires_at)) return 'credential.expires_at';
  return isImpossible(input.event_time) ? 'event_time' : undefined;
}

/**
 * Whether the input has derived parts whose unknown members zod drops, where the compiled validator
 * only looks: those few go through zod, so that both ways give one event.
 */
function hasClosedParts({ task, delegation, capabilities, args, result }: InputEvent): boolean {
  return (
    task?.purpose !== undefined ||
    delegation?.chain !== undefined ||
    capabilities !== undefined ||
    args?.values !== undefined ||
    args?.items !== undefined ||
    result?.values !== undefined ||
    result?.passages !== undefined
  );
}

function check(item: ReadItem): Checked {
  if (item.problem !== undefined) {
    return refuse(item.problem.code, item.problem.field, item.problem.detail);
  }
  if (isDeeperThan(item.input, NESTING_DEPTH_MAX)) {
    return refuse('too_deep', '', `nested deeper than ${NESTING_DEPTH_MAX}`);
  }
  let input: InputEvent;
  if (validateInputEvent(item.input) && !hasClosedParts(item.input)) {
    input = item.input;
  } else {
    const parsed = inputEventSchema.safeParse(item.input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return refuse('wrong_shape', issue?.path.join('.') ?? '', issue?.message ?? 'not an event');
    }
    input = parsed.data;
  }
  const impossible = impossibleTime(input);
  if (impossible !== undefined) return refuse('no_such_time', impossible, 'there is no such time');
  return { ok: true, input };
}

const TYPE = cloudEventType(TOPICS.auditEvents.name);

export function eventRecord(event: AuditEvent, source: string): AppendRecord {
  return {
    topic: TOPICS.auditEvents.name,
    key: eventKey(event.tenant_id, event.agent.uid),
    value: Buffer.from(JSON.stringify(event)),
    headers: {
      ...encodeCloudEvent({
        id: event.event_id,
        source,
        type: TYPE,
        subject: event.agent.uid,
        time: event.event_time,
      }),
      [HEADERS.type]: 'event',
    },
  };
}

export class EventAcceptor {
  readonly #options: AcceptorOptions;
  readonly #memo: DeriveMemo = newDeriveMemo();
  readonly #recent = new BoundedMap<string>(RECENT_IDS_MAX);
  readonly #ceSource: string;

  constructor(options: AcceptorOptions) {
    this.#options = options;
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
      batch.records.push(eventRecord(event, this.#ceSource));
    }
    return batch;
  }

  #judge(
    item: ReadItem,
  ):
    | { readonly is: 'new' | 'repeat'; readonly event: AuditEvent }
    | { readonly is: 'refused'; readonly refusal: Refusal } {
    const checked = check(item);
    if (!checked.ok) return { is: 'refused', refusal: checked.refusal };
    const body = bodyHash(item.bytes ?? JSON.stringify(item.input));
    let event: AuditEvent;
    try {
      event = this.#derive(checked.input, body);
    } catch {
      // A broken invariant of ours: that one item is set aside and the rest goes on, since a crash
      // on a poisoned body would be an attacker's off switch. The message may quote the body.
      const reason = 'ingest could not derive the event; please report it';
      return { is: 'refused', refusal: { code: 'not_derivable', field: '', reason } };
    }
    const seen = this.#recent.get(event.event_id);
    if (seen === undefined) {
      this.#recent.set(event.event_id, body);
      return { is: 'new', event };
    }
    if (seen === body) return { is: 'repeat', event };
    const reason = `${event.event_id} was received before with another body`;
    return { is: 'refused', refusal: { code: 'id_conflict', field: 'native_id', reason } };
  }

  #derive(input: InputEvent, body: string): AuditEvent {
    const { tenant, source, assurance, trustFields, trustIdentity, keys, catalogue, now } =
      this.#options;
    return deriveEvent(input, {
      tenantId: tenant,
      source,
      assurance,
      trustFields,
      trustIdentity: trustIdentity === true,
      observedTime: now(input),
      bodyHash: body,
      keys,
      catalogue,
      memo: this.#memo,
    });
  }

  /** Forgets ids whose records the log did not take, so that the source's retry is no repeat. */
  forget(ids: readonly AcceptedId[]): void {
    for (const { event_id: id } of ids) this.#recent.delete(id);
  }

  #deadLetter(item: ReadItem, refusal: Refusal): AppendRecord {
    const { tenant, source, seal } = this.#options;
    return deadLetterRecord(
      {
        body: item.bytes ?? JSON.stringify(item.input) ?? '',
        line: item.line,
        tenantId: tenant,
        source: `${source.kind}/${source.instance}`,
        code: refusal.code,
        detail: refusal.field === '' ? refusal.reason : `${refusal.field}: ${refusal.reason}`,
      },
      seal,
    );
  }
}
