/**
 * Moves log time in `up`: each second, if records arrived, something falls due or a silence is to be judged. The
 * wall clock enters only here. Limit: a missed heartbeat is noticed with the next record.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';

const EVERY_MS = 1000;

export interface LogClockOptions {
  readonly log: EventLog;
  readonly advance: (logTime: string) => Promise<void>;
  readonly now: () => string;
  readonly isDue: (logTime: string) => boolean;
  readonly onAdvanced: (copies: number) => void;
  readonly onError: (error: unknown) => void;
  readonly each: () => Promise<void>;
}

export class LogClock {
  readonly #options: LogClockOptions;
  readonly #timer: NodeJS.Timeout;
  /** Of partition ends; unknown at the start. */
  #expected = -1;
  #beat: Promise<void> | undefined;

  constructor(options: LogClockOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#beat ??= this.#tick().finally(() => {
        this.#beat = undefined;
      });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }

  async #tick(): Promise<void> {
    const { log, advance, now, isDue, onAdvanced, onError, each } = this.#options;
    try {
      const ends = await log.endOffsets(TOPICS.auditEvents.name);
      const total = ends.reduce((a, b) => a + b, 0);
      const time = now();
      if (total > 0 && (total !== this.#expected || isDue(time))) {
        await advance(time);
        // Later arrivals are seen by the next beat.
        this.#expected = total + ends.length;
        onAdvanced(ends.length);
      }
      await each();
    } catch (error) {
      onError(error);
    }
  }
}
