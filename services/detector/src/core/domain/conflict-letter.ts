/**
 * The dead letter of an event whose id was decided before with another body: the first stands, and
 * whoever sent the second is told where it lies. Ingest refuses such a body itself while it remembers
 * the first; this is for what comes later, up to the horizon of `seen-events.ts`.
 */
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
    // No body: what came of it stands in the log, at this place.
    value: { reason: 'id_conflict', event_id: eventId, where },
    headers: {
      [HEADERS.deadReason]: 'id_conflict',
      [HEADERS.deadDetail]: detail,
      [HEADERS.deadSource]: from,
      [HEADERS.deadTenant]: tenantId,
    },
  };
}
