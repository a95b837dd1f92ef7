/// <reference lib="es2024.string" />
/**
 * Records that were appended lately, as their writer had them, for the readers of the same process.
 */
import { BATCH_BYTES_MAX } from '../limits.ts';
import type { AppendRecord, LogRecord } from '../port.ts';
import type { LogTopic, Write } from './store.ts';

/** As stored; with the objects that the values were made from they take about four times that. */
export const RECENT_BYTES_MAX = 32 * 1024 * 1024;
/** Passed records are cut off the array when there are so many, not one by one. */
const CUT_AT = 1024;

export interface ReaderPosition {
  readonly topic: LogTopic;
  readonly partition: number;
  offset: number;
}

export interface RecentRange {
  readonly from: number;
  readonly to: number;
  readonly recordsMax: number;
}

interface Stored {
  readonly record: LogRecord;
  readonly bytes: number;
}

/** Consecutive records of one partition: `kept[start]` has offset `first`. */
interface Tail {
  first: number;
  start: number;
  retained: Stored[];
}

/** Lone surrogates become U+FFFD on disk: such a record is read from there. */
function isStoredAsIs({ key, headers }: AppendRecord): boolean {
  if (key !== null && !key.isWellFormed()) return false;
  for (const name in headers) {
    if (!name.isWellFormed() || !(headers[name] ?? '').isWellFormed()) return false;
  }
  return true;
}

export class RecentRecords {
  readonly #bytesMax: number;
  readonly #tails = new Map<LogTopic, Map<number, Tail>>();
  readonly #followers = new Map<LogTopic, Set<ReaderPosition>>();
  #bytes = 0;

  constructor(bytesMax: number = RECENT_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** From now on records of the position's topic are kept until it has passed them. */
  follow(position: ReaderPosition): void {
    const followers = this.#followers.get(position.topic);
    if (followers === undefined) this.#followers.set(position.topic, new Set([position]));
    else followers.add(position);
  }

  unfollow(position: ReaderPosition): void {
    this.#followers.get(position.topic)?.delete(position);
    this.passed(position);
  }

  /** To be called in offset order, when the record is on disk and visible. */
  add({ topic, partition, offset, bytes: stored, record }: Write): void {
    if ((this.#followers.get(topic)?.size ?? 0) === 0) return;
    const bytes = stored.length;
    const tail = this.#tailOf(topic, partition);
    if (tail.first + tail.retained.length - tail.start !== offset) this.#empty(tail, offset);
    if (!isStoredAsIs(record)) {
      this.#empty(tail, offset + 1);
      return;
    }
    tail.retained.push({
      record: {
        topic: topic.name,
        incarnation: topic.incarnation,
        partition,
        offset,
        key: record.key,
        value: record.value,
        headers: record.headers,
        decoded: record.decoded,
      },
      bytes,
    });
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) this.#makeRoom();
  }

  /** What a scan of the range would give; undefined when its first record is not here. */
  slice({ topic, partition }: ReaderPosition, range: RecentRange): LogRecord[] | undefined {
    const tail = this.#tails.get(topic)?.get(partition);
    if (tail === undefined || range.from < tail.first) return undefined;
    const from = tail.start + range.from - tail.first;
    if (from >= tail.retained.length) return undefined;
    const to = Math.min(
      from + range.recordsMax,
      from + range.to - range.from,
      tail.retained.length,
    );
    const found: LogRecord[] = [];
    let bytes = 0;
    for (let at = from; at < to && bytes < BATCH_BYTES_MAX; at++) {
      const retained = tail.retained[at];
      if (retained === undefined) break;
      found.push(retained.record);
      bytes += retained.bytes;
    }
    return found;
  }

  /** Lets go of what every follower has passed. */
  passed({ topic, partition }: ReaderPosition): void {
    const tail = this.#tails.get(topic)?.get(partition);
    if (tail === undefined) return;
    let least = Number.POSITIVE_INFINITY;
    for (const follower of this.#followers.get(topic) ?? []) {
      if (follower.partition === partition) least = Math.min(least, follower.offset);
    }
    this.#cut(tail, Math.min(tail.retained.length, tail.start + least - tail.first));
  }

  #tailOf(topic: LogTopic, partition: number): Tail {
    let partitions = this.#tails.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#tails.set(topic, partitions);
    }
    let tail = partitions.get(partition);
    if (tail === undefined) {
      tail = { first: 0, start: 0, retained: [] };
      partitions.set(partition, tail);
    }
    return tail;
  }

  #empty(tail: Tail, first: number): void {
    this.#cut(tail, tail.retained.length);
    tail.first = first;
  }

  #cut(tail: Tail, to: number): void {
    if (to <= tail.start) return;
    for (let at = tail.start; at < to; at++) this.#bytes -= tail.retained[at]?.bytes ?? 0;
    tail.first += to - tail.start;
    tail.start = to;
    if (to < tail.retained.length && to < CUT_AT) return;
    tail.retained = tail.retained.slice(to);
    tail.start = 0;
  }

  /** Halves every tail until there is room: who is that far behind reads from disk. */
  #makeRoom(): void {
    while (this.#bytes > this.#bytesMax / 2) {
      for (const partitions of this.#tails.values()) {
        for (const tail of partitions.values()) {
          this.#cut(tail, tail.start + Math.ceil((tail.retained.length - tail.start) / 2));
        }
      }
    }
  }
}
