/**
 * Where a reader may start. Kafka's clients reset silently when asked for an offset that is not
 * there; a detector that skips records unknowingly is blind, so here that is an error.
 */
import { EventLogError, ExpiredError } from './port.ts';

export interface StartRequest {
  readonly topic: string;
  readonly partition: number;
  readonly asked: number;
  readonly start: number;
  readonly end: number;
}

/**
 * 0 means "from the beginning", whatever was removed (who must know asks `startOffsets`); any other
 * offset must still exist.
 */
export function checkedStart({ topic, partition, asked, start, end }: StartRequest): number {
  const where = `${topic}, partition ${partition}`;
  if (!Number.isSafeInteger(asked) || asked < 0) {
    throw new RangeError(`${asked} is no offset to start ${where} at`);
  }
  if (asked === 0) return start;
  if (asked >= start && asked <= end) return asked;
  if (asked < start) throw new ExpiredError({ topic, partition, asked, start });
  throw new EventLogError(
    'damaged',
    `a reader of ${where} is at offset ${asked}, but the log holds ${start} to ${end}`,
  );
}
