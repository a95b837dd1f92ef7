import { type Alert, alertKey, TOPICS } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';

export function alertOutput(alert: Alert): Output {
  return {
    topic: TOPICS.alerts.name,
    key: alertKey(alert.tenant_id, alert.alert_id),
    type: 'event',
    value: alert,
    id: `${alert.alert_id}/${alert.revision}`,
    subject: alert.subject.agent_uid,
    time: alert.detected_at,
  };
}
