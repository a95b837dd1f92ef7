/** The sequencer under a lease. */

import {
  type AppendRecord,
  decodeSrc,
  type EventLog,
  type ReaderOptions,
} from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
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

/**
 * The log of one of several responders: written only under the lease; followers hold outputs back until the
 * holder's renewal.
 */
const JOURNAL = TOPICS.responseJournal.name;

function causeOf({ headers }: AppendRecord) {
  const mark = decodeSrc(headers[HEADERS.src] ?? '');
  const source = headers[HEADERS.ceSource];
  if (mark === undefined || source === undefined) return undefined;
  const stage = source.slice(source.lastIndexOf(':') + 1);
  return { place: `${stage}/${mark.topic}/${mark.partition}`, offset: mark.offset };
}

type InHand = Pick<Lease, 'epoch' | 'valid' | 'follow'>;

async function isWritten(lease: InHand, records: readonly AppendRecord[]): Promise<boolean> {
  const last = records.at(-1);
  if (last === undefined) return true;
  const caused = causeOf(last);
  if (caused !== undefined) return lease.follow(caused.place, caused.offset);
  await lease.valid();
  return false;
}

/** After a newer epoch, an older one is refused. */
function underEpoch(record: AppendRecord, epoch: number): AppendRecord {
  if (record.topic !== JOURNAL) return record;
  return { ...record, headers: { ...record.headers, [HEADERS.epoch]: String(epoch) } };
}

/** `instance` names its groups. */
export function readsAlone(log: EventLog, instance: string): EventLog {
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    append: (records) => log.append(records),
    endOffsets: (topic) => log.endOffsets(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    read: (topic, partition, offset, recordsMax) => log.read(topic, partition, offset, recordsMax),
    reader: (options: ReaderOptions) =>
      log.reader({ ...options, group: `waywarden-responder.${instance}.${options.group}` }),
    close: () => log.close(),
  };
}

export function fencedLog(log: EventLog, lease: InHand): EventLog {
  return {
    ...log,
    append: async (records) => {
      if (await isWritten(lease, records)) return;
      await lease.valid();
      await log.append(records.map((record) => underEpoch(record, lease.epoch ?? 0)));
      // A frozen process may write behind others, and is refused.
      await lease.valid();
    },
  };
}
