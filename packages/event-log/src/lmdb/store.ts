/**
 * The LMDB environment: topics, next offsets, records. A commit is visible before it is flushed,
 * both on lmdb's thread; `EndOffsets` speak of flushed records only.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { assertTopicName, BATCH_BYTES_MAX, PARTITIONS_MAX } from '../limits.ts';
import {
  type AppendRecord,
  EventLogError,
  ExpiredError,
  type LogRecord,
  type TopicRetention,
  type TopicSpec,
} from '../port.ts';
import { type BackgroundCommit, commitInBackground } from './background-commit.ts';
import { assertPages } from './check-pages.ts';
import { checkLayout, type Databases, openDatabases } from './databases.ts';
import { type Extent, Extents } from './extents.ts';
import {
  endKey,
  KEY_BYTES,
  offsetOf,
  recordKey,
  type StoredTopic,
  writeRecordKey,
} from './layout.ts';
import { decodeRecord } from './record-codec.ts';

export interface LogTopic extends Omit<StoredTopic, 'retention'> {
  readonly name: string;
  retention: TopicRetention | undefined;
  /** Next offsets given out; ahead of `ends` while an append is on its way to the disk. */
  readonly next: number[];
  /** Next offsets on disk: what readers may see. */
  readonly ends: number[];
  /** By partition; reaches as far as `next`. */
  readonly extents: readonly Extent[];
}

export interface Write {
  readonly topic: LogTopic;
  readonly partition: number;
  readonly offset: number;
  readonly bytes: Buffer;
  readonly record: AppendRecord;
}

export interface Store {
  topic(name: string): LogTopic;
  createTopics(specs: readonly TopicSpec[]): void;
  commit(writes: readonly Write[], nowMs: number): BackgroundCommit;
  /**
   * Records of [from, to), at most `recordsMax` and about `BATCH_BYTES_MAX`; `damaged` at a gap,
   * `expired` before the start.
   */
  scan(topic: LogTopic, partition: number, range: ScanRange): LogRecord[];
  /** All of `change` in one transaction; resolves when it is on disk. */
  change(change: (extents: Extents) => void): Promise<void>;
  readonly extents: Extents;
  readonly topics: Iterable<LogTopic>;
  close(): Promise<void>;
}

interface ScanRange {
  readonly from: number;
  readonly to: number;
  readonly recordsMax: number;
}

function loadTopics(databases: Databases, extents: Extents): Map<string, LogTopic> {
  const topics = new Map<string, LogTopic>();
  for (const { key: name, value: stored } of databases.topics.getRange()) {
    const ends = Array.from({ length: stored.partitions }, (_, partition) => {
      const end = databases.ends.get(endKey(stored.id, partition)) ?? 0;
      const beyond = recordKey({ topicId: stored.id, partition, offset: end });
      if (databases.records.doesExist(beyond)) {
        // Going on would overwrite an acknowledged record.
        throw damaged(name, partition, end, 'lies beyond the stored end of the partition');
      }
      return end;
    });
    const each = ends.map((end, partition) => extents.load({ topicId: stored.id, partition }, end));
    const { retention } = stored;
    topics.set(name, { ...stored, retention, name, next: [...ends], ends, extents: each });
  }
  return topics;
}

function damaged(topic: string, partition: number, offset: number, how: string) {
  const what = `record ${offset} of ${topic}, partition ${partition}`;
  return new EventLogError('damaged', `${what} ${how}`);
}

class LmdbStore implements Store {
  readonly extents: Extents;
  readonly #databases: Databases;
  readonly #topics: Map<string, LogTopic>;
  readonly #key = Buffer.alloc(KEY_BYTES);
  #failed = false;

  constructor(databases: Databases) {
    this.#databases = databases;
    this.extents = new Extents(databases);
    this.#topics = loadTopics(databases, this.extents);
  }

  get topics(): Iterable<LogTopic> {
    return this.#topics.values();
  }

