/**
 * Sends dead letters through ingest again: as if the source sent them now, by the token as it is
 * today and with the same derived id, so that what was sent anew meanwhile adds nothing. The mark
 * never goes before its event: a crash in between makes a repeat, and loses none.
 */
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import { type KeyFile, TOPICS, tenantFingerprintKey } from '@waywarden/schemas';
import { openDeadLetter } from '../adapters/dead-letter-seal.ts';
import { recallEvents } from '../adapters/scan-log.ts';
import { readTokens, type TokenEntry } from '../adapters/token-store.ts';
import { readCloudEvent } from '../core/formats/cloud-events.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { readPiece } from '../core/formats/read-json.ts';
import { type EventAcceptor, newRecentIds } from '../intake/accept-events.ts';
import { Tenants, type TenantsOptions, tokenAcceptor } from '../intake/tenants.ts';
import {
  isExpired,
  type Letter,
  type LetterMark,
  letterId,
  letterOf,
  letterRecord,
  marksOf,
  placeOfLetter,
  redrivenMark,
} from './list-letters.ts';

type Opened =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false; readonly code: 'body_not_kept' | 'other_key'; readonly reason: string };

export function openLetter(letter: Letter, sealed: Uint8Array | null, keyFile: KeyFile): Opened {
  if (sealed === null || letter.tenant === null) {
    const reason = 'only its size was kept, so it can only be sent by its source';
    return { ok: false, code: 'body_not_kept', reason };
  }
  const body = openDeadLetter(tenantFingerprintKey(keyFile, letter.tenant), sealed);
  if (body !== undefined) return { ok: true, body };
  const reason = `it was sealed with key ${letter.key_id}, which is not the key in use, or its bytes were changed`;
  return { ok: false, code: 'other_key', reason };
}

export const REDRIVE_LETTERS_MAX = 100;
/** Written at once; a letter has at most 4 MiB. */
const GROUP_BYTES_MAX = 4 * 1024 * 1024;

export interface RedriveRequest {
  readonly ids: readonly string[];
  readonly dryRun: boolean;
  /** Id of a token of the same tenant and source, instead of the one that brought the letter. */
  readonly token?: string | undefined;
}

export interface Redriven {
  readonly id: string;
  /** `repeat`: it was in the log already. `refused`: by ingest, again. `skipped`: not tried. */
  readonly outcome: 'redriven' | 'repeat' | 'refused' | 'skipped';
  readonly event_id: string | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly reason: string | null;
}

interface RedriveParts {
  readonly log: EventLog;
  readonly keyFile: KeyFile;
  readonly tokens: () => readonly TokenEntry[];
  readonly acceptorFor: (token: TokenEntry) => Pick<EventAcceptor, 'accept' | 'forget'>;
  readonly nowMs: () => number;
}

function skipped(id: string, code: string, reason: string): Redriven {
  return { id, outcome: 'skipped', event_id: null, code, field: null, reason };
}

function itemOf(letter: Letter, body: Uint8Array): ReadItem {
  const item = readPiece({ line: letter.line ?? 1, bytes: body, size: body.length });
  return letter.form === 'cloudevent' ? readCloudEvent(item) : item;
}

type Acceptor = ReturnType<RedriveParts['acceptorFor']>;
type Ids = Parameters<Acceptor['forget']>[0];

