/** Takes the sequence over: first a watermark above all numbers of older epochs, then a look at how far they came. */
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import {
  HEADERS,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import { recoverSequence } from './recover-sequence.ts';
import { type SequencePosition, toSequenced } from './sequenced-record.ts';

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
