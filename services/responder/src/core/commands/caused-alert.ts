import { formatLogTime } from '@waywarden/schemas';
import type { Cause, IssuedCommand } from '../model/issued-command.ts';
import { basisOf, type CommandAlert } from './build-command.ts';

export function causedAlert(
  { command }: Pick<IssuedCommand, 'command'>,
  cause: Cause,
  nowMs: number,
): CommandAlert {
  return {
    tenant_id: command.tenant_id,
    alert_id: cause.alertId,
    revision: cause.revision,
    incident_id: command.incident_id,
    detected_at: formatLogTime({ ms: nowMs, ns: 0 }),
    title: cause.title,
    severity: command.severity,
    confidence: command.confidence,
    ...basisOf(command),
    evidence: command.evidence,
  };
}
