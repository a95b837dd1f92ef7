/**
 * Gathers records into one batch: drops repeats by mark or id, makes rows, notes what its commit
 * will change. Without IO, so that the replay of an intent gives the same rows.
 */
import { createHash } from 'node:crypto';
import {
  type Applied,
  decodeSrc,
  isRepeat,
  type LogRecord,
  srcPartition,
} from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';
import { type ArchiveMarks, type Commit, type Intent, partitionKey } from './archive-state.ts';
import { IdPage, type IdPlace, idWords, type RecentIds } from './recent-ids.ts';
import {
  type ArchivedTopic,
  type Cells,
  isEvent,
  type ParsedRecord,
} from './rows/archived-topic.ts';
import { makeRow } from './rows/archived-topics.ts';
import { minuteOf } from './rows/clickhouse-time.ts';
import { RowBytes } from './rows/row-bytes.ts';

export interface RepeatedId {
  readonly record: LogRecord;
  readonly first: IdPlace;
}

export interface TableRows {
  readonly columns: readonly string[];
  readonly bytes: RowBytes;
  count: number;
}

interface Known {
  readonly marks: (key: string) => ArchiveMarks;
  readonly ids: RecentIds;
  readonly inFlight: BatchBuild | undefined;
  /** Offsets of the records that have their row from before. */
  readonly stored?: ReadonlySet<number> | undefined;
}

interface OpenSegment {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly first: number;
  last: number;
  readonly skipped: number[];
}

/** The token travels in the URL, which has a limit. */
const TOKEN_LENGTH_MAX = 512;

function tokenOf(segments: Iterable<OpenSegment>): string {
  const token = [...segments]
    .map((s) => `${s.incarnation}/${s.topic}/${s.partition}/${s.first}-${s.last}`)
    .join(' ');
  return token.length <= TOKEN_LENGTH_MAX
    ? token
    : createHash('sha256').update(token).digest('hex');
}

function parseEvent(topic: ArchivedTopic, record: LogRecord): ParsedRecord | undefined {
  return isEvent(record) ? topic.parse(record) : undefined;
}

export class BatchBuild {
  readonly storedAt: string;
  readonly tables = new Map<string, TableRows>();
  records = 0;
  repeats = 0;
  unreadable = 0;
  readonly #segments = new Map<string, OpenSegment>();
  readonly #marks = new Map<string, Record<string, Applied>>();
  readonly #ids = new IdPage();
  readonly #seen = new Map<string, IdPlace>();
  readonly #minutes = new Set<string>();

  constructor(storedAt: string) {
    this.storedAt = storedAt;
  }

  /** Of all rows, as they are sent. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.tables.values()) sum += bytes.length;
    return sum;
  }

  add(topic: ArchivedTopic, records: readonly LogRecord[], known: Known): readonly RepeatedId[] {
    const repeated: RepeatedId[] = [];
    for (const record of records) {
      const segment = this.#segmentOf(record);
      if (this.#isRepeatedMark(record, known)) {
        this.#skip(segment, record);
        continue;
      }
      const parsed = parseEvent(topic, record);
      const first = this.#firstOf(topic, parsed, known);
      if (first !== undefined) {
        repeated.push({ record, first });
        this.#skip(segment, record);
        continue;
      }
      if (known.stored?.has(record.offset) !== true) this.#take(topic, record, parsed);
      else {
        this.#take(topic, record, parsed, 'stored');
        segment.skipped.push(record.offset);
      }
    }
    return repeated;
  }

  /** The records of an intent's segment, judged as the intent says. */
  replay(topic: ArchivedTopic, records: readonly LogRecord[], skipped: ReadonlySet<number>): void {
    for (const record of records) {
      const segment = this.#segmentOf(record);
      if (skipped.has(record.offset)) this.#skip(segment, record);
      else this.#take(topic, record, parseEvent(topic, record));
    }
  }

  markOf(key: string, source: string): Applied | undefined {
    return this.#marks.get(key)?.[source];
  }

  placeOf(id: string): IdPlace | undefined {
    return this.#seen.get(id);
  }

