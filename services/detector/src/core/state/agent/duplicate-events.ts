/**
 * Duplicates and conflicts among a partition's last `SEEN_EVENTS_MAX` events: the first stands (`decideEvent`).
 * Ingest drops most before; `packages/stage` what a restart emits again. Pages are forgotten whole.
 */
import { type AuditEvent, HEADERS, PRINT_LENGTH, TOPICS } from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';

export const SEEN_EVENTS_MAX = 1_000_000;
const PAGE_IDS = 64;

type Observation = 'first' | 'repeat' | 'conflict';

/** Without a body it is a repeat. */
function compared(known: string | number, body: string | undefined): Observation {
  if (body === undefined || typeof known === 'number' || known === body) return 'repeat';
  return 'conflict';
}

export function sightEvent(
  transaction: Transaction,
  event: { readonly id: string; readonly body?: string | undefined },
  horizon: number = SEEN_EVENTS_MAX,
): Observation {
  const { id: eventId } = event;
  const body = event.body?.slice(0, PRINT_LENGTH);
  const key = `seen|${eventId}`;
  const known = transaction.get<string | number>(key);
  if (known !== undefined) return compared(known, body);
  transaction.put(key, body ?? 1);
  const number = transaction.get<number>('seen#page') ?? 0;
  const page = [...(transaction.get<readonly string[]>(`seen#${number}`) ?? []), eventId];
  transaction.put(`seen#${number}`, page);
  const pages = Math.ceil(horizon / PAGE_IDS) + 1;
  if (page.length === PAGE_IDS) openPage(transaction, (number + 1) % pages);
  return 'first';
}

function openPage(transaction: Transaction, number: number): void {
  for (const id of transaction.get<readonly string[]>(`seen#${number}`) ?? [])
    transaction.delete(`seen|${id}`);
  transaction.put(`seen#${number}`, []);
  transaction.put('seen#page', number);
}

/** The dead letter of an event whose id was decided with another body; the first stands. */
export function conflictLetter(event: AuditEvent, record: StageRecord): Output {
  const { event_id: eventId, tenant_id: tenantId, source } = event;
  const where = `${record.source}/${record.offset}`;
  const from = `${source.kind}/${source.instance}`;
  const detail = `native_id: ${eventId} was received before with another body; the second is at ${where}`;
  return {
    topic: TOPICS.auditDeadletter.name,
    key: from,
    type: 'event',
    id: `id_conflict/${where}`,
    value: { reason: 'id_conflict', event_id: eventId, where },
    headers: {
      [HEADERS.deadReason]: 'id_conflict',
      [HEADERS.deadDetail]: detail,
      [HEADERS.deadSource]: from,
      [HEADERS.deadTenant]: tenantId,
    },
  };
}
