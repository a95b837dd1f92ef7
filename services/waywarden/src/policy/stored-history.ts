/**
 * What a data folder recorded, as those who try rules need it; nothing there changes.
 */

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  type Alert,
  type AuditEvent,
  CANARY_TENANT,
  epochMs,
  HEADERS,
  type PrivilegeLink,
  type PrivilegeStep,
  type Registry,
  TOPICS,
} from '@waywarden/schemas';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { askOwner, controlHeader, ownerRefusal } from '../owner/ask-owner.ts';
import { BatchSpan } from '../runtime/batch-span.ts';
import { dataPaths, type Owner, ownerOf } from '../runtime/data-folder.ts';
import { scanTopic } from '../runtime/scan-topic.ts';

const DECODER = new TextDecoder();

const typeOf = (record: RecordedRecord) => record.headers[HEADERS.type];
const parsed = (record: RecordedRecord): unknown =>
  record.value === null ? null : JSON.parse(DECODER.decode(record.value));

/** The topics are ours and were validated when they were written: this names what stands in them. */
export async function* recordedValues<T>(
  history: RecordedHistory,
  topic: string,
  type: string,
): AsyncGenerator<T> {
  for await (const record of history.records(topic)) {
    if (record.value !== null && typeOf(record) === type) yield parsed(record) as T;
  }
}

export interface StoredEvents {
  readonly records: readonly AppendRecord[];
  readonly latest: string;
}

/** Events in batches of so many and so much time; not the made-up ones of the canary. */
export async function* storedEvents(
  history: RecordedHistory,
  { records: batch, spanMs }: { readonly records: number; readonly spanMs: number },
): AsyncGenerator<StoredEvents> {
  const span = new BatchSpan(spanMs);
  let records: AppendRecord[] = [];
  let latest = '';
  for await (const record of history.records(TOPICS.auditEvents.name)) {
    if (typeOf(record) !== 'event') continue;
    const { topic, key, value, headers } = record;
    const { event_time: time, tenant_id: tenant } = parsed(record) as Pick<
      AuditEvent,
      'event_time' | 'tenant_id'
    >;
    if (tenant === CANARY_TENANT) continue;
    if (records.length >= batch || span.isOver(epochMs(time))) {
      yield { records, latest };
      records = [];
      span.begin();
    }
    span.take(epochMs(time));
    records.push({ topic, key, value, headers });
    if (time > latest) latest = time;
  }
  if (records.length > 0) yield { records, latest };
}

interface StoredControl {
  readonly kind: string;
  readonly tenant_id: string;
  readonly registry?: Registry;
}

/** The last registry of each tenant that has events or rules; undefined where there is none. */
export async function storedRegistries(
  history: RecordedHistory,
): Promise<ReadonlyMap<string, Registry | undefined>> {
  const found = new Map<string, Registry | undefined>();
  for await (const control of recordedValues<StoredControl>(
    history,
    TOPICS.auditEvents.name,
    'control',
  )) {
    const before = found.get(control.tenant_id);
    found.set(control.tenant_id, control.kind === 'registry' ? control.registry : before);
  }
  return found;
}

export async function storedAlert(
  history: RecordedHistory,
  id: string,
): Promise<Alert | undefined> {
  let found: Alert | undefined;
  for await (const alert of recordedValues<Alert>(history, TOPICS.alerts.name, 'event')) {
    if (alert.alert_id === id) found = alert;
  }
  return found;
}

/** What the assembly stage was told of a chain. */
export interface ChainRecords {
  readonly steps: readonly PrivilegeStep[];
  /** Those that concern the chain, in the order in which they were told. */
  readonly links: readonly PrivilegeLink[];
}

/** A call, and not a note that stages tell each other beside the calls (`workload`). */
export function isChainStep(one: object): one is PrivilegeStep {
  return 'exercise' in one && !('workload' in one);
}

export async function storedChain(history: RecordedHistory, chain: string): Promise<ChainRecords> {
  const steps = new Map<string, PrivilegeStep>();
  const links: PrivilegeLink[] = [];
  // Links stand among the steps.
  const topic = TOPICS.privilegeSteps.name;
  for await (const one of recordedValues<PrivilegeStep | PrivilegeLink>(history, topic, 'event')) {
    if ('from_event' in one) {
      if (one.chain_id === chain || one.hub === true) links.push(one);
    } else if (one.chain_id === chain && isChainStep(one)) steps.set(one.event_id, one);
  }
  const [first] = steps.values();
  const own = links.filter((link) => link.tenant_id === first?.tenant_id);
  return { steps: [...steps.values()], links: own };
}

/**
 * Records of a topic out of a data folder: read from its log, or asked of the owner that runs, beside whom no log
 * is read.
 */
type RecordedRecord = Pick<LogRecord, 'topic' | 'key' | 'value' | 'headers'>;

export interface RecordedHistory {
  /** In the log's order, up to where the topic ended when it was asked. */
  records(topic: string): AsyncIterable<RecordedRecord>;
}

const line = z.union([
  z.object({
    key: z.string().nullable(),
    value: z.string().nullable(),
    headers: z.record(z.string(), z.string()),
  }),
  z.object({ end: z.literal(true) }),
  z.object({ failed: z.string() }),
]);
const ENCODER = new TextEncoder();

async function* askForRecords(
  url: string,
  owner: Owner,
  topic: string,
): AsyncGenerator<RecordedRecord> {
  const at = `${url}/v1/log/${topic}`;
  const response = await askOwner(at, { headers: controlHeader(url, owner) });
  if (!response.ok || response.body === null) throw await ownerRefusal(at, response);
  for await (const text of createInterface({ input: Readable.fromWeb(response.body) })) {
    const parsed = line.parse(JSON.parse(text));
    if ('end' in parsed) return;
    if ('failed' in parsed) throw new UsageError(`${at} could not be read: ${parsed.failed}`);
    const { key, value, headers } = parsed;
    yield { topic, key, value: value === null ? null : ENCODER.encode(value), headers };
  }
  throw new UsageError(`${at} ended before it had told everything. Does "waywarden up" still run?`);
}

/** UsageError where there is no folder, or where whoever has it answers nothing. */
export async function withRecordedHistory<T>(
  folder: string,
  use: (history: RecordedHistory) => Promise<T>,
): Promise<T> {
  const paths = dataPaths(folder);
  if (!existsSync(paths.log)) {
    throw new UsageError(`${paths.root}: no data folder; name one that up or replay wrote.`);
  }
  const owner = ownerOf(paths);
  if (owner !== undefined && owner.pid !== process.pid) {
    const { url } = owner;
    if (url !== null) return use({ records: (topic) => askForRecords(url, owner, topic) });
    throw new UsageError(
      `${paths.root} is in use by "waywarden ${owner.command}" (process ${owner.pid}), which answers no questions. Wait until it has ended, or name files with --events.`,
    );
  }
  const log = await openLmdbLog({ path: paths.log, readOnly: true });
  try {
    return await use({ records: (topic) => scanTopic(log, topic) });
  } finally {
    await log.close();
  }
}
