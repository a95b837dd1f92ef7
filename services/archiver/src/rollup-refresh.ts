/**
 * Keeps roll-ups equal to the raw rows: touched minutes are computed anew (FINAL) and replaced, so
 * that a refresh may be late or repeated. The next waits a multiple of the last one's time.
 */
import type { ArchiveState } from './archive-state.ts';

/** Minutes refreshed by one statement. */
const MINUTES_MAX = 240;
const WAIT_MS_MIN = 1_000;
const WAIT_MS_MAX = 60_000;
/** At most one part in this many of ClickHouse's time goes into roll-ups. */
const WAIT_FACTOR = 10;

export interface RollUpOptions {
  readonly state: ArchiveState;
  readonly refresh: (minutes: readonly string[]) => Promise<void>;
  readonly clockMs: () => number;
  readonly onRefreshed: (minutes: number, tookMs: number) => void;
}

export class RollUpRefresh {
  readonly #options: RollUpOptions;
  #nextAtMs = 0;
  #running: Promise<void> | undefined;

  constructor(options: RollUpOptions) {
    this.#options = options;
  }

  /** Whether a refresh may begin now without taking more than its share. */
  get due(): boolean {
    return this.#running === undefined && this.#options.clockMs() >= this.#nextAtMs;
  }

  /** Refreshes all minutes that are dirty now or become so meanwhile. */
  async drain(): Promise<void> {
    // Whoever comes while another drains waits for that one, then sees to what it left.
    while (this.#running !== undefined) await this.#running;
    this.#running = this.#drain();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Resolves when no refresh is under way. */
  async warmedUp(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    const { state, refresh, clockMs, onRefreshed } = this.#options;
    for (;;) {
      const minutes = state.dirtyMinutes(MINUTES_MAX);
      if (minutes.size === 0) return;
      const began = clockMs();
      await refresh([...minutes.keys()]);
      await state.refreshed(minutes);
      const took = clockMs() - began;
      this.#nextAtMs = clockMs() + Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, took * WAIT_FACTOR));
      onRefreshed(minutes.size, took);
    }
  }
}
