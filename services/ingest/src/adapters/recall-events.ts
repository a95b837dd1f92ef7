/**
 * Event ids that stand in the log already, with the keyed hash of their bodies: read at start from
 * the ends of the partitions, so that a restart forgets neither repeats nor conflicts.
 */
import type { EventLog } from '@waywarden/event-log';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { scanNewest } from './scan-log.ts';

/** Of all partitions together. */
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
