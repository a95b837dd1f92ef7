/** Where a lease is followed from, and earlier epochs. */
import type { EventLog } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { Lease, type LeaseOptions } from './lease.ts';

const TOPIC = TOPICS.leases.name;
const RECENT_RECORDS = 1_000;
const JOURNAL = TOPICS.responseJournal.name;

/** 0: none under a lease. */
async function journalEpoch(log: EventLog): Promise<number> {
  const [[start = 0], [end = 0]] = await Promise.all([
    log.startOffsets(JOURNAL),
    log.endOffsets(JOURNAL),
  ]);
  if (end <= start) return 0;
  const epochs = (await log.read(JOURNAL, 0, Math.max(start, end - RECENT_RECORDS), RECENT_RECORDS))
    .map(({ headers }) => Number(headers[HEADERS.epoch] ?? 0))
    .filter((epoch) => Number.isSafeInteger(epoch));
  return Math.max(0, ...epochs);
}

/** The topics must exist. */
export async function openLease(given: Omit<LeaseOptions, 'newestEpoch'>): Promise<Lease> {
  const { log } = given;
  const [[start = 0], [end = 0]] = await Promise.all([
    log.startOffsets(TOPIC),
    log.endOffsets(TOPIC),
  ]);
  const options = { ...given, newestEpoch: await journalEpoch(log) };
  return new Lease(options, { start: Math.max(start, end - RECENT_RECORDS), end });
}

/** A clock that never goes back and runs through a machine's sleep. */
export function wakingClock(
  monotonicMs: () => number = () => performance.now(),
  wallMs: () => number = () => Date.now(),
): () => number {
  let at = 0;
  let monotonic = monotonicMs();
  let wall = wallMs();
  return () => {
    const [nextMonotonic, nextWall] = [monotonicMs(), wallMs()];
    at += Math.max(nextMonotonic - monotonic, nextWall - wall);
    monotonic = nextMonotonic;
    wall = nextWall;
    return at;
  };
}
