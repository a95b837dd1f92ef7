/** Marks stand behind their letters. */
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { DEAD_LETTER_HEADERS } from '../adapters/dead-letter-seal.ts';
import { scanPartition } from '../adapters/scan-log.ts';

export const LETTERS_LISTED_MAX = 1_000;
const READ_RECORDS = 500;
const TOPIC = TOPICS.auditDeadletter.name;

export interface LetterFilter {
  readonly reason?: string | undefined;
  readonly source?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: number;
  /** `log`: page by page. */
  readonly order: 'newest' | 'log';
  readonly after?: string | undefined;
}

export interface LetterPage {
  readonly letters: readonly Letter[];
  readonly matching: number;
  /** Gone. */
  readonly expired: number;
  /** Null at the end. */
  readonly next: string | null;
}

const scan = (log: EventLog, partition: number, from: number) =>
  scanPartition(log, { topic: TOPIC, readMax: READ_RECORDS }, partition, from);

function passes(letter: Letter, { reason, source, since }: LetterFilter): boolean {
  if (reason !== undefined && letter.reason !== reason) return false;
  if (source !== undefined && letter.source !== source) return false;
  if (since === undefined) return true;
  return letter.received_at !== null && Date.parse(letter.received_at) >= Date.parse(since);
}

interface Found {
  letters: Letter[];
  matching: number;
}

async function lettersOf(
  log: EventLog,
  place: LetterPlace,
  filter: LetterFilter,
  limit: number,
): Promise<Found> {
  const found: Found = { letters: [], matching: 0 };
  const marks = new Map<number, LetterMark>();
  for await (const record of scan(log, place.partition, place.offset)) {
    const marked = markedOffset(record);
    if (marked !== undefined) marks.set(marked, letterMarkOf(record));
    if (!isDeadLetter(record)) continue;
    const letter = letterOf(record, undefined);
    if (!passes(letter, filter)) continue;
    found.matching += 1;
    if (filter.order === 'newest') {
      found.letters.push(letter);
      if (found.letters.length >= 2 * limit) found.letters = found.letters.slice(-limit);
    } else if (found.letters.length < limit) found.letters.push(letter);
  }
  if (filter.order === 'newest') found.letters = found.letters.slice(-limit);
  found.letters = found.letters.map((letter) => {
    const mark = marks.get(placeOfLetter(letter.id)?.offset ?? -1);
    if (mark === undefined) return letter;
    return { ...letter, state: 'redriven', redriven_at: mark.at, event_id: mark.eventId };
  });
  return found;
}

const newestFirst = (a: Letter, b: Letter) =>
  (a.received_at ?? '') < (b.received_at ?? '') ? 1 : a.received_at === b.received_at ? 0 : -1;

export async function listLetters(log: EventLog, filter: LetterFilter): Promise<LetterPage> {
  const limit = Math.min(filter.limit, LETTERS_LISTED_MAX);
  const starts = await log.startOffsets(TOPIC);
  const after = filter.after === undefined ? undefined : placeOfLetter(filter.after);
  const letters: Letter[] = [];
  let matching = 0;
  for (const [partition, start] of starts.entries()) {
    if (after !== undefined && partition < after.partition) continue;
    const from = partition === after?.partition ? after.offset + 1 : 0;
    const room = filter.order === 'newest' ? limit : limit - letters.length;
    const place = { partition, offset: Math.max(start, from) };
    const found = await lettersOf(log, place, filter, room);
    letters.push(...found.letters);
    matching += found.matching;
  }
  if (filter.order === 'newest') letters.sort(newestFirst).splice(limit);
  const isMore = filter.order === 'log' && matching > letters.length;
  const expired = starts.reduce((sum, start) => sum + start, 0);
  return { letters, matching, expired, next: isMore ? (letters.at(-1)?.id ?? null) : null };
}

export async function marksOf(
  log: EventLog,
  places: readonly LetterPlace[],
): Promise<ReadonlyMap<string, LetterMark>> {
  const first = new Map<number, number>();
  for (const { partition, offset } of places) {
    first.set(partition, Math.min(offset, first.get(partition) ?? offset));
  }
  const starts = await log.startOffsets(TOPIC);
  const asked = new Set(places.map(letterId));
  const marks = new Map<string, LetterMark>();
  for (const [partition, offset] of first) {
    for await (const record of scan(log, partition, Math.max(offset, starts[partition] ?? 0))) {
      const marked = markedOffset(record);
      if (marked === undefined) continue;
      const id = letterId({ partition, offset: marked });
      if (asked.has(id)) marks.set(id, letterMarkOf(record));
    }
  }
  return marks;
}

export async function letterRecord(
  log: EventLog,
  place: LetterPlace,
): Promise<LogRecord | undefined> {
  const { partition, offset } = place;
  const [starts, ends] = await Promise.all([log.startOffsets(TOPIC), log.endOffsets(TOPIC)]);
  const end = ends[partition] ?? 0;
  if (offset < (starts[partition] ?? 0) || offset >= end) return undefined;
  const [record] = await log.read(TOPIC, partition, offset, 1);
  return record?.offset === offset && isDeadLetter(record) ? record : undefined;
}

