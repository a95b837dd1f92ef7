/**
 * The newest events, from the end of the log: a live view costs the same however much is stored, and shows calls at once.
 */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { type AuditEvent, HEADERS, TOPICS } from '@waywarden/schemas';
import { toEventRow } from '../core/event-row.ts';
import type { EventRow } from '../core/view-model.ts';

/** Records read of one partition to find events among them (time and rules stand there too). */
const TAIL_RECORDS_MAX = 100;
const DECODER = new TextDecoder();

interface Observed {
  readonly row: EventRow;
  readonly observed: string;
}

export class EventTail {
  readonly #log: EventLog;
  readonly #tenant: string;
  #ends: readonly number[] | undefined;

  constructor(log: EventLog, tenant: string) {
    this.#log = log;
    this.#tenant = tenant;
  }

  /** The newest `count` events that are wanted, the newest first. */
  async newest(
    count: number,
    isWanted: (row: EventRow) => boolean = () => true,
  ): Promise<readonly EventRow[]> {
    const topic = TOPICS.auditEvents.name;
    const [ends, starts] = await Promise.all([
      this.#log.endOffsets(topic),
      this.#log.startOffsets(topic),
    ]);
    return this.#between(starts, ends, count, isWanted);
  }

  /** Events since the last time this was asked, at most `count` of them; none at the first time. */
  async since(count: number): Promise<readonly EventRow[]> {
    const ends = await this.#log.endOffsets(TOPICS.auditEvents.name);
    const before = this.#ends;
    this.#ends = ends;
    if (before === undefined || ends.every((end, at) => end === before[at])) return [];
    return this.#between(before, ends, count);
  }

  async #between(
    starts: readonly number[],
    ends: readonly number[],
    count: number,
    isWanted: (row: EventRow) => boolean = () => true,
  ): Promise<readonly EventRow[]> {
    const parts = await Promise.all(
      ends.map(async (end, partition) => {
        const from = Math.max(starts[partition] ?? 0, end - TAIL_RECORDS_MAX);
        if (from >= end) return [];
        const records = await this.#log.read(TOPICS.auditEvents.name, partition, from, end - from);
        return records.flatMap((record) => this.#toRow(record));
      }),
    );
    return parts
      .flat()
      .filter((one) => isWanted(one.row))
      .toSorted((a, b) => (a.observed < b.observed ? 1 : a.observed > b.observed ? -1 : 0))
      .slice(0, count)
      .map((one) => one.row);
  }

  #toRow({ value, headers }: LogRecord): readonly Observed[] {
    if (value === null || headers[HEADERS.type] !== 'event') return [];
    const event = JSON.parse(DECODER.decode(value)) as AuditEvent;
    if (event.tenant_id !== this.#tenant) return [];
    return [{ row: toEventRow(event), observed: event.observed_time }];
  }
}
