/** A map that forgets in two generations of `limit`. With `weigh`, heavy entries are not stored. */
const SHARE_MAX = 16;

export class BoundedMap<V> {
  readonly #limit: number;
  readonly #weigh: ((key: string, value: V) => number) | undefined;
  #coldStart = new Map<string, V>();
  #old = new Map<string, V>();
  #weight = 0;

  constructor(limit: number, weigh?: (key: string, value: V) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get(key: string): V | undefined {
    const coldStart = this.#coldStart.get(key);
    if (coldStart !== undefined) return coldStart;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    const weight = this.#weigh === undefined ? 1 : this.#weigh(key, value);
    if (this.#weigh !== undefined && weight > this.#limit / SHARE_MAX) return;
    if (this.#weight + weight > this.#limit && !this.#coldStart.has(key)) {
      this.#old = this.#coldStart;
      this.#coldStart = new Map();
      this.#weight = 0;
    }
    this.#weight += weight;
    this.#coldStart.set(key, value);
  }

  orMake(key: string, make: () => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  delete(key: string): void {
    this.#coldStart.delete(key);
    this.#old.delete(key);
  }
}
