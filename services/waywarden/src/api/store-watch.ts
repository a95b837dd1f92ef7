/** Whether the store answers, asked each second. Once silent, reads are given up and new ones fail at once. */

const EVERY_MS = 1_000;
const ANSWER_MS_MAX = 3_000;

export class StoreSilentError extends Error {
  constructor() {
    super('the store does not answer');
    this.name = 'StoreSilentError';
  }
}

export class StoreWatch {
  readonly #ask: (signal: AbortSignal) => Promise<unknown>;
  readonly #answerMsMax: number;
  readonly #timer: NodeJS.Timeout;
  readonly #reads = new Set<AbortController>();
  #reachable = true;
  #asked: Promise<void> | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<unknown>, answerMsMax = ANSWER_MS_MAX) {
    this.#ask = ask;
    this.#answerMsMax = answerMsMax;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** Rejects with `StoreSilentError`. */
  async read<T>(msMax: number, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!this.#reachable) throw new StoreSilentError();
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), msMax);
    this.#reads.add(controller);
    try {
      return await read(controller.signal);
    } catch (error) {
      await this.#look();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#reads.delete(controller);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): Promise<void> {
    this.#asked ??= this.#askOnce().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #askOnce(): Promise<void> {
    try {
      await this.#ask(AbortSignal.timeout(this.#answerMsMax));
      this.#reachable = true;
    } catch {
      this.#reachable = false;
      for (const controller of this.#reads) controller.abort(new StoreSilentError());
    }
  }
}
