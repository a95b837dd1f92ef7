/**
 * The LMDB environment: topics, next offsets and records, with no idea of queues or readers.
 *
 * Commit and flush are two steps on purpose. `commit` is a synchronous transaction with lmdb's
 * NO_SYNC_FLUSH: it costs memory copies and no disk wait, so the event loop is not held up. `flush`
 * then runs `mdb_env_sync` on a worker thread. lmdb-js has a public promise for this, `flushed`,
 * but it covers asynchronous writes only (3.5.6, write.js: `lastSyncTxnFlush` is never assigned),
 * so awaiting it after `transactionSync` proves nothing; hence the native `sync` is called itself,
 * which flushes every transaction committed before the call. The default `transactionSync` (flush
 * inside) was rejected because it blocks the event loop for each disk write.
 *
 * After a crash of the process all commits are there; after a crash of the machine lmdb (option
 * `overlappingSync`, its default) goes back to the last flushed one. `EndOffsets` therefore speak
 * of flushed records only: nothing is read that could still be lost.
 */
import { randomUUID } from 'node:crypto';
import { type Database, open, type RootDatabase } from 'lmdb';
import { assertTopicName, BATCH_BYTES_MAX, PARTITIONS_MAX } from '../limits.ts';
import { type AppendRecord, EventLogError, type LogRecord, type TopicSpec } from '../port.ts';
import {
  ABOUT,
  BINARY,
  ENDS,
  ENVIRONMENT,
  endKey,
  JSON_VALUES,
  KEY_BYTES,
  LAYOUT_VERSION,
  offsetOf,
  RECORDS,
  recordKey,
  type StoredTopic,
  TOPICS,
  writeRecordKey,
} from './layout.ts';
import { decodeRecord } from './record-codec.ts';

/** lmdb's TransactionFlags: ABORTABLE | SYNCHRONOUS_COMMIT | NO_SYNC_FLUSH (a const enum there). */
const COMMIT_WITHOUT_FLUSH = 0x1 | 0x2 | 0x10000;

export interface Topic extends StoredTopic {
  readonly name: string;
  /** Next offsets given out; ahead of `ends` while an append is on its way to the disk. */
  readonly next: number[];
  /** Next offsets on disk: what readers may see. */
  readonly ends: number[];
}

export interface Write {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: number;
  /** The record as it is stored. */
  readonly bytes: Buffer;
  /** The record as its writer gave it. */
  readonly record: AppendRecord;
}

export interface Store {
  topic(name: string): Topic;
  createTopics(specs: readonly TopicSpec[]): void;
  commit(writes: readonly Write[]): void;
  flush(): Promise<void>;
  /** Records of [from, to), at most `recordsMax` and about `BATCH_BYTES_MAX`; `damaged` at a gap. */
  scan(topic: Topic, partition: number, range: ScanRange): LogRecord[];
  close(): Promise<void>;
}

interface ScanRange {
  readonly from: number;
  readonly to: number;
  readonly recordsMax: number;
}

interface Databases {
  readonly root: RootDatabase<unknown, string>;
  readonly records: Database<Buffer, Buffer>;
  readonly topics: Database<StoredTopic, string>;
  readonly ends: Database<number, string>;
  readonly about: Database<number, string>;
}

function openDatabases(path: string, readOnly: boolean): Databases {
  try {
    const root = open<unknown, string>({ path, ...ENVIRONMENT, readOnly });
    return {
      root,
      records: root.openDB<Buffer, Buffer>({ name: RECORDS, ...BINARY }),
      topics: root.openDB<StoredTopic, string>({ name: TOPICS, ...JSON_VALUES }),
      ends: root.openDB<number, string>({ name: ENDS, ...JSON_VALUES }),
      about: root.openDB<number, string>({ name: ABOUT, ...JSON_VALUES }),
    };
  } catch (error) {
    throw new EventLogError('unavailable', `cannot open the log in ${path}`, { cause: error });
  }
}

function checkLayout(about: Database<number, string>, path: string, readOnly: boolean): void {
  const version = about.get('layout');
  if (version === LAYOUT_VERSION) return;
  if (version !== undefined || readOnly) {
    const found = version === undefined ? 'no layout version' : `layout ${version}`;
    throw new EventLogError('damaged', `${path} has ${found}; expected ${LAYOUT_VERSION}`);
  }
  about.putSync('layout', LAYOUT_VERSION);
}