  intent(): Intent {
    const segments = [...this.#segments.values()];
    return {
      token: tokenOf(segments),
      segments,
      storedAt: this.storedAt,
      minutes: [...this.#minutes],
    };
  }

  commit(marksBefore: (key: string) => ArchiveMarks): Commit {
    const marks = new Map<string, ArchiveMarks>();
    for (const [key, own] of this.#marks) marks.set(key, { ...marksBefore(key), ...own });
    return { intent: this.intent(), marks, ids: this.#ids };
  }

  #segmentOf(record: LogRecord): OpenSegment {
    const key = partitionKey(record.topic, record.incarnation, record.partition);
    let segment = this.#segments.get(key);
    if (segment === undefined) {
      const { topic, incarnation, partition, offset } = record;
      segment = { topic, incarnation, partition, first: offset, last: offset, skipped: [] };
      this.#segments.set(key, segment);
    }
    segment.last = record.offset;
    this.records += 1;
    return segment;
  }

  #skip(segment: OpenSegment, record: LogRecord): void {
    segment.skipped.push(record.offset);
    this.repeats += 1;
  }

  #isRepeatedMark(record: LogRecord, known: Known): boolean {
    const text = record.headers[HEADERS.src];
    const mark = text === undefined ? undefined : decodeSrc(text);
    if (mark === undefined) return false;
    const key = partitionKey(record.topic, record.incarnation, record.partition);
    const source = srcPartition(mark);
    const last =
      this.markOf(key, source) ?? known.inFlight?.markOf(key, source) ?? known.marks(key)[source];
    return isRepeat(mark, last);
  }

  #firstOf(
    topic: ArchivedTopic,
    parsed: ParsedRecord | undefined,
    known: Known,
  ): IdPlace | undefined {
    const id = topic.idField === undefined ? undefined : parsed?.value[topic.idField];
    if (typeof id !== 'string') return undefined;
    const near = this.#seen.get(id) ?? known.inFlight?.placeOf(id);
    if (near !== undefined) return near;
    const words = idWords(id);
    return words === undefined ? undefined : known.ids.find(words);
  }

  #take(
    topic: ArchivedTopic,
    record: LogRecord,
    parsed: ParsedRecord | undefined,
    row: 'new' | 'stored' = 'new',
  ): void {
    this.#mark(record);
    if (!isEvent(record)) return;
    const { table, cells } = makeRow(topic, record, parsed, this.storedAt);
    if (row === 'new') this.#push(table, cells);
    if (table !== topic || parsed === undefined) {
      if (row === 'new') this.unreadable += 1;
      return;
    }
    this.#remember(topic, record, parsed);
    if (topic.rollUpColumn !== undefined) {
      this.#minutes.add(minuteOf(String(cells[topic.columns.indexOf(topic.rollUpColumn)])));
    }
  }

  #mark(record: LogRecord): void {
    const text = record.headers[HEADERS.src];
    const mark = text === undefined ? undefined : decodeSrc(text);
    if (mark === undefined) return;
    const key = partitionKey(record.topic, record.incarnation, record.partition);
    let own = this.#marks.get(key);
    if (own === undefined) {
      own = {};
      this.#marks.set(key, own);
    }
    own[srcPartition(mark)] = { offset: mark.offset, index: mark.index };
  }

  #remember(topic: ArchivedTopic, record: LogRecord, parsed: ParsedRecord): void {
    const id = topic.idField === undefined ? undefined : parsed.value[topic.idField];
    if (typeof id !== 'string') return;
    const words = idWords(id);
    if (words === undefined) return;
    const place = { partition: record.partition, offset: record.offset };
    this.#seen.set(id, place);
    this.#ids.push(words, place);
  }

  #push({ table, columns }: ArchivedTopic, cells: Cells): void {
    let rows = this.tables.get(table);
    if (rows === undefined) {
      rows = { columns, bytes: new RowBytes(), count: 0 };
      this.tables.set(table, rows);
    }
    rows.bytes.row(cells);
    rows.count += 1;
  }
}
