/** A signed policy or registry in the topic `registry`, taken directly, so that shadow acts at once. */
import {
  type ControlRecord,
  name,
  type Policy,
  policySchema,
  type Registry,
  registrySchema,
  tenantId,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { z } from 'zod';
import { noteNewReceivers, receiversNow } from '../commands/extend-order.ts';
import { dropBudget } from '../guards/rule-budget.ts';
import { applyControl } from '../model/tenant-policy.ts';

export const registryRecordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('policy'),
    tenant_id: tenantId,
    version: name,
    policy: policySchema,
  }),
  z.object({
    kind: z.literal('registry'),
    tenant_id: tenantId,
    version: name,
    registry: registrySchema,
  }),
]);

export type RegistryRecord =
  | {
      readonly kind: 'policy';
      readonly tenant_id: string;
      readonly version: string;
      readonly policy: Policy;
    }
  | {
      readonly kind: 'registry';
      readonly tenant_id: string;
      readonly version: string;
      readonly registry: Registry;
    };

export function toControlRecord(record: RegistryRecord, seq: number): ControlRecord {
  return record.kind === 'policy'
    ? {
        kind: 'policy',
        seq,
        tenant_id: record.tenant_id,
        version: record.version,
        policy: record.policy,
      }
    : {
        kind: 'registry',
        seq,
        tenant_id: record.tenant_id,
        version: record.version,
        registry: record.registry,
      };
}

export function takeControl(transaction: Transaction, control: ControlRecord, nowMs: number): void {
  const { tenant_id: tenantId } = control;
  const before = receiversNow(transaction, tenantId);
  for (const id of applyControl(transaction, control)) dropBudget(transaction, tenantId, id);
  if (receiversNow(transaction, tenantId) !== before)
    noteNewReceivers(transaction, tenantId, nowMs);
}
