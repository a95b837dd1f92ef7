/**
 * A map that forgets. Attackers choose request texts, tool names and chain ids, so whatever is kept
 * by one of them has a limit. Two generations instead of a linked list: a look-up costs one or two
 * reads, and between `limit` and twice `limit` entries are kept, which is all that a cache needs.
 *
 * What grows with its content is weighed instead of counted: then `limit` is a sum of weights, and what
 * weighs more than a sixteenth of it is not kept, so that one entry can't push out all others.
 */
const SHARE_MAX = 16;

export class BoundedMap<V> {
  readonly #limit: number;
  readonly #weigh: ((key: string, value: V) => number) | undefined;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #weight = 0;

  constructor(limit: number, weigh?: (key: string, value: V) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    const weight = this.#weigh === undefined ? 1 : this.#weigh(key, value);
    if (this.#weigh !== undefined && weight > this.#limit / SHARE_MAX) return;
    if (this.#weight + weight > this.#limit && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    // A key that is set anew counts twice: the map then only forgets a little earlier.
    this.#weight += weight;
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
