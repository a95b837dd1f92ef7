/** Fills a replay's journal in (log time, id) order; may run again. */
import {
  type AppendRecord,
  type EventLog,
  encodeSrc,
  type LogRecord,
  type SrcMark,
} from '@waywarden/event-log';
import {
  HEADERS,
  isRecordType,
  type JournalEntry,
  type JwsKeyRing,
  TOPICS,
  validateAuditEvent,
} from '@waywarden/schemas';
import {
  MemoryTransaction,
  type Output,
  parseJson,
  type StageRecord,
  toAppendRecords,
} from '@waywarden/stage';
import { ReportedLineage, reportedOf } from '../core/containment/reported-facts.ts';
import { decideIntake, INTAKE_TOPICS } from '../core/stages/decide-intake.ts';
import { inReplayOrder } from '../core/stages/journal-order.ts';
import { RegistryOrder } from '../sequencer/read-registry-record.ts';
import { admitIntake, type IntakeTrust, parseIntake } from './responder-stages.ts';

const JOURNAL = TOPICS.responseJournal.name;
const READ_RECORDS_MAX = 1024;
const APPEND_RECORDS_MAX = 512;
const REPLAY_SOURCE = 'waywarden.replay';

export interface FillOptions extends Omit<IntakeTrust, 'registry'> {
  readonly registryKeys: JwsKeyRing;
  readonly log: EventLog;
  readonly wallClock: () => string;
  readonly onRefused?: (record: LogRecord, reason: string) => void;
  readonly calls?: true;
}

export interface Filled {
  readonly entries: number;
  readonly refused: number;
}

async function* allRecords(log: EventLog, topic: string): AsyncGenerator<LogRecord> {
  const starts = await log.startOffsets(topic);
  for (const [partition, start] of starts.entries()) {
    let offset = start;
    for (;;) {
      const records = await log.read(topic, partition, offset, READ_RECORDS_MAX);
      if (records.length === 0) break;
      yield* records;
      offset = (records.at(-1)?.offset ?? offset) + 1;
    }
  }
}

function toStageRecord(record: LogRecord, value: unknown): StageRecord {
  const type = record.headers[HEADERS.type];
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: record.key,
    type: isRecordType(type) ? type : 'event',
    value,
    source: record.topic,
  };
}

/** Sorted entries do not follow source partitions. */
function toAppend(output: Output, mark: SrcMark, producedAt: string): readonly AppendRecord[] {
  return toAppendRecords(output, {
    partitions: 1,
    source: REPLAY_SOURCE,
    src: () => encodeSrc(mark),
    producedAt,
  });
}

async function contentOf(log: EventLog): Promise<{ length: number; ids: Set<string> }> {
  const ids = new Set<string>();
  let length = 0;
  for await (const record of allRecords(log, JOURNAL)) {
    length++;
    ids.add(record.headers[HEADERS.ceId] ?? '');
  }
  return { length, ids };
}

interface Gathered {
  readonly fresh: Map<JournalEntry, Output>;
  readonly refused: number;
}

async function gatherCalls(
  log: EventLog,
  known: Set<string>,
  fresh: Map<JournalEntry, Output>,
): Promise<void> {
  const reported = new ReportedLineage();
  for await (const record of allRecords(log, TOPICS.auditEvents.name)) {
    if (record.headers[HEADERS.type] !== 'event') continue;
    const parsed = parseJson(record);
    if ('refused' in parsed || !validateAuditEvent(parsed.value)) continue;
    for (const output of reportedOf(parsed.value, reported)) {
      if (known.has(output.id)) continue;
      known.add(output.id);
      fresh.set(output.value as JournalEntry, output);
    }
  }
}

async function gather(options: FillOptions & IntakeTrust, known: Set<string>): Promise<Gathered> {
  const { log, onRefused } = options;
  const admit = admitIntake(options);
  const parse = parseIntake(options.receiverKeys);
  // Each watermark is taken once.
  const transaction = new MemoryTransaction();
  const fresh = new Map<JournalEntry, Output>();
  let refused = 0;
  for (const topic of INTAKE_TOPICS) {
    for await (const record of allRecords(log, topic)) {
      const refusal = await admit(record);
      const parsed = refusal === undefined ? parse(record) : { refused: refusal };
      if ('refused' in parsed) {
        refused++;
        onRefused?.(record, parsed.refused);
        continue;
      }
      for (const output of decideIntake(transaction, toStageRecord(record, parsed.value))) {
        if (known.has(output.id)) continue;
        known.add(output.id);
        fresh.set(output.value as JournalEntry, output);
      }
    }
  }
  if (options.calls === true) await gatherCalls(log, known, fresh);
  return { fresh, refused };
}

export async function fillJournal(options: FillOptions): Promise<Filled> {
  const { log, wallClock } = options;
  // Receipts need their keys.
  const registry = { keys: options.registryKeys, order: new RegistryOrder() };
  await options.receiverKeys.load(log, registry);
  const { incarnation } = await log.describe(JOURNAL);
  const inHand = await contentOf(log);
  const { fresh, refused } = await gather({ ...options, registry }, inHand.ids);
  const ordered = inReplayOrder([...fresh.keys()]);
  const place = { topic: REPLAY_SOURCE, incarnation, partition: 0, index: 0 };
  for (let at = 0; at < ordered.length; at += APPEND_RECORDS_MAX) {
    const records = ordered.slice(at, at + APPEND_RECORDS_MAX).flatMap((entry, next) => {
      const output = fresh.get(entry);
      fresh.delete(entry);
      const mark = { ...place, offset: inHand.length + at + next };
      return output === undefined ? [] : toAppend(output, mark, wallClock());
    });
    await log.append(records);
  }
  return { entries: ordered.length, refused };
}
