import type { Alert } from '@waywarden/schemas';
import { dateOfDay } from '../domain/day.ts';

/** What alarmed and went on so long is usual. */
export const USUAL_AFTER_DAYS = 30;

interface OwnHistory {
  /** Days since 1970. */
  readonly sinceDay: number;
  readonly day: number;
  readonly n: number;
}

export function ownBaseline({ sinceDay, day, n }: OwnHistory): NonNullable<Alert['baseline']> {
  const since = `${dateOfDay(sinceDay)}T00:00:00Z`;
  return { version: dateOfDay(day), level: 'agent', since, n };
}
