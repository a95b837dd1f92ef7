/** A partition of the log from its start to its end, in chunks; what cannot be read is named. */
import {
  type EventLog,
  EventLogError,
  ExpiredError,
  type LogRecord,
  type TopicInfo,
} from '@waywarden/event-log';
import type { Findings } from './problem.ts';

const READ_RECORDS_MAX = 2_000;
/** Records held against the store at once. */
const CHUNK_RECORDS = 10_000;

export interface Chunk {
  /** Offsets `[from, to)`, of which `records` are those that can be read. */
  readonly from: number;
  readonly to: number;
  readonly records: readonly LogRecord[];
}

export interface PartitionPlace {
  readonly log: EventLog;
  readonly topic: TopicInfo;
  readonly partition: number;
  /** Exclusive; what comes behind it may still be on its way to the store. */
  readonly until?: number | undefined;
}

interface DamagedRange {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

class Damage {
  #open: DamagedRange | undefined;
  readonly #report: (range: DamagedRange) => void;

  constructor(report: (range: DamagedRange) => void) {
    this.#report = report;
  }

  add(offset: number, why: string): void {
    if (this.#open?.to === offset) {
      this.#open = { ...this.#open, to: offset + 1 };
      return;
    }
    this.close();
    this.#open = { from: offset, to: offset + 1, why };
  }

  close(): void {
    if (this.#open !== undefined) this.#report(this.#open);
    this.#open = undefined;
  }
}

/** What can be read from `offset`; when nothing can, why. */
async function readSome(
  { log, topic, partition }: PartitionPlace,
  offset: number,
  count: number,
): Promise<readonly LogRecord[] | ExpiredError | string> {
  try {
    const records = await log.read(topic.name, partition, offset, count);
    return records.length > 0 && records[0]?.offset === offset ? records : 'is missing';
  } catch (error) {
    // Retention came between: what is gone now was held against nothing, and is no loss.
    if (error instanceof ExpiredError) return error;
    if (!(error instanceof EventLogError && error.code === 'damaged')) throw error;
    // Only one record of these is bad.
    return count === 1 ? error.message : readSome({ log, topic, partition }, offset, 1);
  }
}

export async function* readPartition(
  place: PartitionPlace,
  findings: Findings,
): AsyncGenerator<Chunk> {
  const { log, topic, partition } = place;
  const start = (await log.startOffsets(topic.name))[partition] ?? 0;
  const last = (await log.endOffsets(topic.name))[partition] ?? 0;
  const end = Math.min(last, place.until ?? last);
  const damage = new Damage(({ from, to, why }) =>
    findings.add({
      code: 'log_damaged',
      what: `The log does not hold ${to - from} record(s) as they were written.`,
      where: `${topic.name}/${partition}/${from}${to - from > 1 ? `-${to - 1}` : ''}`,
      expected: `records up to offset ${end - 1}`,
      found: why,
    }),
  );
  let from = start;
  let records: LogRecord[] = [];
  let at = start;
  while (at < end) {
    const some = await readSome(place, at, Math.min(READ_RECORDS_MAX, end - at));
    if (some instanceof ExpiredError) {
      if (records.length > 0) yield { from, to: at, records };
      from = some.start;
      at = some.start;
      records = [];
      continue;
    }
    if (typeof some === 'string') damage.add(at, some);
    else records.push(...some);
    at = typeof some === 'string' ? at + 1 : at + some.length;
    if (at - from < CHUNK_RECORDS && at < end) continue;
    yield { from, to: at, records };
    from = at;
    records = [];
  }
  damage.close();
}
