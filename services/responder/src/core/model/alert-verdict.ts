/** What people found of an alert; the last word counts. */
import type { Alert, OperatorAct } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { IssuedCommand } from './issued-command.ts';
import type { Approval } from './people.ts';

/** Of one kind. */
const REMEMBERED_MAX = 10_000;

/** What people said; the earliest are forgotten. */
export function remember(
  transaction: Transaction,
  ring: string,
  key: string,
  value: unknown,
): void {
  if (transaction.get(key) === undefined) {
    const next = transaction.get<number>(ring) ?? 0;
    const slot = `${ring}#${next % REMEMBERED_MAX}`;
    const evicted = transaction.get<string>(slot);
    if (evicted !== undefined) transaction.delete(evicted);
    transaction.put(slot, key);
    transaction.put(ring, next + 1);
  }
  transaction.put(key, value);
}

interface Verdict {
  readonly isRight: boolean;
  readonly approval: Approval;
}

const keyOf = (tenantId: string, alertId: string) => `verdict|${tenantId}|${alertId}`;

const alertedKey = (tenantId: string, alertId: string) => `alerted|${tenantId}|${alertId}`;

export function noteAlerted(
  transaction: Transaction,
  { tenant_id: tenantId, alert_id: id, subject }: Alert,
) {
  const key = alertedKey(tenantId, id);
  if (transaction.get(key) === undefined) remember(transaction, 'alerted', key, subject.agent_uid);
}

/** At its first report. */
export const alertedAgent = (transaction: Transaction, tenantId: string, alertId: string) =>
  transaction.get<string>(alertedKey(tenantId, alertId));

/** Undefined: nobody so far. */
export function truePositive(
  transaction: Transaction,
  { command, holders, cause }: IssuedCommand,
): Approval | undefined {
  const alerts = new Set([...holders, ...(cause === null ? [] : [cause.alertId])]);
  for (const alertId of alerts) {
    const verdict = transaction.get<Verdict>(keyOf(command.tenant_id, alertId));
    if (verdict?.isRight === true) return verdict.approval;
  }
  return undefined;
}

export function rememberVerdict(
  transaction: Transaction,
  { tenant_id: tenantId, alert_id: alertId = '' }: Pick<OperatorAct, 'tenant_id' | 'alert_id'>,
  verdict: Verdict,
): void {
  remember(transaction, 'verdicts', keyOf(tenantId, alertId), verdict);
}
