/**
 * What a data folder recorded, read without touching it: the accepted events, the registry that was
 * in force last, the privilege steps of a chain, an alert by its id. Nobody else may
 * have the folder meanwhile: the log is not read beside its owner.
 */
import { existsSync } from 'node:fs';
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { type Alert, HEADERS, type PrivilegeStep, type Registry, TOPICS } from '@waywarden/schemas';
import { UsageError } from '../commands/command-output.ts';
import { dataPaths, ownerOf } from '../embedded/data-folder.ts';
import { scanTopic } from '../embedded/scan-topic.ts';

const DECODER = new TextDecoder();

export async function withStoredLog<T>(
  folder: string,
  use: (log: EventLog) => Promise<T>,
): Promise<T> {
  const paths = dataPaths(folder);
  if (!existsSync(paths.log)) {
    throw new UsageError(`${paths.root}: no data folder; name one that up or replay wrote.`);
  }
  const owner = ownerOf(paths);
  if (owner !== undefined && owner.pid !== process.pid) {
    throw new UsageError(
      `${paths.root} is in use by "waywarden ${owner.command}" (process ${owner.pid}), and its log can't be read beside it. Stop it and run this again, or name files with --events.`,
    );
  }
  const log = await openLmdbLog({ path: paths.log, readOnly: true });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

const typeOf = (record: LogRecord) => record.headers[HEADERS.type];
const parsed = (record: LogRecord): unknown =>
  record.value === null ? null : JSON.parse(DECODER.decode(record.value));

/** The topics are ours and were validated when they were written: this names what stands in them. */
async function* valuesOf<T>(log: EventLog, topic: string, type: string): AsyncGenerator<T> {
  for await (const record of scanTopic(log, topic)) {
    if (record.value !== null && typeOf(record) === type) yield parsed(record) as T;
  }
}

export interface StoredEvents {
  readonly records: readonly AppendRecord[];
  readonly latest: string;
}

/** Event records in batches, as they can be appended to another log. */
export async function* storedEvents(log: EventLog, batch: number): AsyncGenerator<StoredEvents> {
  let records: AppendRecord[] = [];
  let latest = '';
  for await (const record of scanTopic(log, TOPICS.auditEvents.name)) {
    if (typeOf(record) !== 'event') continue;
    const { topic, key, value, headers } = record;
    records.push({ topic, key, value, headers });
    const time = (parsed(record) as { readonly event_time: string }).event_time;
    if (time > latest) latest = time;
    if (records.length < batch) continue;
    yield { records, latest };
    records = [];
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
  log: EventLog,
): Promise<ReadonlyMap<string, Registry | undefined>> {
  const found = new Map<string, Registry | undefined>();
  for await (const control of valuesOf<StoredControl>(log, TOPICS.auditEvents.name, 'control')) {
    const before = found.get(control.tenant_id);
    found.set(control.tenant_id, control.kind === 'registry' ? control.registry : before);
  }
  return found;
}

export async function storedAlert(log: EventLog, id: string): Promise<Alert | undefined> {
  let found: Alert | undefined;
  for await (const alert of valuesOf<Alert>(log, TOPICS.alerts.name, 'event')) {
    if (alert.alert_id === id) found = alert;
  }
  return found;
}

export async function storedSteps(log: EventLog, chain: string): Promise<readonly PrivilegeStep[]> {
  const found = new Map<string, PrivilegeStep>();
  for await (const step of valuesOf<PrivilegeStep>(log, TOPICS.privilegeSteps.name, 'event')) {
    // Links stand among the steps.
    if (step.chain_id === chain && 'exercise' in step) found.set(step.event_id, step);
  }
  return [...found.values()];
}
