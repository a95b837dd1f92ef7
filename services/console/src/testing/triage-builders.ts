/** Alerts and acts for tests: what a test sets is what it is about. */
import type { Alert, TriageAct } from '@waywarden/schemas';

const TIME = '2026-11-24T09:00:00Z';

/** The same UUID for the same number. */
export const uuidOf = (n: number): string =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export function buildAlert(fields: Partial<Alert> = {}): Alert {
  const at = fields.last_event_time ?? TIME;
  return {
    alert_id: uuidOf(1),
    revision: 1,
    state: 'open',
    count: 1,
    incident_id: uuidOf(900),
    tenant_id: 'acme',
    kind: 'hijack_suspected',
    rule_id: 'hijack',
    rule_version: '1',
    severity: 'high',
    confidence: null,
    score: 1,
    evaluable: true,
    subject: { agent_uid: 'spiffe://acme/agent/mail-1' },
    first_event_time: at,
    last_event_time: at,
    first_detected_at: at,
    detected_at: at,
    title: 'mail-1 obeyed text in a mail instead of its task',
    summary: 'It forwarded customers to an outside address.',
    reasons: [],
    evidence: [],
    not_visible: [],
    taxonomy: {},
    policy_version: 'p',
    detector_version: 'd',
    ...fields,
  };
}

export function buildAct(fields: Partial<TriageAct> = {}): TriageAct {
  return {
    act_id: uuidOf(5_000),
    tenant_id: 'acme',
    act: 'change',
    by: 'ana',
    at: '2026-11-24T09:05:00Z',
    reason: 'looked at it',
    alerts: [
      { alert_id: uuidOf(1), revision: 1, count: 1, severity: 'high', last_event_time: TIME },
    ],
    ...fields,
  };
}
