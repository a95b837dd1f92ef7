/**
 * Event ids that stand in the log already, with the keyed hash of their bodies: read at start from
 * the ends of the partitions, so that a restart forgets neither repeats nor conflicts.
 */
import type { EventLog } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';

/** Of all partitions together. */
const RECALLED_MAX = 50_000;
const READ_MAX = 2_000;

export async function recallEvents(
  log: EventLog,
  remember: (eventId: string, body: string) => void,
): Promise<number> {
  const topic = TOPICS.auditEvents.name;
  const ends = await log.endOffsets(topic);
  const starts = await log.startOffsets(topic);
  const share = Math.ceil(RECALLED_MAX / Math.max(1, ends.length));
  let recalled = 0;
  for (const [partition, end] of ends.entries()) {
    let at = Math.max(starts[partition] ?? 0, end - share);
    while (at < end) {
      const records = await log.read(topic, partition, at, READ_MAX);
      const last = records.at(-1);
      if (last === undefined) break;
      at = last.offset + 1;
      for (const { headers } of records) {
        const id = headers[HEADERS.ceId];
        const body = headers[HEADERS.body];
        if (id === undefined || body === undefined) continue;
        remember(id, body);
        recalled += 1;
      }
    }
  }
  return recalled;
}
