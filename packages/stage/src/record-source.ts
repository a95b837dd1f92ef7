/** Which source partition a record came through, and whether it came before (`ww_src`). */
import {
  type Applied,
  decodeSrc,
  isRepeat,
  type LogRecord,
  type SrcMark,
  srcPartition,
} from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';

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