class Group {
  readonly #log: EventLog;
  readonly #events: AppendRecord[] = [];
  readonly #marks: AppendRecord[] = [];
  readonly #fresh: { readonly acceptor: Acceptor; readonly ids: Ids }[] = [];
  #bytes = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  add(acceptor: Acceptor, ids: Ids, events: readonly AppendRecord[], mark: AppendRecord): void {
    this.#events.push(...events);
    this.#marks.push(mark);
    this.#fresh.push({ acceptor, ids });
    for (const { value } of events) this.#bytes += value?.byteLength ?? 0;
  }

  get isFull(): boolean {
    return this.#bytes >= GROUP_BYTES_MAX;
  }

  /** Rejects as the log does; the ids are forgotten then, so that they may be sent again. */
  async write(): Promise<void> {
    try {
      if (this.#events.length > 0) await this.#log.append(this.#events);
    } catch (cause) {
      for (const { acceptor, ids } of this.#fresh) acceptor.forget(ids);
      throw cause;
    }
    if (this.#marks.length > 0) await this.#log.append(this.#marks);
  }
}

export class Redriver {
  readonly #parts: RedriveParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: RedriveParts) {
    this.#parts = parts;
  }

  /** One request after the other, or two would send one letter twice. Rejects as the log does. */
  redrive(request: RedriveRequest): Promise<readonly Redriven[]> {
    const mine = this.#last.then(() => this.#redrive(request));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #redrive(request: RedriveRequest): Promise<readonly Redriven[]> {
    const { log } = this.#parts;
    if (request.ids.length > REDRIVE_LETTERS_MAX) {
      throw new RangeError(`${request.ids.length} letters at once; ${REDRIVE_LETTERS_MAX} can be`);
    }
    const ids = [...new Set(request.ids)];
    const marks = await marksOf(
      log,
      ids.flatMap((id) => placeOfLetter(id) ?? []),
    );
    const tokens = this.#parts.tokens();
    const results: Redriven[] = [];
    let group = new Group(log);
    for (const id of ids) {
      results.push(await this.#one(id, { request, marks, tokens, group }));
      if (!group.isFull) continue;
      await group.write();
      group = new Group(log);
    }
    await group.write();
    return results;
  }

  async #one(
    id: string,
    context: {
      readonly request: RedriveRequest;
      readonly marks: ReadonlyMap<string, LetterMark>;
      readonly tokens: readonly TokenEntry[];
      readonly group: Group;
    },
  ): Promise<Redriven> {
    const { request, marks, tokens, group } = context;
    const place = placeOfLetter(id);
    const record = place === undefined ? undefined : await letterRecord(this.#parts.log, place);
    if (place === undefined || record === undefined) {
      const isOver = place !== undefined && (await isExpired(this.#parts.log, place));
      return isOver
        ? skipped(id, 'expired', 'its body is kept no longer, so only its source can send it again')
        : skipped(id, 'no_such_letter', 'there is no such letter');
    }
    const mark = marks.get(letterId(place));
    const letter = letterOf(record, mark);
    if (letter.state === 'redriven') {
      return {
        ...skipped(id, 'redriven_before', `it was sent again at ${letter.redriven_at}`),
        event_id: letter.event_id,
      };
    }
    const token = this.#tokenFor(letter, request.token ?? letter.token_id, tokens);
    if (typeof token === 'string') return skipped(id, 'no_token', token);
    const opened = openLetter(letter, record.value, this.#parts.keyFile);
    if (!opened.ok) return skipped(id, opened.code, opened.reason);
    return this.#accept(record, itemOf(letter, opened.body), token, { request, group });
  }

  #accept(
    record: LogRecord,
    item: ReadItem,
    token: TokenEntry,
    { request, group }: { readonly request: RedriveRequest; readonly group: Group },
  ): Redriven {
    const id = letterId(record);
    const acceptor = this.#parts.acceptorFor(token);
    const batch = acceptor.accept([item]);
    const [error] = batch.errors;
    if (error !== undefined) {
      const { code, field, reason } = error;
      return { id, outcome: 'refused', event_id: null, code, field, reason };
    }
    const eventId = batch.ids[0]?.event_id ?? null;
    const fresh = batch.accepted > 0 ? batch.ids : [];
    if (request.dryRun) acceptor.forget(fresh);
    else {
      const at = new Date(this.#parts.nowMs()).toISOString();
      const events = batch.records.filter(({ topic }) => topic === TOPICS.auditEvents.name);
      group.add(acceptor, fresh, events, redrivenMark(record, { at, eventId }));
    }
    const outcome = fresh.length > 0 ? 'redriven' : 'repeat';
    return { id, outcome, event_id: eventId, code: null, field: null, reason: null };
  }

  #tokenFor(letter: Letter, id: string | null, tokens: readonly TokenEntry[]): TokenEntry | string {
    if (letter.tenant === null || letter.token_id === null) {
      return 'no source sent it with a token: what a stage refused stands in the log, what a replay refused in its file';
    }
    const hint = 'name another token of the same source with --token';
    const entry = tokens.find((one) => one.id === id);
    if (entry === undefined) return `there is no token ${id} any more; ${hint}`;
    if (entry.state === 'revoked') return `the token ${id} is revoked; ${hint}`;
    if (entry.expires_at !== undefined && Date.parse(entry.expires_at) <= this.#parts.nowMs()) {
      return `the token ${id} has expired; ${hint}`;
    }
    const source = `${entry.source.kind}/${entry.source.instance}`;
    if (entry.tenant === letter.tenant && source === letter.source) return entry;
    return `the token ${id} is of ${entry.tenant}, ${source}; the letter is of ${letter.tenant}, ${letter.source}`;
  }
}

interface FolderRedriverOptions extends TenantsOptions {
  readonly log: EventLog;
  readonly tokensPath: string;
  readonly nowMs: () => number;
}

export async function folderRedriver(options: FolderRedriverOptions): Promise<Redriver> {
  const { log, keyFile, tokensPath, nowMs } = options;
  const tenants = new Tenants(options, nowMs);
  const recent = newRecentIds();
  await recallEvents(log, (id, body) => recent.set(id, body));
  return new Redriver({
    log,
    keyFile,
    tokens: () => readTokens(tokensPath),
    acceptorFor: (token) => tokenAcceptor(token, tenants.parts(token.tenant), recent),
    nowMs,
  });
}
