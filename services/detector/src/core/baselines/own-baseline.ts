import type { Alert } from '@waywarden/schemas';
import { dateOfDay } from '../domain/day.ts';

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
