/**
 * What became of one event: seen, concluded, done, and a sentence. Its step is looked up in the log, newest first.
 */
import { type EventLog, partitionOf } from '@waywarden/event-log';
import { chainKey, HEADERS, TOPICS } from '@waywarden/schemas';
import type { RawRecord, StoreReader } from './store-reader.ts';

const STEP_RECORDS_MAX = 20_000;
const CHUNK_RECORDS = 1000;
const DECODER = new TextDecoder();

export interface EventFate {
  readonly event_id: string;
  readonly sentence: string;
  readonly event: RawRecord;
  readonly privilege_step: RawRecord | null;
  readonly alerts: readonly RawRecord[];
  readonly decisions: readonly RawRecord[];
  readonly commands: readonly RawRecord[];
}

async function findStep(
  log: EventLog,
  tenant: string,
  event: RawRecord,
): Promise<RawRecord | null> {
  const topic = TOPICS.privilegeSteps.name;
  const { partitions } = await log.describe(topic);
  const partition = partitionOf(chainKey(tenant, String(event['chain_id'])), partitions);
  const first = (await log.startOffsets(topic))[partition] ?? 0;
  const end = (await log.endOffsets(topic))[partition] ?? 0;
  const floor = Math.max(first, end - STEP_RECORDS_MAX);
  for (let to = end; to > floor; to -= CHUNK_RECORDS) {
    const from = Math.max(floor, to - CHUNK_RECORDS);
    const records = await log.read(topic, partition, from, to - from);
    for (const record of records.toReversed()) {
      if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
      const step = JSON.parse(DECODER.decode(record.value)) as RawRecord;
      if (step['event_id'] === event['event_id']) return step;
    }
  }
  return null;
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function sentenceOf(fate: Omit<EventFate, 'sentence'>): string {
  const step = fate.privilege_step === null ? '' : ' Combinations of calls are looked for with it.';
  if (fate.alerts.length === 0) return `Stored; no alert cites it.${step}`;
  const withheld = fate.decisions.filter((one) => one['withheld_reason'] !== null).length;
  return (
    `Stored; ${plural(fate.alerts.length, 'alert')} cite${fate.alerts.length === 1 ? 's' : ''} it.${step} ` +
    `${plural(fate.decisions.length, 'response decision')}, ${withheld} withheld; ${plural(fate.commands.length, 'command')} issued.`
  );
}

export const fieldTexts = (records: readonly RawRecord[], field: string): readonly string[] =>
  records.map((record) => String(record[field]));

/** Undefined: unknown to the store, yet. */
export async function eventFate(
  parts: { readonly store: StoreReader; readonly log: EventLog; readonly tenant: string },
  eventId: string,
): Promise<EventFate | undefined> {
  const { store, log, tenant } = parts;
  const event = await store.event(eventId);
  if (event === undefined) return undefined;
  const alerts = await store.alertsCiting(eventId);
  const alertIds = fieldTexts(alerts, 'alert_id');
  const [step, decisions, commands] = await Promise.all([
    findStep(log, tenant, event),
    store.decisionsOf(alertIds),
    store.commandsOf(alertIds),
  ]);
  const fate = { event_id: eventId, event, privilege_step: step, alerts, decisions, commands };
  return { ...fate, sentence: sentenceOf(fate) };
}
