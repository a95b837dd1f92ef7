import type { Transaction } from '@waywarden/stage';
import {
  journalClockOf,
  type ResponseContext,
  type ResponseDependencies,
} from '../model/response-context.ts';
import { tenantPolicy, tenantRegistry } from '../model/tenant-policy.ts';

/** What is decided with for a tenant; none before its first policy. */
export function tenantContext(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  tenantId: string,
  nowMs: number,
): ResponseContext | undefined {
  const policy = tenantPolicy(transaction, tenantId);
  if (!policy) return undefined;
  return {
    transaction,
    sha256: dependencies.sha256,
    neverRevoke: dependencies.neverRevoke ?? [],
    policy,
    registry: tenantRegistry(transaction, tenantId),
    nowMs,
  };
}

/** By the journal's clock. */
export function contextNow(
  transaction: Transaction,
  dependencies: ResponseDependencies,
  tenantId: string,
): ResponseContext | undefined {
  return tenantContext(transaction, dependencies, tenantId, journalClockOf(transaction));
}
