/**
 * Appends as many senders would make them: each waits for its own acknowledgement, and none for that
 * of another. A single sender that waits before its next call measures its own waiting instead.
 */

/** Whoever has so many unanswered requests would be slowed down by any server. */
const UNANSWERED_MAX = 100;

export class OpenLoop {
  readonly #unanswered = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** Resolves when the next may be sent; rejects when one that was sent has failed. */
  async send(request: () => Promise<void>): Promise<void> {
    while (this.#unanswered.size >= UNANSWERED_MAX) await Promise.race(this.#unanswered);
    if (this.#failure !== undefined) throw this.#failure.error;
    const answered = request()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#unanswered.delete(answered));
    this.#unanswered.add(answered);
  }

  /** Resolves when all are answered. */
  async drain(): Promise<void> {
    await Promise.all(this.#unanswered);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
