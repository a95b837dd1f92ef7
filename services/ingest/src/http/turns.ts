/**
 * Who works next: one slice at a time, by turns of tenants, within a tenant of its sources and within a
 * source of its requests, so that one with sixty requests gets no more turns than one with a single one.
 * Between the slices the event loop reads its sockets. Without it each body would be derived in the very turn that read its last byte:
 * nothing would ever be in hand, so nothing would be refused, and hundreds of senders would wait
 * unread in their sockets for as long as the derivations before them took.
 *
 * New connections wait elsewhere: a turn of the loop accepts one (libuv since 1.45), so a crowd that
 * connects anew would stand in the backlog for as many slices as it has heads. Hence no slice is done
 * while connections come, for a while.
 *
 * Reading and refusing cost time too, and a crowd that does not heed its 429s could take all of it. So
 * slices go on for as long as the sockets just took: half of the time is always the work's.
 */
import type { ReadItem } from '../core/formats/format-reader.ts';
import type { Sender } from './in-hand.ts';

/** What is read and derived before others get their turn: about ten milliseconds. */
const SLICE_EVENTS_MAX = 64;
const SLICE_BYTES_MAX = 128 * 1024;

/** The next items, which are read as they are asked for; `isLast` when there are no more. */
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

export interface TurnsOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
  /** Calls back once the sockets were looked at. */
  readonly afterSockets?: (run: () => void) => void;
}

export class Turns {
  readonly #nowMs: () => number;
  readonly #afterSockets: (run: () => void) => void;
  readonly #waiting = new Map<string, Map<string, (() => void)[]>>();
  /** When the last run ended; undefined while nobody waits. */
  #ended: number | undefined;
  #hasArrival = false;

  constructor(options: TurnsOptions = {}) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#afterSockets = options.afterSockets ?? setImmediate;
  }

  /** Does the slice when its turn has come. Rejects with what the slice throws. */
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

  /** A connection was accepted, and another may stand behind it. */
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
