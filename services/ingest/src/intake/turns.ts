/**
 * Who works next: one slice at a time, by turns of tenants, of sources, of requests. Between slices the event loop
 * reads its sockets: else nothing is ever in hand, and hundreds of senders wait unread. No slice is done while
 * connections come (libuv accepts one a turn), for a while; and slices go on for as long as the sockets just took, so
 * that a crowd that ignores 429 gets half of the time at most.
 */
import type { ReadItem } from '../core/formats/format-reader.ts';
import type { Sender } from './in-hand.ts';

const SLICE_EVENTS_MAX = 64;
const SLICE_BYTES_MAX = 128 * 1024;

export function sliceOf(items: Iterator<ReadItem>) {
  const slice: ReadItem[] = [];
  for (let bytes = 0; slice.length < SLICE_EVENTS_MAX && bytes < SLICE_BYTES_MAX; ) {
    const next = items.next();
    if (next.done === true) return { slice, isLast: true };
    slice.push(next.value);
    bytes += next.value.bytes?.length ?? 0;
  }
  return { slice, isLast: false };
}

/** Of one run of slices, and of looking at sockets between two: neither waits longer for the other. */
const RUN_MS_MAX = 40;

interface TurnsOptions {
  readonly nowMs?: () => number;
  readonly afterSockets?: (run: () => void) => void;
}

export class Turns {
  readonly #nowMs: () => number;
  readonly #afterSockets: (run: () => void) => void;
  readonly #waiting = new Map<string, Map<string, (() => void)[]>>();
  #ended: number | undefined;
  #hasArrival = false;

  constructor(options: TurnsOptions = {}) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#afterSockets = options.afterSockets ?? setImmediate;
  }

  run<T>({ tenant, source }: Sender, slice: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const sources = this.#waiting.get(tenant) ?? new Map<string, (() => void)[]>();
      const slices = sources.get(source) ?? [];
      this.#waiting.set(tenant, sources.set(source, slices));
      slices.push(() => {
        try {
          resolve(slice());
        } catch (cause) {
          reject(cause);
        }
      });
      if (this.#ended !== undefined) return;
      this.#ended = this.#nowMs();
      this.#afterSockets(this.#work);
    });
  }

  arrival(): void {
    this.#hasArrival = true;
  }

  readonly #work = (): void => {
    const started = this.#nowMs();
    const looked = started - (this.#ended ?? started);
    if (this.#hasArrival && looked < RUN_MS_MAX) {
      this.#hasArrival = false;
      this.#afterSockets(this.#work);
      return;
    }
    const until = started + Math.min(RUN_MS_MAX, looked);
    do this.#next()?.();
    while (this.#waiting.size > 0 && this.#nowMs() < until);
    // A slice's request asks for its next one a moment later, hence one more look when nobody waits.
    this.#ended = this.#nowMs();
    this.#afterSockets(this.#waiting.size > 0 ? this.#work : this.#rest);
  };

  /** The next slice; tenant and source then stand behind all others of their level. */
  #next(): (() => void) | undefined {
    for (const [tenant, sources] of this.#waiting) {
      this.#waiting.delete(tenant);
      for (const [source, slices] of sources) {
        sources.delete(source);
        const slice = slices.shift();
        if (slices.length > 0) sources.set(source, slices);
        if (sources.size > 0) this.#waiting.set(tenant, sources);
        return slice;
      }
    }
    return undefined;
  }

  readonly #rest = (): void => {
    if (this.#waiting.size > 0) this.#work();
    else this.#ended = undefined;
  };
}
