/** An alert as a document of the Elastic Common Schema 9.4. What an alert does not say is left out. */
import type { Alert, Severity } from '@waywarden/schemas';
import type { ExportedAlert } from './ocsf-finding.ts';

/** As Elastic's detection rules score them. */
const RISK: Readonly<Record<Severity, number>> = {
  info: 1,
  low: 21,
  medium: 47,
  high: 73,
  critical: 99,
};
const FRAMEWORKS = { attack: 'MITRE ATT&CK', atlas: 'MITRE ATLAS', owasp: 'OWASP ASI' } as const;

function threatOf({ attack = [], atlas = [], owasp = [] }: Alert['taxonomy']) {
  const lists = { attack, atlas, owasp };
  const framework = (['attack', 'atlas', 'owasp'] as const).find((one) => lists[one].length > 0);
  if (framework === undefined) return {};
  const technique = { id: [...lists[framework]] };
  return { threat: { framework: FRAMEWORKS[framework], technique } };
}

/** The other taxonomies stand in `tags`. */
export function ecsAlert({ id, alert, work: { state, triage }, url }: ExportedAlert) {
  const { subject, taxonomy } = alert;
  const agents = [...new Set([subject.agent_uid, ...alert.evidence.map((one) => one.agent_uid)])];
  const codes = [...(taxonomy.attack ?? []), ...(taxonomy.atlas ?? []), ...(taxonomy.owasp ?? [])];
  return {
    '@timestamp': alert.detected_at,
    ecs: { version: '9.4.0' },
    message: alert.title,
    tags: [...new Set([...triage.tags, ...codes])],
    labels: {
      ...{
        alert_id: alert.alert_id,
        incident_id: alert.incident_id,
        revision: String(alert.revision),
      },
      ...{ state, count: String(alert.count) },
      ...(subject.task_id === undefined ? {} : { task_id: subject.task_id }),
      ...(subject.workflow === undefined ? {} : { workflow: subject.workflow }),
      ...(triage.assignee === null ? {} : { assignee: triage.assignee }),
      ...(triage.closed === null ? {} : { classification: triage.closed.classification }),
    },
    event: {
      ...{ kind: 'alert', category: ['intrusion_detection'], type: ['indicator'] },
      ...{ module: 'waywarden', dataset: 'waywarden.alerts', action: alert.kind },
      id,
      ...{ severity: RISK[alert.severity], risk_score: RISK[alert.severity] },
      ...{ reason: alert.summary, url },
      start: alert.first_event_time,
      end: alert.last_event_time,
    },
    rule: { id: alert.rule_id, name: alert.rule_id, version: alert.rule_version },
    observer: {
      product: 'Waywarden',
      vendor: 'Waywarden',
      type: 'ids',
      version: alert.detector_version,
    },
    organization: { id: alert.tenant_id },
    gen_ai: { agent: { id: subject.agent_uid } },
    related: { user: agents },
    ...threatOf(taxonomy),
  };
}
