/**
 * When a batch of recorded calls is handed over before it is full: as soon as it would span more time
 * than lies between two watermarks.
 *
 * A replay hears what other chains tell (that a value is a common one, that a link fell) only between
 * batches. A small fleet's thousand calls are ten days of work: whatever was decided in them was then
 * decided without knowing what ten days of running would have told, and "what would have happened"
 * held revocations that no running installation would have ordered.
 */

/** Of a record that has not been validated: not a number where it tells no time. */
export function eventTimeMsOf(input: unknown): number {
  const time = (input as { readonly event_time?: unknown } | null)?.event_time;
  return typeof time === 'string' ? Date.parse(time) : Number.NaN;
}

/** A function of the calls and their order alone, so that a second replay hands over the same batches. */
export class BatchSpan {
  readonly #spanMs: number;
  #beganMs = Number.NaN;

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Whether a call of this time belongs into the next batch. Late ones belong to where they arrive. */
  isOver(ms: number): boolean {
    return ms - this.#beganMs >= this.#spanMs;
  }

  take(ms: number): void {
    if (Number.isNaN(this.#beganMs)) this.#beganMs = ms;
  }

  begin(): void {
    this.#beganMs = Number.NaN;
  }
}
