/**
 * The batches of a stage under way: one a partition, so that its records are decided in order, and
 * so many in all, so that their memory has a bound. The first failure ends it, and whoever asks is
 * told.
 */
export class BatchesInHand {
  readonly #most: number;
  readonly #onFailure: () => void;
  /** By partition; these never reject. */
  readonly #works = new Map<string, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** `onFailure`: for whoever waits for more to do. */
  constructor(most: number, onFailure: () => void) {
    this.#most = most;
    this.#onFailure = onFailure;
  }

  /** Resolves when `work` has begun, which is when what was begun for `key` before is done. */
  async begin(key: string, work: () => Promise<void>): Promise<void> {
    await this.#works.get(key);
    while (this.#works.size >= this.#most) await Promise.race(this.#works.values());
    this.assertWhole();
    const done = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#onFailure();
      })
      .finally(() => this.#works.delete(key));
    this.#works.set(key, done);
  }

  /** Resolves when what was begun is done, or has failed. */
  async warmedUp(key?: string): Promise<void> {
    if (key === undefined) await Promise.all(this.#works.values());
    else await this.#works.get(key);
  }

  /** Throws the first failure. */
  assertWhole(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
