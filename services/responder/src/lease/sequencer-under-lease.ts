/** The sequencer under a lease. */
import { type Sequencer, startSequencer } from '../sequencer/sequencer.ts';
import type { SequencerOptions } from '../sequencer/sequencer-options.ts';
import { type Lease, LeaseClosedError } from './lease.ts';

type Acquired = Pick<Lease, 'acquired' | 'ended'>;

class SequencerUnderLease implements Sequencer {
  readonly finished: Promise<void>;
  #running: Sequencer | undefined;
  readonly #started: Promise<Sequencer>;

  constructor(lease: Acquired, options: SequencerOptions) {
    this.#started = this.#start(lease, options);
    this.finished = Promise.all([this.#finish(), lease.ended]).then(() => undefined);
    this.finished.catch(() => undefined);
  }

  async #start(lease: Acquired, options: SequencerOptions): Promise<Sequencer> {
    this.#running = await startSequencer({ ...options, epoch: await lease.acquired() });
    return this.#running;
  }

  async #finish(): Promise<void> {
    try {
      await (await this.#started).finished;
    } catch (error) {
      if (!(error instanceof LeaseClosedError)) throw error;
    }
  }

  /** Time stands still while another moves it. */
  async advance(logTime: string): Promise<void> {
    await this.#running?.advance(logTime);
  }

  async repeatRules(): Promise<void> {
    await this.#running?.repeatRules();
  }

  async caughtUp(offset: number): Promise<void> {
    await (await this.#started).caughtUp(offset);
  }

  async snapshotsCaughtUp(offset: number): Promise<void> {
    await (await this.#started).snapshotsCaughtUp(offset);
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}

export function sequencerUnderLease(lease: Acquired, options: SequencerOptions): Sequencer {
  return new SequencerUnderLease(lease, options);
}
