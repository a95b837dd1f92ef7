/** Marks stand behind their letters. */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { scanPartition } from '../adapters/scan-log.ts';
import {
  isDeadLetter,
  type Letter,
  type LetterMark,
  type LetterPlace,
  letterId,
  letterMarkOf,
  letterOf,
  markedOffset,
  placeOfLetter,
} from './letter.ts';

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
