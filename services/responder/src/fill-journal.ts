/**
 * Fills the journal of a replay: everything that alerts, receipts and registry hold, in (log time,
 * id) order, so that budgets, sequence numbers and the hash chain do not depend on partition counts
 * or scheduling. To be called once, when the detector has settled, instead of running intake; a
 * journal that holds something is left as it is, because entries would then be decided twice.
 */
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import { HEADERS, isRecordType, type JournalEntry, TOPICS } from '@waywarden/schemas';
import { MemoryDraft, type StageRecord } from '@waywarden/stage';
import { decideIntake, INTAKE_TOPICS } from './core/decide-intake.ts';
import { inReplayOrder } from './core/journal-order.ts';
import { admitIntake, type IntakeTrust, parseIntake } from './responder-stages.ts';

const JOURNAL = TOPICS.responseJournal.name;
const READ_RECORDS_MAX = 1024;
const APPEND_RECORDS_MAX = 512;
const ENCODER = new TextEncoder();

export interface FillOptions extends IntakeTrust {
  readonly log: EventLog;
  readonly wallClock: () => string;
  readonly onRefused?: (record: LogRecord, reason: string) => void;
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

/** No `ww_src`: sorted entries do not follow their source partitions, and would look like repeats. */
function toAppend(entry: JournalEntry, producedAt: string): AppendRecord {
  return {
    topic: JOURNAL,
    partition: 0,
    key: null,
    value: ENCODER.encode(JSON.stringify(entry)),
    headers: {
      [HEADERS.contentType]: 'application/json',
      [HEADERS.type]: 'event',
      [HEADERS.producedAt]: producedAt,
    },
  };
}

export async function fillJournal(options: FillOptions): Promise<Filled> {
  const { log, wallClock, onRefused } = options;
  const [end = 0] = await log.endOffsets(JOURNAL);
  if (end > 0) return { entries: 0, refused: 0 };
  // Registries first: receipts are believed by the keys that they hold.
  await options.receiverKeys.load(log, options.registryKeys);
  const admit = admitIntake(options);
  const parse = parseIntake(options.receiverKeys);
  // One draft for all partitions, so that each watermark is taken once.
  const draft = new MemoryDraft();
  const entries: JournalEntry[] = [];
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
      const outputs = decideIntake(draft, toStageRecord(record, parsed.value));
      entries.push(...outputs.map((output) => output.value as JournalEntry));
    }
  }
  const records = inReplayOrder(entries).map((entry) => toAppend(entry, wallClock()));
  for (let at = 0; at < records.length; at += APPEND_RECORDS_MAX) {
    await log.append(records.slice(at, at + APPEND_RECORDS_MAX));
  }
  return { entries: entries.length, refused };
}
