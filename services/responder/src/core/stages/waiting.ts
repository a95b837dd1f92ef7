/** What waits for a tenant's first policy, in order and bounded. */
import type { Transaction } from '@waywarden/stage';

/** Of one tenant and kind. */
const WAITING_ENTRIES_MAX = 1000;

type Waiting = 'waiting' | 'waiting_act';

const countKey = (kind: Waiting, tenantId: string) => `${kind}|${tenantId}`;

export function holdBack<T extends { readonly tenant_id: string }>(
  transaction: Transaction,
  kind: Waiting,
  one: T,
): void {
  const key = countKey(kind, one.tenant_id);
  const count = transaction.get<number>(key) ?? 0;
  if (count >= WAITING_ENTRIES_MAX) return;
  transaction.put(`${key}|${count}`, one);
  transaction.put(key, count + 1);
}

export function takeWaiting<T>(
  transaction: Transaction,
  kind: Waiting,
  tenantId: string,
): readonly T[] {
  const key = countKey(kind, tenantId);
  const count = transaction.get<number>(key) ?? 0;
  if (count > 0) transaction.delete(key);
  return Array.from({ length: count }, (_, at) => {
    const one = transaction.get<T>(`${key}|${at}`);
    transaction.delete(`${key}|${at}`);
    return one;
  }).filter((one) => one !== undefined);
}
