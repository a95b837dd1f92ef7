import { type JournalEntry, TOPICS, uuidV5, WAYWARDEN_NAMESPACE } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';

export function toJournal(entry: JournalEntry, id: string, time?: string): Output {
  return {
    topic: TOPICS.responseJournal.name,
    key: null,
    partition: 0,
    type: 'event',
    value: entry,
    id: uuidV5(WAYWARDEN_NAMESPACE, `journal|${id}`),
    ...(time === undefined ? {} : { time }),
  };
}
