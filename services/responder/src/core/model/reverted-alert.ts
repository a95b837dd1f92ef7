/** What people took back stays so until the alert is graver or a day passed. */
import { type Alert, epochMs, severityAtLeast } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { remember } from './alert-verdict.ts';
import type { IssuedCommand } from './issued-command.ts';

const STAYS_MS = 86_400_000;

interface Reverted {
  readonly severity: Alert['severity'];
  readonly atMs: number;
}

const alertKeyOf = (tenantId: string, alertId: string) => `reverted|${tenantId}|${alertId}`;

export function isReverted(transaction: Transaction, alert: Alert): boolean {
  const one = transaction.get<Reverted>(alertKeyOf(alert.tenant_id, alert.alert_id));
  if (one === undefined || epochMs(alert.detected_at) - one.atMs > STAYS_MS) return false;
  return severityAtLeast(one.severity, alert.severity);
}

export function noteReverted(
  transaction: Transaction,
  lifted: readonly IssuedCommand[],
  atMs: number,
): void {
  for (const { command, holders } of lifted) {
    for (const id of holders) {
      const key = alertKeyOf(command.tenant_id, id);
      const before = transaction.get<Reverted>(key)?.severity ?? command.severity;
      const severity = severityAtLeast(before, command.severity) ? before : command.severity;
      remember(transaction, 'reverted', key, { severity, atMs });
    }
  }
}
