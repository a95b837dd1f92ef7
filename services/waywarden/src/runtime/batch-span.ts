/**
 * When a batch of recorded calls is handed over before it is full: when it would span more time than lies between two
 * watermarks. What follows from other chains is known only between batches.
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
