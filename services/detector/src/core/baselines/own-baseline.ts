/** What an alert says of the agent's own history where that is what it was compared with. */
import type { Alert } from '@waywarden/schemas';
import { dateOfDay } from '../domain/day.ts';

interface OwnHistory {
  /** Days since 1970: from which on it is stored, and which is the latest. */
  readonly sinceDay: number;
  readonly day: number;
  /** Calls or days, as the reason beside it says. */
  readonly n: number;
}

/** Its version is the day that it is of: a history changes with every day. */
export function ownBaseline({ sinceDay, day, n }: OwnHistory): NonNullable<Alert['baseline']> {
  const since = `${dateOfDay(sinceDay)}T00:00:00Z`;
  return { version: dateOfDay(day), level: 'agent', since, n };
}
