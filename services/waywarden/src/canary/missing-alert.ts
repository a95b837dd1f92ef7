/** The alert that the canary is missing, written by whoever proves. Its subject is Waywarden itself. */
import type { AppendRecord } from '@waywarden/event-log';
import {
  type Alert,
  alertId,
  alertKey,
  cloudEventType,
  HEADERS,
  incidentId,
  type MacKey,
  macHeaders,
  TOPICS,
} from '@waywarden/schemas';
import type { CanaryProof, CanaryReport } from './canary-state.ts';

const KIND = 'canary_missing';
const RULE = 'canary';
const RULE_VERSION = '1';
const SUBJECT = 'waywarden/canary';
const ENCODER = new TextEncoder();

const WAYS: Readonly<Record<CanaryProof, string>> = {
  hijack: 'an agent that obeys a mail',
  assembly: 'three agents that together carry a customer’s data out',
  leak: 'a call that goes on after its access was taken',
};

export interface MissingParts {
  readonly tenantId: string;
  readonly report: CanaryReport;
  /** RFC 3339; names the alert. */
  readonly since: string;
}

export function missingAlert({ tenantId, report, since }: MissingParts): Alert {
  const missed = report.missing.join(', ');
  return {
    alert_id: alertId({ tenantId, kind: KIND, ruleId: RULE, alertKey: since }),
    ...{ revision: 1, state: 'open', count: 1 },
    incident_id: incidentId(tenantId, `${KIND}|${since}`),
    ...{ tenant_id: tenantId, kind: KIND, rule_id: RULE, rule_version: RULE_VERSION },
    // Seen, not estimated.
    ...{ severity: 'critical', confidence: 1, score: 1, evaluable: true },
    confidence_basis: 'proof',
    subject: { agent_uid: SUBJECT },
    ...{ first_event_time: since, last_event_time: since },
    ...{ first_detected_at: since, detected_at: since },
    title: `Detection is in doubt: made-up ${missed} not found`,
    summary: report.sentence,
    reasons: report.missing.map((proof) => ({
      feature: 'canary',
      text: `${WAYS[proof]} was made up and sent the real way, and no alert told of it in time.`,
      expected: 'found',
      observed: 'not found',
      threshold_source: 'static',
    })),
    evidence: [],
    not_visible: [
      'Which part does not work: ingest, detector or response. `status` and `doctor` show how far each has come.',
    ],
    taxonomy: {},
    policy_version: 'none',
    detector_version: 'canary',
    decisive_assurance: 'attested',
  };
}

export function sealedAlert(alert: Alert, key: MacKey, producedAt: string): AppendRecord {
  const headers = {
    [HEADERS.ceSpecversion]: '1.0',
    [HEADERS.ceId]: `${alert.alert_id}/${alert.revision}`,
    [HEADERS.ceSource]: 'urn:waywarden:canary',
    [HEADERS.ceType]: cloudEventType(TOPICS.alerts.name),
    [HEADERS.ceTime]: alert.detected_at,
    [HEADERS.contentType]: 'application/json',
    [HEADERS.type]: 'event',
    [HEADERS.producedAt]: producedAt,
  };
  const value = ENCODER.encode(JSON.stringify(alert));
  const bare = {
    ...{ topic: TOPICS.alerts.name, key: alertKey(alert.tenant_id, alert.alert_id) },
    ...{ value, headers },
  };
  return { ...bare, headers: { ...headers, ...macHeaders(bare, key) } };
}
