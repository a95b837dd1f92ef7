/** Which source partition a record came through, whether it came before (`ww_src`), and what a stage decides of it. */
import {
  type Applied,
  decodeSrc,
  isRepeat,
  type LogRecord,
  type SrcMark,
  srcPartition,
} from '@waywarden/event-log';
import { HEADERS, isRecordType } from '@waywarden/schemas';
import type { StageRecord } from './port.ts';

/** By source partition, what was applied last. */
export type Marks = Record<string, Applied>;

/** Where a record came from: its mark, and the source partition that the mark names. */
export interface Source {
  readonly mark: SrcMark | undefined;
  readonly partition: string;
}

export function sourceOf(record: LogRecord): Source {
  const text = record.headers[HEADERS.src];
  const mark = text === undefined ? undefined : decodeSrc(text);
  return { mark, partition: srcPartition(mark ?? record) };
}

/** Updates `marks`; a record without a mark (ingest, sequencer) is never a repeat by mark. */
export function isMarkedRepeat({ mark, partition }: Source, marks: Marks): boolean {
  if (mark === undefined) return false;
  if (isRepeat(mark, marks[partition])) return true;
  marks[partition] = { offset: mark.offset, index: mark.index };
  return false;
}

/** Among the marks, under a name that no partition has: the newest epoch of a writer under a lease. */
const EPOCH_MARK = '#epoch';

/** Whether its lease had ended when it came: a newer epoch stands before it in this partition. */
export function isOfEndedLease(record: LogRecord, marks: Marks): boolean {
  const epoch = Number(record.headers[HEADERS.epoch] ?? 0);
  const newest = marks[EPOCH_MARK]?.offset ?? 0;
  if (Number.isSafeInteger(epoch) && epoch > newest)
    marks[EPOCH_MARK] = { offset: epoch, index: 0 };
  return epoch < newest;
}

export function toStageRecord(record: LogRecord, value: unknown, source: string): StageRecord {
  const type = record.headers[HEADERS.type];
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key,
    type: isRecordType(type) ? type : 'event',
    value,
    source,
    body: record.headers[HEADERS.body],
  };
}
