/**
 * What came for a tenant before its first policy and waits for it, in order and up to a bound: alerts,
 * and what people ordered. Later ones are left undecided.
 */
import type { Draft } from '@waywarden/stage';

/** Of one tenant and kind. */
const WAITING_ENTRIES_MAX = 1000;

type Waiting = 'waiting' | 'waiting_act';

const countKey = (kind: Waiting, tenantId: string) => `${kind}|${tenantId}`;

export function holdBack<T extends { readonly tenant_id: string }>(
  draft: Draft,
  kind: Waiting,
  one: T,
): void {
  const key = countKey(kind, one.tenant_id);
  const count = draft.get<number>(key) ?? 0;
  if (count >= WAITING_ENTRIES_MAX) return;
  draft.put(`${key}|${count}`, one);
  draft.put(key, count + 1);
}

/** Those that wait, the first first; they wait no longer. */
export function takeWaiting<T>(draft: Draft, kind: Waiting, tenantId: string): readonly T[] {
  const key = countKey(kind, tenantId);
  const count = draft.get<number>(key) ?? 0;
  if (count > 0) draft.delete(key);
  return Array.from({ length: count }, (_, at) => {
    const one = draft.get<T>(`${key}|${at}`);
    draft.delete(`${key}|${at}`);
    return one;
  }).filter((one) => one !== undefined);
}
