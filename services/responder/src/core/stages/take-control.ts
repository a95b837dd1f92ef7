import type { ControlRecord } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { noteNewReceivers, receiversNow } from '../commands/extend-order.ts';
import { dropBudget } from '../guards/rule-budget.ts';
import { applyControl } from '../model/tenant-rules.ts';

export function takeControl(transaction: Transaction, control: ControlRecord, nowMs: number): void {
  const { tenant_id: tenantId } = control;
  const before = receiversNow(transaction, tenantId);
  for (const id of applyControl(transaction, control)) dropBudget(transaction, tenantId, id);
  if (receiversNow(transaction, tenantId) !== before)
    noteNewReceivers(transaction, tenantId, nowMs);
}
