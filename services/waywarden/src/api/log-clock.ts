/**
 * Moves log time in `up`: once a second, and only when records arrived since the last watermark,
 * something falls due, or the silence of a contained agent is still to be judged. So an idle night
 * leaves no trace in the log, and an order that ends in it is still followed by its step-up. The wall clock enters here and nowhere behind.
 *
 * Whether records arrived is read from the log and not from ingest, so that other writers count too.
 * Known limit: what falls due in silence (a missed heartbeat) is noticed with the next record.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';

const EVERY_MS = 1000;

export interface LogClockOptions {
  readonly log: EventLog;
  readonly advance: (logTime: string) => Promise<void>;
  readonly now: () => string;
  /** Whether something waits for this log time, though nothing arrives. */
  readonly isDue: (logTime: string) => boolean;
  /** Told how many records a watermark was written as. */
  readonly onAdvanced: (copies: number) => void;
  readonly onError: (error: unknown) => void;
  /** Runs in the same beat, after time has moved. */
  readonly each: () => Promise<void>;
}

export class LogClock {
  readonly #options: LogClockOptions;
  readonly #timer: NodeJS.Timeout;
  /** Sum of the partitions' ends that the last watermark leads to; at the start none is known. */
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
        // What arrived meanwhile is not in this sum, so the next beat sees it.
        this.#expected = total + ends.length;
        onAdvanced(ends.length);
      }
      await each();
    } catch (error) {
      onError(error);
    }
  }
}
