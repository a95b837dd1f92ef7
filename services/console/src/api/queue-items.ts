/** Alerts as lines of a queue, each with what was done about it and what people said of it. */
import type { Alert, Decision } from '@waywarden/schemas';
import type { Containment } from '../core/containment-model.ts';
import { doneBriefly } from '../core/done-words.ts';
import { verdictsClaimed } from '../core/said-verdict.ts';
import { verdictBrief } from '../core/verdict-words.ts';
import type { QueueItem } from '../core/view-model.ts';

interface Known {
  readonly decisions: readonly Decision[];
  readonly verdicts: readonly Decision[];
  readonly containments: readonly Containment[];
  readonly asOf: string;
}

export function queueItems(
  alerts: readonly Alert[],
  { decisions, verdicts, containments, asOf }: Known,
): readonly QueueItem[] {
  return alerts.map((alert) => {
    const id = alert.alert_id;
    const agents = alert.assembly?.contributors.map((one) => one.agent_uid) ?? [
      alert.subject.agent_uid,
    ];
    return {
      alert_id: id,
      incident_id: alert.incident_id,
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
      verdict: verdictBrief(verdictsClaimed(verdicts, alert, asOf), alert),
    };
  });
}
