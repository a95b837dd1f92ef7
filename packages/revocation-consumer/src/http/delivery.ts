/**
 * Sends to Waywarden in the background, in order, bounded, in memory. What does not fit or is
 * refused for good is counted and reported to `onLost`.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** Things that wait; of more, the newest are lost. */
const WAITING_MAX = 10_000;
const WAITING_CHARS_MAX = 64 * 1024 * 1024;
const BATCH_CHARS_MAX = 1024 * 1024;
const RETRY_MS = 500;
const RETRY_MS_MAX = 10_000;
const FLUSH_MS = 10_000;
const BUSY = 429;
const SERVER_FAILS = 500;

export interface DeliveryOptions {
  readonly url: string;
  /** An ingest token of this source. */
  readonly token: string;
  readonly onError?: ((error: unknown) => void) | undefined;
  /** So many things will never be told, and why. */
  readonly onLost?: ((count: number, why: string) => void) | undefined;
}

export interface Parcel {
  /** Where it goes, with its query. */
  readonly path: string;
  readonly body: string;
}

export interface DeliveryKind {
  /** What is sent, in a sentence: `Events`. */
  readonly what: string;
  readonly type: string;
  /** So many of one path go in one request, a line each. */
  readonly batchMax: number;
}

export class EventDelivery {
  readonly #options: DeliveryOptions;
  readonly #kind: DeliveryKind;
  readonly #closing = new AbortController();
  #waiting: Parcel[] = [];
  #chars = 0;
  #sending: Promise<void> | undefined;

  constructor(options: DeliveryOptions, kind: DeliveryKind) {
    this.#options = options;
    this.#kind = kind;
  }

  add(parcel: Parcel): void {
    const isFull = this.#chars + parcel.body.length > WAITING_CHARS_MAX;
    if (isFull || this.#waiting.length >= WAITING_MAX) {
      const limit = isFull ? `${WAITING_CHARS_MAX} characters` : `${WAITING_MAX}`;
      this.#options.onLost?.(1, `More than ${limit} wait to be told.`);
      return;
    }
    this.#chars += parcel.body.length;
    this.#waiting.push(parcel);
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when nothing waits any more, or after `withinMs`: what is left then is lost. */
  async flush(withinMs = FLUSH_MS): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), withinMs);
    await this.#sending;
    clearTimeout(timer);
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      // They stay in their place until they are taken: what comes meanwhile stands behind them.
      const batch = this.#nextBatch();
      const refused = await this.#post(batch);
      this.#waiting = this.#waiting.slice(batch.length);
      for (const { body } of batch) this.#chars -= body.length;
      if (refused !== undefined) this.#options.onLost?.(batch.length, refused);
      if (this.#closing.signal.aborted && this.#waiting.length > 0) {
        this.#options.onLost?.(this.#waiting.length, 'Waywarden did not answer in time.');
        this.#waiting = [];
        this.#chars = 0;
      }
    }
  }

  #nextBatch(): readonly Parcel[] {
    const [first] = this.#waiting;
    let chars = 0;
    let count = 0;
    for (const { path, body } of this.#waiting.slice(0, this.#kind.batchMax)) {
      chars += body.length;
      if (path !== first?.path || (count > 0 && chars > BATCH_CHARS_MAX)) break;
      count += 1;
    }
    return this.#waiting.slice(0, count);
  }

  /** Until they are taken; why not, where they never will be. */
  async #post(batch: readonly Parcel[]): Promise<string | undefined> {
    const { url, token, onError } = this.#options;
    const headers = { authorization: `Bearer ${token}`, 'content-type': this.#kind.type };
    const body = batch.map((one) => one.body).join('\n');
    const not = `${this.#kind.what} were not taken:`;
    for (let tries = 0; ; tries++) {
      const why = await fetch(`${url}${batch[0]?.path}`, { method: 'POST', headers, body }).then(
        async (answer) => {
          const answered = await answer.text();
          if (answer.ok) return undefined;
          const isForNow = answer.status === BUSY || answer.status >= SERVER_FAILS;
          return { text: `${not} ${answer.status} ${answered}`, isForNow };
        },
        (error: unknown) => ({ text: `${not} ${String(error)}`, isForNow: true }),
      );
      if (why === undefined) return undefined;
      if (!why.isForNow || this.#closing.signal.aborted) return why.text;
      // Once an outage, however long it is.
      if (tries === 0) onError?.(new Error(`${why.text} It is tried again.`));
      const pauseMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** tries);
      await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }
}
