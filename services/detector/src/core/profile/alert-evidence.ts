/**
 * On which events an alert rests: what one completion brings, and what is listed of many. The earliest stay,
 * since they say how it began; what is proven, or of the piece of work at hand, goes before them.
 */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import type { FacetAlarm } from '../facets/facet.ts';
import { gravestOf } from '../gravest-capability.ts';

/** Events listed as evidence; the count tells of the rest. */
const EVIDENCE_MAX = 16;

export function evidenceOf(event: AuditEvent, alarm: FacetAlarm): Alert['evidence'] {
  const own: Alert['evidence'][number] = {
    event_id: event.event_id,
    agent_uid: event.agent.uid,
    role: 'deviating_call',
    assurance: event.agent.assurance,
  };
  const capability = gravestOf(event.capabilities);
  if (event.native_id !== undefined) own.native_id = event.native_id;
  if (capability !== undefined) own.capability = capability;
  if (alarm.evidence.length === 0) return [own];
  const { uid: agent_uid } = event.agent;
  const others = alarm.evidence.map(
    ({ eventId: event_id, nativeId: native_id, role, assurance }) =>
      native_id === undefined
        ? { event_id, agent_uid, role, assurance }
        : { event_id, native_id, agent_uid, role, assurance },
  );
  return [own, ...others];
}

/** What is listed already stays in its place; once the list is full, most completions change nothing in it. */
export function withEvidence(
  listed: Alert['evidence'],
  added: Alert['evidence'],
  leads: boolean,
): Alert['evidence'] {
  const isKept = added.length === 0 || (!leads && listed.length === EVIDENCE_MAX);
  if (isKept && listed.length <= EVIDENCE_MAX) return listed;
  return (leads ? [...added, ...listed] : [...listed, ...added]).slice(0, EVIDENCE_MAX);
}
