/** Takes the sequence over: first a watermark above all numbers of older epochs, then a look at how far they came. */
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import {
  HEADERS,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import {
  readSequenced,
  SEQUENCE_START,
  type SequencedRecord,
  type SequencePosition,
  toSequenced,
} from './sequenced-record.ts';

/** 136 years at one a second. */
const NUMBERS_PER_EPOCH = 2 ** 32;

export interface TakeOverParts {
  readonly log: EventLog;
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  readonly partitions: number;
  readonly floor: number;
  readonly epoch: number;
  readonly wallClock: () => string;
}

function renumbered(record: AppendRecord, seq: number, key: MacKey): AppendRecord {
  const content = JSON.parse(new TextDecoder().decode(record.value ?? new Uint8Array()));
  const value = new TextEncoder().encode(JSON.stringify({ ...content, seq }));
  const id = uuidV5(WAYWARDEN_NAMESPACE, `sequence|${seq}`);
  const headers = { ...record.headers, [HEADERS.ceId]: id };
  const bare = { ...record, value, headers };
  return { ...bare, headers: { ...headers, ...macHeaders(bare, key) } };
}

const numberOf = (record: AppendRecord): number =>
  JSON.parse(new TextDecoder().decode(record.value ?? new Uint8Array())).seq;

export async function takeOverSequence(
  parts: TakeOverParts,
): Promise<{ readonly position: SequencePosition; readonly copies: number }> {
  const { log, macKey, macKeys, partitions, floor, epoch, wallClock } = parts;
  const { position: before } = await recoverSequence(log, macKeys, { floor });
  const seq = Math.max(epoch * NUMBERS_PER_EPOCH, before.seq + 1);
  const time = before.logTime ?? wallClock();
  const fence = { ...before, seq, logTime: time };
  const sealed = toSequenced({ seq, time }, fence, { key: macKey, producedAt: wallClock() });
  await log.append(
    Array.from({ length: partitions }, (_, partition) => ({ ...sealed, partition })),
  );
  const { position, missing } = await recoverSequence(log, macKeys, { floor, below: seq });
  const lacking = [...new Set(missing.map(numberOf))].sort((a, b) => a - b);
  const copies = missing.map((record) =>
    renumbered(record, seq + 1 + lacking.indexOf(numberOf(record)), macKey),
  );
  if (copies.length > 0) await log.append(copies);
  const logTime = position.logTime ?? time;
  return { position: { ...position, seq: seq + lacking.length, logTime }, copies: copies.length };
}

const TOPIC = TOPICS.auditEvents.name;
const CHUNK_RECORDS = 1024;

interface Range {
  readonly start: number;
  readonly end: number;
  readonly below: number;
}

async function readRange(
  log: EventLog,
  partition: number,
  { start, end, below }: Range,
  keys: MacKeyRing,
): Promise<readonly SequencedRecord[]> {
  const found: SequencedRecord[] = [];
  let offset = start;
  while (offset < end) {
    const records = await log.read(TOPIC, partition, offset, end - offset);
    if (records.length === 0) break;
    for (const record of records) {
      offset = record.offset + 1;
      const ours = record.offset < end ? readSequenced(record, keys) : undefined;
      if (ours && ours.position.seq < below) found.push(ours);
    }
  }
  return found;
}

interface TailQuery {
  readonly log: EventLog;
  readonly keys: MacKeyRing;
  readonly partition: number;
  readonly range: Range;
}

async function tailUntil(
  query: TailQuery,
  isEnough: (seq: number) => boolean,
): Promise<readonly SequencedRecord[]> {
  const { log, keys, partition, range } = query;
  let tail: readonly SequencedRecord[] = [];
  let end = range.end;
  while (end > range.start) {
    const start = Math.max(range.start, end - CHUNK_RECORDS);
    tail = [...(await readRange(log, partition, { ...range, start, end }, keys)), ...tail];
    if (tail.some(({ position }) => isEnough(position.seq))) break;
    end = start;
  }
  return tail;
}

function newest(records: readonly SequencedRecord[]): SequencePosition {
  return records.reduce(
    (best, { position }) => (position.seq > best.seq ? position : best),
    SEQUENCE_START,
  );
}

interface Recovered {
  readonly position: SequencePosition;
  readonly missing: readonly AppendRecord[];
}

interface RecoveryBounds {
  readonly floor: number;
  readonly below?: number;
}

/**
 * Where the sequence stands, by partition ends; lacking partitions get copies. Old records may be copied to an end.
 */
export async function recoverSequence(
  log: EventLog,
  keys: MacKeyRing,
  { floor, below = Number.POSITIVE_INFINITY }: RecoveryBounds,
): Promise<Recovered> {
  const { partitions } = await log.describe(TOPIC);
  const [starts, ends] = await Promise.all([log.startOffsets(TOPIC), log.endOffsets(TOPIC)]);
  const queries = Array.from({ length: partitions }, (_, partition) => ({
    log,
    keys,
    partition,
    range: { start: starts[partition] ?? 0, end: ends[partition] ?? 0, below },
  }));
  const lasts: SequencePosition[] = [];
  for (const query of queries) lasts.push(newest(await tailUntil(query, (seq) => seq >= floor)));
  const position = lasts.reduce((best, one) => (one.seq > best.seq ? one : best), SEQUENCE_START);
  if (position.seq < floor && starts.some((start) => start > 0)) {
    // Retention took ours.
    return { position: { ...position, seq: floor }, missing: [] };
  }
  const lowest = Math.min(...lasts.map((last) => last.seq));
  const source = queries[lasts.indexOf(position)];
  if (lowest === position.seq || source === undefined) return { position, missing: [] };
  const bySeq = new Map<number, SequencedRecord>();
  for (const one of await tailUntil(source, (seq) => seq <= lowest)) {
    if (!bySeq.has(one.position.seq)) bySeq.set(one.position.seq, one);
  }
  const ordered = [...bySeq.values()].sort((a, b) => a.position.seq - b.position.seq);
  const missing = lasts.flatMap((last, partition) =>
    ordered
      .filter((one) => one.position.seq > last.seq)
      .map(({ record: { topic, key, value, headers } }) => ({
        topic,
        partition,
        key,
        value,
        headers,
      })),
  );
  return { position, missing };
}
