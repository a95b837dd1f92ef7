/** The dead letter of an event whose id was decided with another body; the first stands. */
import { type AuditEvent, HEADERS, TOPICS } from '@waywarden/schemas';
import type { Output, StageRecord } from '@waywarden/stage';

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
