/** What a stage is made with, and what it reports while it runs. */
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import type { LocalState } from './local-state.ts';
import type { Decide } from './port.ts';
import type { PlacedGap } from './restore-partition.ts';

/** Either the parsed value or why the record can't be used. */
export type Parsed = { readonly value: unknown } | { readonly refused: string };

/** The log hands over views of a Buffer: decoded where they lie, faster than by a TextDecoder. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}

/** A record's value as JSON, as it was made or as it is read: what stages do unless told otherwise. */
export function parseJson(record: LogRecord): Parsed {
  if (record.value === null) return { refused: 'value_missing' };
  if (record.decoded !== undefined) return { value: record.decoded };
  try {
    return { value: JSON.parse(textOf(record.value)) };
  } catch {
    return { refused: 'json_malformed' };
  }
}

/** What a stage reports; counts are per batch. */
export interface StageEvents {
  batchDecided?(info: { stage: string; partition: number; records: number; repeats: number }): void;
  recordRefused?(info: {
    stage: string;
    topic: string;
    partition: number;
    offset: number;
    reason: string;
  }): void;
  /** Records that were due are kept no longer: the stage goes on without them. */
  historyShortened?(gap: PlacedGap): void;
  outputsAppended?(info: { stage: string; records: readonly AppendRecord[] }): void;
  waitBegan?(info: { stage: string; topic: string }): void;
  waitEnded?(info: { stage: string; topic: string }): void;
}

interface RecordChecks {
  /** Parses and validates; the default parses JSON only. */
  readonly parse?: (record: LogRecord) => Parsed;
  /** Why a record may not be believed (bad MAC or signature); undefined when it may. */
  readonly admit?: (record: LogRecord) => string | undefined | Promise<string | undefined>;
  /** Adds MAC or signature headers to a finished output. */
  readonly seal?: (record: AppendRecord) => AppendRecord | Promise<AppendRecord>;
  /** Its input is written under a lease: records of one that has ended are refused. */
  readonly underLease?: true;
  /** Awaited before each batch of `topic`, to come after something else; false: not any more, all is stopping. */
  readonly gate?: (topic: string) => Promise<boolean>;
}

export interface StageOptions extends RecordChecks {
  /** Names the reader group, the state's spaces and the CloudEvents source. */
  readonly name: string;
  readonly log: EventLog;
  readonly state: LocalState;
  readonly topics: readonly string[];
  readonly decide: Decide;
  readonly events?: StageEvents;
  /** Chaos tests throw or kill here. */
  readonly failpoint?: (name: string) => void;
  /** Wall clock for `ww_produced_at`, which stands outside every comparison. */
  readonly wallClock: () => string;
  readonly batchRecordsMax?: number;
}
