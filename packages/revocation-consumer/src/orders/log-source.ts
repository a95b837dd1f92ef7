/**
 * Commands from Kafka (or whatever log stands behind the port), for receivers on the bus. The cursor
 * is the next offset of every partition; the broker's own commits decide nothing.
 */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import type { CommandBatch, CommandSource, RefusedReceipt } from './consumer-options.ts';
import type { SignedReceipt, SignedRecord } from './signed-record.ts';

export { openKafkaLog } from '@waywarden/event-log/kafka';
export { type KafkaSettings, kafkaOptions } from '@waywarden/event-log/kafka/settings';

const TOPIC = TOPICS.revocationCommands.name;
const READ_RECORDS_MAX = 200;
/** Between two looks while nothing comes. */
const LOOK_EVERY_MS = 50;
const LOOKS_MAX = 200;

interface Cursor {
  readonly incarnation: string;
  readonly offsets: readonly number[];
}

function readCursor(text: string | null, incarnation: string): readonly number[] | undefined {
  if (text === null) return undefined;
  const cursor = JSON.parse(text) as Cursor;
  // The topic was made anew: its offsets mean nothing here, and what is applied is told by its id.
  return cursor.incarnation === incarnation ? cursor.offsets : undefined;
}

const isNotice = ({ headers }: LogRecord) => headers[HEADERS.type] === 'control';

function toSigned(record: LogRecord): SignedRecord {
  const { key, value, headers } = record;
  const signed = { key, value, signature: headers[HEADERS.sig] };
  return isNotice(record) ? { ...signed, isNotice: true } : signed;
}

export class LogSource implements CommandSource {
  readonly #log: EventLog;
  readonly #nowIso: () => string;
  /** Up to where it was looked for notices. */
  #looked: { readonly incarnation: string; readonly offsets: number[] } = {
    incarnation: '',
    offsets: [],
  };

  constructor(log: EventLog, nowIso: () => string = () => new Date().toISOString()) {
    this.#log = log;
    this.#nowIso = nowIso;
  }

  async next(cursor: string | null, signal: AbortSignal): Promise<CommandBatch> {
    const { incarnation } = await this.#log.describe(TOPIC);
    const starts = await this.#log.startOffsets(TOPIC);
    const known = readCursor(cursor, incarnation);
    const offsets = starts.map((start, partition) => Math.max(start, known?.[partition] ?? start));
    for (let look = 0; look < LOOKS_MAX && !signal.aborted; look++) {
      const records = await this.#read(offsets);
      if (records.length > 0) {
        for (const { partition, offset } of records) offsets[partition] = offset + 1;
        const next: Cursor = { incarnation, offsets };
        const ahead = await this.#noticesAhead(incarnation, offsets);
        return { records: [...records, ...ahead].map(toSigned), cursor: JSON.stringify(next) };
      }
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_EVERY_MS);
      });
    }
    return { records: [], cursor: JSON.stringify({ incarnation, offsets } satisfies Cursor) };
  }

  /** Who reads the log refuses later, and says so there. */
  async send(receipts: readonly SignedReceipt[]): Promise<readonly RefusedReceipt[]> {
    await this.#log.append(
      receipts.map(({ key, value, signature }) => ({
        topic: TOPICS.revocationReceipts.name,
        key,
        value,
        headers: {
          [HEADERS.type]: 'event',
          [HEADERS.producedAt]: this.#nowIso(),
          [HEADERS.sig]: signature,
        },
      })),
    );
    return [];
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  /**
   * Notices further on: who was away must not carry out an hour of orders before it reads that two
   * people have stopped them.
   */
  async #noticesAhead(incarnation: string, from: readonly number[]): Promise<LogRecord[]> {
    if (this.#looked.incarnation !== incarnation) this.#looked = { incarnation, offsets: [] };
    const looked = this.#looked.offsets;
    const ends = await this.#log.endOffsets(TOPIC);
    const found: LogRecord[] = [];
    for (const [partition, offset] of from.entries()) {
      let at = Math.max(offset, looked[partition] ?? 0);
      while (at < (ends[partition] ?? 0)) {
        const records = await this.#log.read(TOPIC, partition, at, READ_RECORDS_MAX);
        if (records.length === 0) break;
        found.push(...records.filter(isNotice));
        at = (records.at(-1)?.offset ?? at) + 1;
      }
      looked[partition] = at;
    }
    return found;
  }

  async #read(offsets: readonly number[]): Promise<readonly LogRecord[]> {
    const ends = await this.#log.endOffsets(TOPIC);
    const fresh = offsets.map((offset, partition) =>
      (ends[partition] ?? 0) > offset
        ? this.#log.read(TOPIC, partition, offset, READ_RECORDS_MAX)
        : Promise.resolve([]),
    );
    return (await Promise.all(fresh)).flat();
  }
}
