/**
 * An answer that is made anew at each question, and the last one where that takes long or fails: a page
 * shows what was known, with its time, rather than wait for a store that hangs.
 */
import { setTimeout as wait } from 'node:timers/promises';

const WAIT_MS_MAX = 1_500;

export class LastAnswer<T> {
  readonly #ask: () => Promise<T>;
  readonly #waitMsMax: number;
  #last: { readonly value: T } | undefined;
  #asking: Promise<T> | undefined;

  constructor(ask: () => Promise<T>, waitMsMax = WAIT_MS_MAX) {
    this.#ask = ask;
    this.#waitMsMax = waitMsMax;
  }

  /** Rejects as the question did while there is no answer yet. */
  async read(): Promise<T> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    const asking = this.#asking;
    const last = this.#last;
    if (last === undefined) return asking;
    const late = wait(this.#waitMsMax, last.value, { ref: false });
    return Promise.race([asking.catch(() => last.value), late]);
  }

  async #fetch(): Promise<T> {
    const value = await this.#ask();
    this.#last = { value };
    return value;
  }
}
