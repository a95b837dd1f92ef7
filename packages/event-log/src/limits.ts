/** Limits of both adapters, so that what one takes the other takes too. */
import { partitionOf } from './partition-of.ts';
import { type AppendRecord, EventLogError } from './port.ts';

/** Key, header names and values, and value together. Kafka's own default is 1 MiB. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024;
/** Records of one batch given to a handler, unless the reader asks for another number. */
export const BATCH_RECORDS_MAX = 2000;
/** Bytes of one batch given to a handler; one record above it still makes a batch of its own. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024;
export const PARTITIONS_MAX = 4096;

/** What Kafka accepts, less the names that its metrics would confuse. */
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,200}$/;
/** A UTF-16 code unit takes at most three bytes of UTF-8. */
const UTF8_BYTES_PER_UNIT_MAX = 3;

export function assertTopicName(name: string): void {
  if (!TOPIC_NAME.test(name)) throw new TypeError(`"${name}" is not a topic name`);
}

function textOf(record: AppendRecord): string {
  let text = record.key ?? '';
  for (const name in record.headers) text += name + (record.headers[name] ?? '');
  return text;
}

function unitsOf(record: AppendRecord): number {
  let units = record.key?.length ?? 0;
  for (const name in record.headers) units += name.length + (record.headers[name]?.length ?? 0);
  return units;
}

/** Throws `record_too_large`. */
export function assertRecordFits(record: AppendRecord): void {
  const valueBytes = record.value?.byteLength ?? 0;
  if (valueBytes + unitsOf(record) * UTF8_BYTES_PER_UNIT_MAX <= RECORD_BYTES_MAX) return;
  const bytes = valueBytes + Buffer.byteLength(textOf(record));
  if (bytes <= RECORD_BYTES_MAX) return;
  throw new EventLogError(
    'record_too_large',
    `a record of ${bytes} bytes for ${record.topic} is above the limit of ${RECORD_BYTES_MAX}`,
  );
}

export function partitionFor(record: AppendRecord, partitions: number): number {
  if (record.partition === undefined) {
    if (record.key === null) throw new TypeError(`${record.topic}: neither key nor partition`);
    return partitionOf(record.key, partitions);
  }
  if (record.partition >= 0 && record.partition < partitions) return record.partition;
  throw new RangeError(`${record.topic} has no partition ${record.partition}`);
}
