/** A baseline snapshot, numbered; in effect from its day, or the first that can't have begun. */
import type { LogRecord } from '@waywarden/event-log';
import {
  type BaselineControl,
  type BaselineSnapshot,
  baselineSnapshotSchema,
  epochMs,
  HEADERS,
  type MacKeyRing,
  shiftTime,
  verifyMac,
} from '@waywarden/schemas';

const DAY_MS = 86_400_000;
/** Room for dates ahead. */
const LEAD_MS = 3_600_000;
const DECODER = new TextDecoder();

export type ReadSnapshot = { readonly snapshot: BaselineSnapshot } | { readonly refused: string };

export function readSnapshot(record: LogRecord, keys: MacKeyRing): ReadSnapshot {
  if (record.value === null || record.headers[HEADERS.type] !== 'event') {
    return { refused: 'no_snapshot' };
  }
  const verdict = verifyMac(record, keys);
  if (verdict !== 'ok') return { refused: `mac_${verdict}` };
  let value: unknown;
  try {
    value = JSON.parse(DECODER.decode(record.value));
  } catch {
    return { refused: 'not_json' };
  }
  const parsed = baselineSnapshotSchema.safeParse(value);
  return parsed.success ? { snapshot: parsed.data } : { refused: 'snapshot_invalid' };
}

/** Null before the first. */
export function toBaselineControl(
  snapshot: BaselineSnapshot,
  seq: number,
  logTime: string | null,
): BaselineControl {
  const statedMs = epochMs(snapshot.effective_from);
  const reachedMs = logTime === null ? statedMs : epochMs(logTime) + LEAD_MS;
  const nextDayMs = (Math.floor(reachedMs / DAY_MS) + 1) * DAY_MS;
  const isLate = logTime !== null && nextDayMs > statedMs;
  return {
    kind: 'baseline',
    seq,
    ...snapshot,
    ...(isLate ? { effective_from: shiftTime('1970-01-01T00:00:00Z', nextDayMs) } : {}),
  };
}
