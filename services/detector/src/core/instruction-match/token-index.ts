/** Which passages of a context hold a word or identifier, as bits. */
import type { Passage } from './call-digest.ts';
import { GrowingMemo } from './growing-memo.ts';

type Indexed = Pick<Passage, 'tokens' | 'ids'>;

export type TokenIndex = ReadonlyMap<string, number>;

function addTo(index: Map<string, number>, { tokens = [], ids = [] }: Indexed, at: number): void {
  for (const token of tokens) index.set(token, (index.get(token) ?? 0) | (1 << at));
  for (const id of ids) index.set(id, (index.get(id) ?? 0) | (1 << at));
}

const INDEXES = new GrowingMemo<Indexed, Map<string, number>>(() => new Map(), addTo);

export function tokenIndexOf(passages: readonly Indexed[]): TokenIndex {
  return INDEXES.of(passages);
}
