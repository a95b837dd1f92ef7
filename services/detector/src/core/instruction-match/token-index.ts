/**
 * Which passages of a context hold a word or identifier, as bits. Contexts are immutable, so an index is
 * remembered by the identity of its passages: the same input still gives the same output. Passages that
 * come at the end are added to the index that is there, which then belongs to the longer list: building it
 * anew of all thirty-two for each result was the larger part of what reading cost.
 */
import type { Passage } from './call-digest.ts';

type Passages = readonly Pick<Passage, 'tokens' | 'ids'>[];

export type TokenIndex = ReadonlyMap<string, number>;

const INDEXES = new WeakMap<Passages, Map<string, number>>();

function addTo(index: Map<string, number>, passages: Passages, from: number): void {
  for (let at = from; at < passages.length; at++) {
    const { tokens = [], ids = [] } = passages[at] ?? {};
    for (const token of tokens) index.set(token, (index.get(token) ?? 0) | (1 << at));
    for (const id of ids) index.set(id, (index.get(id) ?? 0) | (1 << at));
  }
}

export function tokenIndexOf(passages: Passages): TokenIndex {
  const known = INDEXES.get(passages);
  if (known !== undefined) return known;
  const index = new Map<string, number>();
  addTo(index, passages, 0);
  INDEXES.set(passages, index);
  return index;
}

/** `after` begins with all of `before`. */
export function extendIndex(before: Passages, after: Passages): void {
  const index = INDEXES.get(before);
  if (index === undefined) return;
  INDEXES.delete(before);
  addTo(index, after, before.length);
  INDEXES.set(after, index);
}
