/** Refused records at most once a minute, since their sender must not fill the log; late histories each time. */
import type { StageEvents } from '@waywarden/stage';
import type { Logger } from 'pino';
import type { EventRate } from './pipeline-progress.ts';

const EVERY_MS = 60_000;

export class StageWatch implements StageEvents {
  readonly batchDecided: NonNullable<StageEvents['batchDecided']>;
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #unreported = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly logger: Logger;
    readonly rate: EventRate;
    readonly nowMs: () => number;
  }) {
    this.#logger = parts.logger;
    this.#nowMs = parts.nowMs;
    this.batchDecided = parts.rate.batchDecided;
  }

  readonly historyShortened: NonNullable<StageEvents['historyShortened']> = (gap) => {
    this.#logger.error(
      gap,
      'the log no longer holds what this stage had still to read: its history begins later from here',
    );
  };

  readonly recordRefused: NonNullable<StageEvents['recordRefused']> = (info) => {
    this.#unreported += 1;
    if (this.#nowMs() - this.#reportedAtMs < EVERY_MS) return;
    this.#logger.warn({ ...info, refused: this.#unreported }, 'records refused and set aside');
    this.#reportedAtMs = this.#nowMs();
    this.#unreported = 0;
  };
}
