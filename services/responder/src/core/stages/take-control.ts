/** A new version of a tenant's policy or registry: what it brings to an end, and what it reaches anew. */
import type { ControlRecord } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { noteNewReceivers, receiversNow } from '../commands/extend-order.ts';
import { dropBudget } from '../guards/rule-budget.ts';
import { applyControl } from '../model/tenant-rules.ts';

export function takeControl(draft: Draft, control: ControlRecord, nowMs: number): void {
  const { tenant_id: tenantId } = control;
  const before = receiversNow(draft, tenantId);
  for (const id of applyControl(draft, control)) dropBudget(draft, tenantId, id);
  if (receiversNow(draft, tenantId) !== before) noteNewReceivers(draft, tenantId, nowMs);
}
