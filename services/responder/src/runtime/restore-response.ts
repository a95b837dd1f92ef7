/** Restores the response stage's chain head, numbers and place from its topics. Orders in force end by themselves. */
import {
  type Applied,
  decodeSrc,
  type EventLog,
  type LogRecord,
  srcPartition,
} from '@waywarden/event-log';
import {
  type Decision,
  type EnforcementNotice,
  enforcementNoticeSchema,
  HEADERS,
  type JournalEntry,
  type JwsKeyRing,
  type RevocationCommand,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import {
  type Decide,
  type LocalState,
  MemoryTransaction,
  type PlacedGap,
  parseJson,
  rememberGap,
  stageSpace,
} from '@waywarden/stage';
import type { ChainHead } from '../core/model/decision-chain.ts';
import { goOnAfter, goOnNumbering } from '../core/model/response-context.ts';
import { goOnAsReported } from '../core/operator/report-enforcement.ts';
import { toControlRecord } from '../core/stages/registry-record.ts';
import { lastRules } from '../sequencer/last-rules.ts';

const READ_RECORDS_MAX = 1_000;

export interface RestoreParts {
  readonly log: EventLog;
  readonly state: LocalState;
  readonly name: string;
  readonly decide: Decide;
  readonly registryKeys: JwsKeyRing;
  readonly commandKeys: JwsKeyRing;
}

export interface RestoredResponse {
  readonly gap: PlacedGap;
  /** 0: none. */
  readonly decisionSeq: number;
  readonly agents: number;
}

interface Head extends ChainHead {
  readonly decided_at: string | null;
}

async function* recordsOf(log: EventLog, topic: string, until?: number): AsyncGenerator<LogRecord> {
  for (const [partition, start] of (await log.startOffsets(topic)).entries()) {
    let at = start;
    for (;;) {
      const records = await log.read(topic, partition, at, READ_RECORDS_MAX);
      if (records.length === 0) break;
      for (const record of records) {
        if (until !== undefined && record.offset >= until) return;
        yield record;
      }
      at = (records.at(-1)?.offset ?? at) + 1;
    }
  }
}

function contentOf(record: LogRecord): unknown {
  const parsed = parseJson(record);
  return 'value' in parsed ? parsed.value : undefined;
}

/** Only what was signed here is believed. */
async function noticeOf(
  record: LogRecord,
  keys: JwsKeyRing,
): Promise<EnforcementNotice | undefined> {
  if (record.headers[HEADERS.type] !== 'control') return undefined;
  const binding = { topic: record.topic };
  const verdict = await verifyDetached(record.value, record.headers[HEADERS.sig], keys, binding);
  const parsed = enforcementNoticeSchema.safeParse(contentOf(record));
  return verdict.ok && parsed.success ? parsed.data : undefined;
}

function afterCause(record: LogRecord, incarnation: string): number {
  const mark = decodeSrc(record.headers[HEADERS.src] ?? '');
  const isJournal = mark?.topic === TOPICS.responseJournal.name && mark.incarnation === incarnation;
  return isJournal ? mark.offset + 1 : 0;
}

async function marksOf(log: EventLog, until: number): Promise<Record<string, Applied>> {
  const marks: Record<string, Applied> = {};
  for await (const { headers } of recordsOf(log, TOPICS.responseJournal.name, until)) {
    const mark = decodeSrc(headers[HEADERS.src] ?? '');
    if (mark !== undefined) marks[srcPartition(mark)] = { offset: mark.offset, index: mark.index };
  }
  return marks;
}

/** Undefined: nothing to restore. */
export async function restoreResponse(parts: RestoreParts): Promise<RestoredResponse | undefined> {
  const { log, state, name, decide, registryKeys, commandKeys } = parts;
  const journal = await log.describe(TOPICS.responseJournal.name);
  const space = stageSpace(name, journal.name, journal.incarnation, 0);
  const known = state.progress<Record<string, Applied>>(space, {});
  const [start = 0] = await log.startOffsets(journal.name);
  if (known.nextOffset >= start) return undefined;
  const transaction = new MemoryTransaction();
  let nextOffset = start;
  let head: Head = { seq: 0, hash: '', decided_at: null };
  for await (const record of recordsOf(log, TOPICS.decisions.name)) {
    nextOffset = Math.max(nextOffset, afterCause(record, journal.incarnation));
    const decision = contentOf(record) as Decision | undefined;
    if (decision !== undefined && decision.seq > head.seq) head = decision;
  }
  if (head.seq > 0) goOnAfter(transaction, { seq: head.seq, hash: head.hash });
  const agents = new Set<string>();
  for await (const record of recordsOf(log, TOPICS.revocationCommands.name)) {
    nextOffset = Math.max(nextOffset, afterCause(record, journal.incarnation));
    const notice = await noticeOf(record, commandKeys);
    if (notice !== undefined) goOnAsReported(transaction, notice);
    if (record.headers[HEADERS.type] === 'control') continue;
    const command = contentOf(record) as RevocationCommand | undefined;
    if (command === undefined) continue;
    goOnNumbering(transaction, command);
    agents.add(`${command.tenant_id}|${command.target.agent_uid}`);
  }
  for (const { record, offset } of await lastRules(log, registryKeys)) {
    const value: JournalEntry = { kind: 'control', control: toControlRecord(record, offset + 1) };
    const place = {
      topic: journal.name,
      partition: 0,
      offset: start,
      key: null,
      source: 'registry',
    };
    decide(transaction, { ...place, type: 'event', value });
  }
  const marks = await marksOf(log, nextOffset);
  const gap = { missingFrom: known.nextOffset, beginsAt: nextOffset, beginsTime: head.decided_at };
  rememberGap(transaction, gap);
  const retained = state.transaction(space);
  for (const [key, value] of transaction.entries) retained.put(key, value);
  retained.keep();
  await state.commit(space, { nextOffset, marks });
  const place = { stage: name, topic: journal.name, partition: 0 };
  return { gap: { ...gap, ...place }, decisionSeq: head.seq, agents: agents.size };
}