function loadTopics(databases: Databases): Map<string, Topic> {
  const topics = new Map<string, Topic>();
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
    topics.set(name, { ...stored, name, next: [...ends], ends });
  }
  return topics;
}

function damaged(topic: string, partition: number, offset: number, how: string) {
  const what = `record ${offset} of ${topic}, partition ${partition}`;
  return new EventLogError('damaged', `${what} ${how}`);
}

class LmdbStore implements Store {
  readonly #databases: Databases;
  readonly #topics: Map<string, Topic>;
  readonly #key = Buffer.alloc(KEY_BYTES);

  constructor(databases: Databases) {
    this.#databases = databases;
    this.#topics = loadTopics(databases);
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new EventLogError('unknown_topic', `there is no topic "${name}"`);
    }
    return topic;
  }

  createTopics(specs: readonly TopicSpec[]): void {
    const fresh: [string, StoredTopic][] = [];
    let id = Math.max(0, ...[...this.#topics.values()].map((topic) => topic.id));
    for (const spec of specs) {
      checkSpec(spec);
      const known = this.#topics.get(spec.name) ?? fresh.find(([name]) => name === spec.name)?.[1];
      if (known === undefined) {
        const incarnation = randomUUID();
        const { partitions, compacted = false } = spec;
        fresh.push([spec.name, { id: ++id, incarnation, partitions, compacted }]);
      } else if (known.partitions !== spec.partitions) {
        throw new EventLogError(
          'partitions_differ',
          `topic ${spec.name} has ${known.partitions} partitions, not ${spec.partitions}`,
        );
      }
    }
    if (fresh.length === 0) return;
    // Topics are made once, at start: the flush inside the transaction is no burden here.
    this.#databases.root.transactionSync(() => {
      for (const [name, stored] of fresh) this.#databases.topics.putSync(name, stored);
    });
    for (const [name, stored] of fresh) {
      const zeros = new Array<number>(stored.partitions).fill(0);
      this.#topics.set(name, { ...stored, name, next: [...zeros], ends: zeros });
    }
  }

  commit(writes: readonly Write[]): void {
    const { root, records, ends } = this.#databases;
    const touched = new Map<string, number>();
    for (const { topic, partition, offset } of writes) {
      touched.set(endKey(topic.id, partition), offset + 1);
    }
    root.transactionSync(() => {
      for (const { topic, partition, offset, bytes } of writes) {
        writeRecordKey(this.#key, { topicId: topic.id, partition, offset });
        records.putSync(this.#key, bytes);
      }
      for (const [key, end] of touched) ends.putSync(key, end);
    }, COMMIT_WITHOUT_FLUSH);
  }

  flush(): Promise<void> {
    const { env } = this.#databases.root as unknown as NativeEnvironment;
    return new Promise((resolve, reject) => {
      env.sync((error) => (error ? reject(error) : resolve()));
    });
  }

  scan(topic: Topic, partition: number, range: ScanRange): LogRecord[] {
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

  close(): Promise<void> {
    return this.#databases.root.close();
  }
}

/** The part of lmdb's native environment that its typings leave out; checked when opening. */
interface NativeEnvironment {
  readonly env: { sync(done: (error?: Error) => void): void };
}

function checkSpec({ name, partitions }: TopicSpec): void {
  assertTopicName(name);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new RangeError(`topic ${name}: ${partitions} partitions; 1 to ${PARTITIONS_MAX} can be`);
  }
}

export async function openStore(path: string, readOnly: boolean): Promise<Store> {
  const databases = openDatabases(path, readOnly);
  try {
    const { env } = databases.root as unknown as Partial<NativeEnvironment>;
    if (typeof env?.sync !== 'function') {
      throw new EventLogError('unavailable', 'this version of lmdb cannot flush on demand');
    }
    checkLayout(databases.about, path, readOnly);
    return new LmdbStore(databases);
  } catch (error) {
    await databases.root.close();
    throw error;
  }
}
