/** Commands that a receiver gets next. What a pause withholds is passed over and read again later. */
import type { EventLog, LogRecord } from '@waywarden/event-log';
import {
  epochMs,
  HEADERS,
  type RevocationCommand,
  TOPICS,
  waitsForResume,
} from '@waywarden/schemas';
import { parseJson } from '@waywarden/stage';
import type { Responder } from './start-responder.ts';

const COMMANDS = TOPICS.revocationCommands.name;
const READ_RECORDS_MAX = 500;

export interface HandedCommand {
  readonly key: string;
  /** One JWS. */
  readonly jws: string;
}

export interface Handed {
  readonly commandId: string;
  readonly agentUid: string;
  readonly partition: number;
  readonly offset: number;
  readonly waits: boolean;
}

export interface FeedPlace {
  readonly offsets: number[];
  /** Null: nothing waits. */
  readonly pendingFrom: (number | null)[];
}

export interface Collecting {
  readonly log: EventLog;
  readonly orders: Pick<FeedOrders, 'isPaused' | 'isReverted'>;
  readonly tenantId: string;
  readonly receiver: string;
  readonly limit: number;
  readonly nowMs: number;
}

interface Collected {
  readonly commands: HandedCommand[];
  readonly handed: Handed[];
}

export function isBehind({ offsets, pendingFrom }: FeedPlace, one: Handed): boolean {
  const from = pendingFrom[one.partition] ?? null;
  const isInHandAgain = one.waits && from !== null && one.offset >= from;
  return one.offset < (offsets[one.partition] ?? 0) && !isInHandAgain;
}

function jwsOf({ value, headers }: LogRecord): string {
  const payload = Buffer.from(value ?? new Uint8Array()).toString('base64url');
  return (headers[HEADERS.sig] ?? '..').replace('..', `.${payload}.`);
}

function addressed(of: Collecting, record: LogRecord): RevocationCommand | undefined {
  // For those who read the log.
  if (record.headers[HEADERS.type] === 'control') return undefined;
  const parsed = parseJson(record);
  if ('refused' in parsed) return undefined;
  const command = parsed.value as RevocationCommand;
  const isOwn = command.tenant_id === of.tenantId && command.receivers.includes(of.receiver);
  return isOwn ? command : undefined;
}

interface Stretch {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly isWanted: (command: RevocationCommand, offset: number) => boolean;
}

async function readStretch(of: Collecting, stretch: Stretch, into: Collected): Promise<number> {
  const { partition, to, isWanted } = stretch;
  let at = stretch.from;
  while (at < to && into.commands.length < of.limit) {
    const records = await of.log.read(COMMANDS, partition, at, READ_RECORDS_MAX);
    if (records.length === 0) break;
    for (const record of records) {
      if (into.commands.length >= of.limit || record.offset >= to) break;
      at = record.offset + 1;
      const command = addressed(of, record);
      if (command === undefined || !isWanted(command, record.offset)) continue;
      const { command_id: commandId, target } = command;
      const where = { partition, offset: record.offset, waits: waitsForResume(command) };
      into.commands.push({ key: record.key ?? '', jws: jwsOf(record) });
      into.handed.push({ commandId, agentUid: target.agent_uid, ...where });
    }
  }
  return at;
}

export async function collectCommands(of: Collecting, place: FeedPlace): Promise<Collected> {
  const { log, orders, tenantId } = of;
  const ends = await log.endOffsets(COMMANDS);
  const isPaused = orders.isPaused(tenantId);
  const into: Collected = { commands: [], handed: [] };
  for (const [partition, offset] of place.offsets.entries()) {
    const from = place.pendingFrom[partition] ?? null;
    if (from !== null && !isPaused) {
      const isWanted = (one: RevocationCommand) =>
        waitsForResume(one) &&
        !orders.isReverted(one.command_id) &&
        epochMs(one.expires_at) > of.nowMs;
      const at = await readStretch(of, { partition, from, to: offset, isWanted }, into);
      const isDone = at >= offset || into.commands.length < of.limit;
      place.pendingFrom[partition] = isDone ? null : at;
      if (!isDone) continue;
    }
    const isWanted = (one: RevocationCommand, at: number) => {
      if (!isPaused || !waitsForResume(one)) return true;
      place.pendingFrom[partition] ??= at;
      return false;
    };
    const to = ends[partition] ?? 0;
    place.offsets[partition] = await readStretch(
      of,
      { partition, from: offset, to, isWanted },
      into,
    );
  }
  return into;
}

export interface FeedOrders {
  /** Undefined: never given, or forgotten. */
  readonly commandOf: (commandId: string) => RevocationCommand | undefined;
  readonly isReverted: (commandId: string) => boolean;
  readonly isPaused: (tenantId: string) => boolean;
  /** False: it ended instead. */
  readonly restored: () => Promise<boolean>;
}

export function feedOrdersOf({ containments, restored }: Responder): FeedOrders {
  return {
    commandOf: (id) => containments.issued(id)?.command,
    isReverted: (id) => containments.issued(id)?.restored === true,
    isPaused: (tenantId) => containments.pauseOf(tenantId).paused,
    restored: () => restored(),
  };
}
