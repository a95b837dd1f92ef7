/**
 * How much of a partition's front retention removes. Age and size never remove what a reader has
 * not passed; above twice the size records go unread, which is recorded (`lost`).
 */
import type { TopicRetention } from '../port.ts';
import type { ExtentMark } from './extents.ts';

/** Times the size of retention, above which unread records go too. */
export const HARD_SIZE_FACTOR = 2;

export interface CutRequest {
  readonly start: number;
  readonly end: number;
  /** By all records so far, removed ones included. */
  readonly bytes: number;
  /** Of these, by removed ones. */
  readonly removedBytes: number;
  /** Oldest first, none before `start`. */
  readonly marks: Iterable<ExtentMark>;
  readonly retention: TopicRetention;
  readonly nowMs: number;
  /** What must not be removed begins here, but for the hard limit of size. */
  readonly notBeyond: number;
}

interface Cut {
  /** The partition is to begin here; its start when nothing is removed. */
  readonly to: number;
  readonly why: 'age' | 'size' | 'hard_size';
}

export function cutPoint(request: CutRequest): Cut {
  const { start, end, bytes, retention, nowMs, notBeyond } = request;
  const oldest = retention.ageMs === undefined ? Number.NEGATIVE_INFINITY : nowMs - retention.ageMs;
  const room = retention.bytes ?? Number.POSITIVE_INFINITY;
  const byAge = { to: start, why: 'age' as const };
  const bySize = { to: start, why: 'size' as const };
  const hard = { to: start, why: 'hard_size' as const };
  const retained = bytes - request.removedBytes;
  let roomy = retained <= room;
  let bearable = retained <= room * HARD_SIZE_FACTOR;
  for (const mark of request.marks) {
    if (mark.offset > end) break;
    if (mark.before <= oldest && mark.offset <= notBeyond) byAge.to = mark.offset;
    if (!roomy && mark.offset <= notBeyond) bySize.to = mark.offset;
    if (!bearable) hard.to = mark.offset;
    roomy ||= bytes - mark.bytes <= room;
    bearable ||= bytes - mark.bytes <= room * HARD_SIZE_FACTOR;
    if (roomy && bearable && mark.before > oldest) break;
  }
  const soft = byAge.to >= bySize.to ? byAge : bySize;
  return hard.to > soft.to ? hard : soft;
}
