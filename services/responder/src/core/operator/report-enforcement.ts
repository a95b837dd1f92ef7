/** Tells receivers on the log that enforcement is paused, or goes on. No order, no receipt. */
import {
  type EnforcementNotice,
  epochMs,
  noticeKey,
  TOPICS,
  uuidV5,
  WAYWARDEN_NAMESPACE,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { audienceOf } from '../commands/build-command.ts';
import { pauseState, putPause } from '../guards/enforcement-pause.ts';
import type { TakenAct } from '../model/people.ts';

const numberKey = (tenantId: string) => `enforcement_notice|${tenantId}`;

/** Also where its state was lost: old acts are not taken. */
function nextNumber(transaction: Transaction, { tenant_id: tenantId, at }: TakenAct): number {
  const number = Math.max(epochMs(at), (transaction.get<number>(numberKey(tenantId)) ?? 0) + 1);
  transaction.put(numberKey(tenantId), number);
  return number;
}

export function reportEnforcement(
  transaction: Transaction,
  act: TakenAct,
  by: readonly string[],
): Output {
  const { tenant_id: tenantId, at } = act;
  const notice: EnforcementNotice = {
    kind: 'enforcement',
    tenant_id: tenantId,
    audience: audienceOf(tenantId),
    paused: act.act === 'pause',
    number: nextNumber(transaction, act),
    since: at,
    by: [...by],
    reason: pauseState(transaction, tenantId).reason,
  };
  return {
    topic: TOPICS.revocationCommands.name,
    key: noticeKey(tenantId),
    type: 'control',
    value: notice,
    id: uuidV5(WAYWARDEN_NAMESPACE, `enforcement|${tenantId}|${notice.number}`),
    time: at,
  };
}

export function goOnAsReported(transaction: Transaction, notice: EnforcementNotice): void {
  const { tenant_id: tenantId, paused, by, since, reason, number } = notice;
  if (number <= (transaction.get<number>(numberKey(tenantId)) ?? 0)) return;
  transaction.put(numberKey(tenantId), number);
  putPause(transaction, tenantId, { paused, by, sinceMs: epochMs(since), reason });
}