export async function isExpired(
  log: EventLog,
  { partition, offset }: LetterPlace,
): Promise<boolean> {
  return offset < ((await log.startOffsets(TOPIC))[partition] ?? 0);
}

export async function findLetter(
  log: EventLog,
  id: string,
): Promise<
  { readonly letter: Letter; readonly sealed: Uint8Array | null } | 'expired' | undefined
> {
  const place = placeOfLetter(id);
  if (place !== undefined && (await isExpired(log, place))) return 'expired';
  const record = place === undefined ? undefined : await letterRecord(log, place);
  if (place === undefined || record === undefined) return undefined;
  const mark = (await marksOf(log, [place])).get(letterId(place));
  const letter = letterOf(record, mark);
  return { letter, sealed: letter.tenant === null ? null : record.value };
}

/** `partition-offset`. */
const ID = /^(\d{1,4})-(\d{1,15})$/;

/** A dead letter without its content. Redriving is a mark of its own. */
interface LetterPlace {
  readonly partition: number;
  readonly offset: number;
}

interface LetterOrigin {
  readonly source: string;
  readonly tenant: string | null;
  readonly token_id: string | null;
  readonly line: number | null;
  readonly received_at: string | null;
}

interface LetterBody {
  readonly size: number;
  readonly form: string | null;
  readonly key_id: string | null;
  readonly event_id: string | null;
}

export interface Letter extends LetterOrigin, LetterBody {
  readonly id: string;
  /** `not_redrivable`: no body, or no source's. */
  readonly state: 'redrivable' | 'redriven' | 'not_redrivable';
  readonly reason: string;
  readonly field: string | null;
  readonly detail: string;
  readonly redriven_at: string | null;
}

export interface LetterMark {
  readonly at: string | null;
  readonly eventId: string | null;
}

export function letterId({ partition, offset }: LetterPlace): string {
  return `${partition}-${offset}`;
}

export function placeOfLetter(id: string): LetterPlace | undefined {
  const [, partition, offset] = ID.exec(id) ?? [];
  if (partition === undefined || offset === undefined) return undefined;
  return { partition: Number(partition), offset: Number(offset) };
}

function isDeadLetter(record: LogRecord): boolean {
  return record.headers[HEADERS.type] === 'event';
}

/** By offset. */
function markedOffset(record: LogRecord): number | undefined {
  const [incarnation, offset] = record.headers[DEAD_LETTER_HEADERS.redriven]?.split('/') ?? [];
  return incarnation === record.incarnation && offset !== undefined ? Number(offset) : undefined;
}

function letterMarkOf(record: LogRecord): LetterMark {
  return {
    at: record.headers[HEADERS.producedAt] ?? null,
    eventId: record.headers[DEAD_LETTER_HEADERS.event] ?? null,
  };
}

export function redrivenMark(letter: LogRecord, mark: LetterMark): AppendRecord {
  return {
    topic: TOPICS.auditDeadletter.name,
    partition: letter.partition,
    key: letter.key,
    value: null,
    headers: {
      [HEADERS.type]: 'control',
      [DEAD_LETTER_HEADERS.redriven]: `${letter.incarnation}/${letter.offset}`,
      ...(mark.eventId !== null && { [DEAD_LETTER_HEADERS.event]: mark.eventId }),
      ...(mark.at !== null && { [HEADERS.producedAt]: mark.at }),
    },
  };
}

/** It holds no body. */
function stageWords({ value }: LogRecord): { readonly reason: string; readonly detail: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
  } catch {
    parsed = undefined;
  }
  const fields = (parsed ?? {}) as { reason?: unknown; detail?: unknown; where?: unknown };
  return {
    reason: String(fields.reason ?? 'unknown'),
    detail: [fields.detail, fields.where].filter((word) => typeof word === 'string').join(' at '),
  };
}

export function letterOf(record: LogRecord, mark: LetterMark | undefined): Letter {
  const { headers, value } = record;
  const header = (name: string): string | null => headers[name] ?? null;
  const reason = header(HEADERS.deadReason);
  const explained = reason === null ? stageWords(record) : undefined;
  const canBe = reason !== null && value !== null && header(DEAD_LETTER_HEADERS.token) !== null;
  const line = header(DEAD_LETTER_HEADERS.line);
  return {
    id: letterId(record),
    state: mark !== undefined ? 'redriven' : canBe ? 'redrivable' : 'not_redrivable',
    reason: reason ?? explained?.reason ?? '',
    field: header(DEAD_LETTER_HEADERS.field),
    detail: header(HEADERS.deadDetail) ?? explained?.detail ?? '',
    source: header(HEADERS.deadSource) ?? record.key ?? '',
    tenant: header(DEAD_LETTER_HEADERS.tenant),
    token_id: header(DEAD_LETTER_HEADERS.token),
    line: line === null ? null : Number(line),
    size: Number(header(DEAD_LETTER_HEADERS.size) ?? value?.byteLength ?? 0),
    form: header(DEAD_LETTER_HEADERS.form),
    received_at: header(HEADERS.ceTime) ?? header(HEADERS.producedAt),
    key_id: header(HEADERS.keyId),
    redriven_at: mark?.at ?? null,
    event_id: mark?.eventId ?? null,
  };
}
