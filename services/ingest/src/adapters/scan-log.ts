/** Records of the log in order, up to its present end. */
import { type EventLog, ExpiredError, type LogRecord } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';

interface Scanned {
  readonly topic: string;
  readonly readMax: number;
}

export async function* scanPartition(
  log: EventLog,
  { topic, readMax }: Scanned,
  partition: number,
  from: number,
): AsyncGenerator<LogRecord> {
  const end = (await log.endOffsets(topic))[partition] ?? 0;
  for (let at = from; at < end; ) {
    try {
      const records = await log.read(topic, partition, at, readMax);
      yield* records;
      at = (records.at(-1)?.offset ?? end) + 1;
    } catch (error) {
      if (!(error instanceof ExpiredError)) throw error;
      at = error.start;
    }
  }
}

/** Of each partition. */
export async function* scanNewest(
  log: EventLog,
  scanned: Scanned,
  lastMax: number,
): AsyncGenerator<LogRecord> {
  const [starts, ends] = await Promise.all([
    log.startOffsets(scanned.topic),
    log.endOffsets(scanned.topic),
  ]);
  for (const [partition, end] of ends.entries()) {
    const from = Math.max(starts[partition] ?? 0, end - lastMax);
    yield* scanPartition(log, scanned, partition, from);
  }
}

/** Of all partitions. */
const RECALLED_MAX = 50_000;
const READ_MAX = 2_000;

export async function recallEvents(
  log: EventLog,
  remember: (eventId: string, body: string) => void,
): Promise<number> {
  const topic = TOPICS.auditEvents.name;
  const { length: partitions } = await log.endOffsets(topic);
  const share = Math.ceil(RECALLED_MAX / Math.max(1, partitions));
  let recalled = 0;
  for await (const { headers } of scanNewest(log, { topic, readMax: READ_MAX }, share)) {
    const id = headers[HEADERS.ceId];
    const body = headers[HEADERS.body];
    if (id === undefined || body === undefined) continue;
    remember(id, body);
    recalled += 1;
  }
  return recalled;
}
