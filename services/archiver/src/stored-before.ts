/**
 * Which records have their row already, for an archiver whose state is gone or older than the
 * store. Asked only up to the store's last offset at the beginning.
 */
import type { ReadBatch } from '@waywarden/event-log';
import { partitionKey } from './archive-state.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import type { ArchivedTopic } from './rows/archived-topic.ts';
import { DEAD_LETTERS } from './rows/dead-letter-row.ts';

type Place = Pick<ReadBatch, 'topic' | 'incarnation' | 'partition'>;

const OF_PARTITION = `log_topic = {topic: String} AND log_incarnation = {incarnation: String}
  AND log_partition = {partition: UInt32}`;

/** A record of any topic may have become a dead letter's row. */
function offsetsIn({ table }: ArchivedTopic, where: string): string {
  const tables = [...new Set([table, DEAD_LETTERS.table])];
  return tables
    .map((name) => `SELECT log_offset FROM ${name} WHERE ${OF_PARTITION}${where}`)
    .join(' UNION ALL ');
}

export class StoredBefore {
  readonly #store: ClickHouseStore;
  /** By partition key, the last offset that had a row. */
  readonly #last = new Map<string, number>();

  constructor(store: ClickHouseStore) {
    this.#store = store;
  }

  /** The partition is read from offset `from`, where the local state says that it stands. */
  async begin(topic: ArchivedTopic, place: Place, from: number): Promise<void> {
    const beyond = offsetsIn(topic, ' AND log_offset >= {from: UInt64}');
    const query = `SELECT count(), max(log_offset) FROM (${beyond})`;
    const asked = { ...parameters(place), from };
    const [row] = await this.#store.select('look for rows of before', query, asked);
    const [count, last] = row ?? [];
    const key = partitionKey(place.topic, place.incarnation, place.partition);
    if (Number(count) > 0) this.#last.set(key, Number(last));
  }

  /** Offsets of the batch that have a row; undefined when none of the partition can have one. */
  async of(topic: ArchivedTopic, batch: ReadBatch): Promise<ReadonlySet<number> | undefined> {
    const key = partitionKey(batch.topic, batch.incarnation, batch.partition);
    const last = this.#last.get(key);
    const from = batch.records[0]?.offset ?? 0;
    if (last === undefined) return undefined;
    if (from > last) {
      this.#last.delete(key);
      return undefined;
    }
    const to = batch.records.at(-1)?.offset ?? from;
    return storedOffsets(this.#store, topic, batch, from, to);
  }
}

/** Offsets that have a row. */
export async function storedOffsets(
  store: ClickHouseStore,
  topic: ArchivedTopic,
  place: Place,
  from: number,
  to: number,
): Promise<ReadonlySet<number>> {
  const query = offsetsIn(
    topic,
    ' AND log_offset >= {from: UInt64} AND log_offset <= {to: UInt64}',
  );
  const rows = await store.select('look for rows', query, { ...parameters(place), from, to });
  return new Set(rows.map(([offset]) => Number(offset)));
}

function parameters({ topic, incarnation, partition }: Place): Record<string, unknown> {
  return { topic, incarnation, partition };
}