  topic(name: string): LogTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new EventLogError('unknown_topic', `there is no topic "${name}"`);
    }
    return topic;
  }

  createTopics(specs: readonly TopicSpec[]): void {
    const changed = new Map<string, StoredTopic>();
    let id = Math.max(0, ...[...this.#topics.values()].map((topic) => topic.id));
    for (const spec of specs) {
      checkSpec(spec);
      const known = changed.get(spec.name) ?? this.#topics.get(spec.name);
      if (known === undefined) {
        const incarnation = randomUUID();
        const { partitions, compacted = false, retention } = spec;
        const stored = { id: ++id, incarnation, partitions, compacted };
        changed.set(spec.name, retention === undefined ? stored : { ...stored, retention });
      } else if (known.partitions !== spec.partitions) {
        throw new EventLogError(
          'partitions_differ',
          `topic ${spec.name} has ${known.partitions} partitions, not ${spec.partitions}`,
        );
      } else if (
        spec.retention !== undefined &&
        !isDeepStrictEqual(spec.retention, known.retention)
      ) {
        const { id: own, incarnation, partitions, compacted } = known;
        const { retention } = spec;
        changed.set(spec.name, { id: own, incarnation, partitions, compacted, retention });
      }
    }
    if (changed.size === 0) return;
    // Topics are made once, at start: the flush inside the transaction is no burden here.
    this.#databases.root.transactionSync(() => {
      for (const [name, stored] of changed) this.#databases.topics.putSync(name, stored);
    });
    for (const [name, stored] of changed) this.#take(name, stored);
  }

  /** Readers hold on to a topic that they read: one that is known changes in place. */
  #take(name: string, stored: StoredTopic): void {
    const known = this.#topics.get(name);
    if (known !== undefined) {
      known.retention = stored.retention;
      return;
    }
    const zeros = () => new Array<number>(stored.partitions).fill(0);
    const extents = zeros().map((start) => ({
      start,
      bytes: 0,
      mark: undefined,
      stored: undefined,
      appendedAt: undefined,
    }));
    this.#topics.set(name, {
      ...stored,
      retention: stored.retention,
      name,
      next: zeros(),
      ends: zeros(),
      extents,
    });
  }

  commit(writes: readonly Write[], nowMs: number): BackgroundCommit {
    const { records, ends } = this.#databases;
    const touched = new Map<string, number>();
    for (const { topic, partition, offset } of writes) {
      touched.set(endKey(topic.id, partition), offset + 1);
    }
    return this.#inBackground(() => {
      for (const { topic, partition, offset, bytes } of writes) {
        writeRecordKey(this.#key, { topicId: topic.id, partition, offset });
        void records.put(this.#key, bytes);
        const extent = topic.extents[partition];
        const at = { topicId: topic.id, partition, offset };
        if (extent !== undefined) this.extents.appended(extent, at, bytes.length, nowMs);
      }
      for (const [key, end] of touched) void ends.put(key, end);
    });
  }

  async change(change: (extents: Extents) => void): Promise<void> {
    const { visible, flushed } = this.#inBackground(() => change(this.extents));
    await visible;
    await flushed;
  }

  #inBackground(write: () => void): BackgroundCommit {
    const commit = commitInBackground(this.#databases.root, write);
    commit.visible.catch(() => {
      this.#failed = true;
    });
    return commit;
  }

  scan(topic: LogTopic, partition: number, range: ScanRange): LogRecord[] {
    const begin = topic.extents[partition]?.start ?? 0;
    if (range.from < begin) {
      throw new ExpiredError({ topic: topic.name, partition, asked: range.from, start: begin });
    }
    const to = Math.min(range.to, range.from + range.recordsMax);
    const found: LogRecord[] = [];
    const key = { topicId: topic.id, partition };
    const start = recordKey({ ...key, offset: range.from });
    const end = recordKey({ ...key, offset: to });
    let bytes = 0;
    let expected = range.from;
    for (const entry of this.#databases.records.getRange({ start, end })) {
      const offset = expected;
      // The checksum covers the place, so the key is looked at only to say what is wrong.
      const body = decodeRecord(entry.value, { topicId: topic.id, partition, offset });
      if (body === undefined) {
        const how = offsetOf(entry.key) === offset ? 'is not as written' : 'is missing';
        throw damaged(topic.name, partition, offset, how);
      }
      found.push({
        topic: topic.name,
        incarnation: topic.incarnation,
        partition,
        offset,
        key: body.key,
        value: body.value,
        headers: body.headers,
      });
      expected = offset + 1;
      bytes += entry.value.length;
      if (bytes >= BATCH_BYTES_MAX) return found;
    }
    if (expected < to) throw damaged(topic.name, partition, expected, 'is missing');
    return found;
  }

  async close(): Promise<void> {
    // After a failed write lmdb waits for its flush forever: such an environment ends with the process.
    if (!this.#failed) await this.#databases.root.close();
  }
}

function checkSpec({ name, partitions }: TopicSpec): void {
  assertTopicName(name);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new RangeError(`topic ${name}: ${partitions} partitions; 1 to ${PARTITIONS_MAX} can be`);
  }
}

export async function openStore(path: string, readOnly: boolean): Promise<Store> {
  assertPages(path, 'damaged');
  const databases = openDatabases(path, readOnly);
  try {
    checkLayout(databases.about, path, readOnly);
    return new LmdbStore(databases);
  } catch (error) {
    await databases.root.close();
    throw error;
  }
}
