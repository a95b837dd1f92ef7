/** Alerts as lines of a queue, each with what was done about it. */
import type { Alert, Decision } from '@waywarden/schemas';
import { doneBriefly } from '../core/done-words.ts';
import type { Containment, QueueItem } from '../core/view-model.ts';

export function queueItems(
  alerts: readonly Alert[],
  decisions: readonly Decision[],
  containments: readonly Containment[],
): readonly QueueItem[] {
  return alerts.map((alert) => {
    const id = alert.alert_id;
    const agents = alert.assembly?.contributors.map((one) => one.agent_uid) ?? [
      alert.subject.agent_uid,
    ];
    return {
      alert_id: id,
      revision: alert.revision,
      kind: alert.kind,
      severity: alert.severity,
      title: alert.title,
      state: alert.state,
      count: alert.count,
      evaluable: alert.evaluable,
      agents,
      last_event_time: alert.last_event_time,
      first_detected_at: alert.first_detected_at,
      done: doneBriefly(
        decisions.filter((one) => one.alert_ids.includes(id)),
        containments.filter((one) => one.command.alert_ids.includes(id)),
      ),
    };
  });
}
