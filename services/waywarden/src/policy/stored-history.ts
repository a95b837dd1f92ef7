/**
 * What a data folder recorded, as those who try rules need it; nothing there changes.
 */
import type { AppendRecord } from '@waywarden/event-log';
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
import { BatchSpan } from '../runtime/batch-span.ts';
import type { RecordedHistory, RecordedRecord } from './recorded-history.ts';

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
