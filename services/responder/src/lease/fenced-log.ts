/**
 * The log of one of several responders: written only under the lease; followers hold outputs back until the
 * holder's renewal.
 */
import {
  type AppendRecord,
  decodeSrc,
  type EventLog,
  type ReaderOptions,
} from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import type { Lease } from './lease.ts';

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
