/**
 * The answer to a question that costs much, kept for seconds, longer when it took long: open pages are no load.
 */
const AGE_MS_MIN = 2_000;
/** A slow answer is asked for again this many times its own duration later. */
const COST_FACTOR = 20;

export class StoredAnswer<T> {
  readonly #ask: () => Promise<T>;
  readonly #nowMs: () => number;
  #stored: { readonly value: T; readonly untilMs: number } | undefined;
  #asking: Promise<T> | undefined;

  constructor(ask: () => Promise<T>, nowMs: () => number) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** Rejects as the question did; a failure is not kept. */
  read(): Promise<T> {
    const retained = this.#stored;
    if (retained !== undefined && this.#nowMs() < retained.untilMs)
      return Promise.resolve(retained.value);
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<T> {
    const began = this.#nowMs();
    const value = await this.#ask();
    const ended = this.#nowMs();
    const age = Math.max(AGE_MS_MIN, (ended - began) * COST_FACTOR);
    this.#stored = { value, untilMs: ended + age };
    return value;
  }
}
