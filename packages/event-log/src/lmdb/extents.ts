/**
 * How far each partition reaches and since when. A mark is written once a minute or mebibyte, in
 * the append's transaction; retention removes up to a mark.
 */
import type { Database } from 'lmdb';
import {
  endKey,
  offsetOf,
  type RecordKey,
  recordKey,
  type StoredMark,
  type StoredStart,
} from './layout.ts';

const MARK_EVERY_MS = 60_000;
const MARK_EVERY_BYTES = 1024 * 1024;
/** Records of a log of before there were marks that are weighed, to guess what all weigh. */
const WEIGHED_MAX = 1_000;

const PAGE_BYTES = 4096;
const PAGE_HEAD_BYTES = 16;
/** Above it lmdb gives a record pages of its own. */
const INLINE_BYTES_MAX = 2_012;
/** Key, node and pointer of a record within a page. */
const NODE_BYTES = 26;

/** What a record of so many bytes takes on disk, but for pages that are half full. */
export function bytesOnDisk(bytes: number): number {
  if (bytes <= INLINE_BYTES_MAX) return bytes + NODE_BYTES;
  return Math.ceil((bytes + PAGE_HEAD_BYTES) / PAGE_BYTES) * PAGE_BYTES + NODE_BYTES;
}

export interface ExtentMark extends StoredMark {
  readonly offset: number;
}

export interface Extent {
  start: number;
  /** Taken by all records so far, removed ones included. */
  bytes: number;
  mark: ExtentMark | undefined;
  /** When the last record was appended; undefined until one is, since the log was opened. */
  appendedAt: number | undefined;
  stored: StoredStart | undefined;
}

type Partition = Omit<RecordKey, 'offset'>;

export class Extents {
  readonly #records: Database<Buffer, Buffer>;
  readonly #starts: Database<StoredStart, string> | undefined;
  readonly #marks: Database<StoredMark, Buffer> | undefined;

  constructor(databases: {
    readonly records: Database<Buffer, Buffer>;
    readonly starts: Database<StoredStart, string> | undefined;
    readonly marks: Database<StoredMark, Buffer> | undefined;
  }) {
    this.#records = databases.records;
    this.#starts = databases.starts;
    this.#marks = databases.marks;
  }

  load(at: Partition, end: number): Extent {
    const stored = this.#starts?.get(endKey(at.topicId, at.partition));
    const start = stored?.offset ?? 0;
    const mark = this.#lastMark(at);
    const bytes =
      mark === undefined
        ? this.#guess(at, start, end)
        : mark.bytes + this.#weigh(at, mark.offset, end).bytes;
    return { start, bytes, mark, stored, appendedAt: undefined };
  }

  /** Within the append's transaction. */
  appended(extent: Extent, at: RecordKey, bytes: number, nowMs: number): void {
    const { mark } = extent;
    if (mark?.offset === at.offset) {
      // Made while nothing was appended: what lies before it stays as old as it was.
      this.#put(extent, at, { ...mark, after: nowMs });
    } else if (
      mark === undefined ||
      nowMs - mark.after >= MARK_EVERY_MS ||
      extent.bytes - mark.bytes >= MARK_EVERY_BYTES
    ) {
      const before = extent.appendedAt ?? nowMs;
      this.#put(extent, at, { before, after: nowMs, bytes: extent.bytes });
    }
    extent.appendedAt = nowMs;
    extent.bytes += bytesOnDisk(bytes);
  }

  /** So that a partition's last records grow old though none follows them. */
  idle(extent: Extent, at: RecordKey, nowMs: number): void {
    if (extent.mark !== undefined && extent.mark.offset >= at.offset) return;
    if (extent.mark !== undefined && nowMs - extent.mark.after < MARK_EVERY_MS) return;
    const before = extent.appendedAt ?? nowMs;
    this.#put(extent, at, { before, after: nowMs, bytes: extent.bytes });
  }

  *marksFrom(at: RecordKey): Generator<ExtentMark> {
    const end = recordKey({ ...at, offset: Number.MAX_SAFE_INTEGER });
    for (const { key, value } of this.#marks?.getRange({ start: recordKey(at), end }) ?? []) {
      yield { ...value, offset: offsetOf(key) };
    }
  }

  markOf(at: RecordKey): ExtentMark | undefined {
    const [found] =
      this.#marks?.getRange({
        start: recordKey(at),
        end: recordKey({ ...at, offset: 0 }),
        reverse: true,
        inclusiveEnd: true,
        limit: 1,
      }) ?? [];
    return found === undefined ? undefined : { ...found.value, offset: offsetOf(found.key) };
  }

  /** The first records of a partition, so many and so large as asked for, but one at least. */
  front(
    at: Partition,
    piece: { readonly from: number; readonly to: number; readonly bytesMax: number },
  ): { readonly to: number; readonly bytes: number; readonly last: Buffer | undefined } {
    let bytes = 0;
    let to = piece.from;
    let last: Buffer | undefined;
    while (to < piece.to && bytes < piece.bytesMax) {
      last = this.#records.get(recordKey({ ...at, offset: to }));
      // A damaged log may lack it.
      bytes += last === undefined ? 0 : bytesOnDisk(last.length);
      to += 1;
    }
    return { to, bytes, last };
  }

  /** Within a transaction: takes out the records of [from, to). */
  removeRecords(at: Partition, from: number, to: number): void {
    for (let offset = from; offset < to; offset++) {
      void this.#records.remove(recordKey({ ...at, offset }));
    }
  }

  begin(extent: Extent, at: Partition, stored: StoredStart): void {
    void this.#starts?.put(endKey(at.topicId, at.partition), stored);
    const gone =
      this.#marks?.getKeys({
        start: recordKey({ ...at, offset: 0 }),
        end: recordKey({ ...at, offset: stored.offset }),
      }) ?? [];
    for (const key of [...gone]) void this.#marks?.remove(key);
    extent.start = stored.offset;
    extent.stored = stored;
  }

  #put(extent: Extent, at: RecordKey, mark: StoredMark): void {
    const { before, after, bytes } = mark;
    void this.#marks?.put(recordKey(at), { before, after, bytes });
    extent.mark = { before, after, bytes, offset: at.offset };
  }

  #lastMark(at: Partition): ExtentMark | undefined {
    return this.markOf({ ...at, offset: Number.MAX_SAFE_INTEGER });
  }

  #weigh(at: Partition, from: number, to: number): { bytes: number; records: number } {
    const start = recordKey({ ...at, offset: from });
    const end = recordKey({ ...at, offset: to });
    let bytes = 0;
    let records = 0;
    for (const { value } of this.#records.getRange({ start, end })) {
      bytes += bytesOnDisk(value.length);
      records += 1;
    }
    return { bytes, records };
  }

  /** A log of before there were marks: weighing all of it would take minutes. */
  #guess(at: Partition, start: number, end: number): number {
    const { bytes, records } = this.#weigh(at, start, Math.min(end, start + WEIGHED_MAX));
    return records === 0 ? 0 : Math.round((bytes / records) * (end - start));
  }
}
