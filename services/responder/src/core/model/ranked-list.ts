/** A bounded list in which the asserted never displaces the proven. */
import type { Transaction } from '@waywarden/stage';

const assertedKey = (key: string) => `${key}|asserted`;

const partAt = (transaction: Transaction, key: string) =>
  transaction.get<readonly string[]>(key) ?? [];

function putPart(transaction: Transaction, key: string, part: readonly string[]): void {
  if (part.length > 0) transaction.put(key, part);
  else if (transaction.get(key) !== undefined) transaction.delete(key);
}

/** Proven first, then earliest. */
export function listAt(transaction: Transaction, key: string): readonly string[] {
  return [...partAt(transaction, key), ...partAt(transaction, assertedKey(key))];
}

interface Place {
  readonly isProven: boolean;
  readonly most: number;
  /** Gives way first. */
  readonly before?: string;
}

export function addTo(
  transaction: Transaction,
  key: string,
  one: string,
  { isProven, most, before }: Place,
): readonly string[] {
  const proven = [...partAt(transaction, key)];
  const asserted = [...partAt(transaction, assertedKey(key))];
  if (proven.includes(one) || (!isProven && asserted.includes(one))) return [];
  const at = asserted.indexOf(one);
  if (at >= 0) asserted.splice(at, 1);
  (isProven ? proven : asserted).push(one);
  const dropped: string[] = [];
  while (proven.length + asserted.length > most) {
    const isOwn = (known: string) => known !== one && known.startsWith(before ?? one);
    const own = Math.max(0, proven.findIndex(isOwn));
    const [gone] = asserted.length > 0 ? asserted.splice(0, 1) : proven.splice(own, 1);
    if (gone !== undefined) dropped.push(gone);
  }
  putPart(transaction, key, proven);
  putPart(transaction, assertedKey(key), asserted);
  return dropped;
}

export function takeFrom(transaction: Transaction, key: string, one: string): void {
  for (const part of [key, assertedKey(key)]) {
    const known = partAt(transaction, part);
    if (known.includes(one))
      putPart(
        transaction,
        part,
        known.filter((other) => other !== one),
      );
  }
}
