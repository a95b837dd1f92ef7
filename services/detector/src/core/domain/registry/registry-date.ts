/**
 * Dates of the registry (reviews, approvals) as moments of log time. A bare date stands for its
 * first moment in UTC, for beginnings and ends alike: an approval that expires on 1 March does not
 * hold on 1 March. The other reading would keep something quiet for a day that nobody approved.
 */
import { epochMs } from '@waywarden/schemas';

const DATE_LENGTH = 10;

/** Milliseconds since the epoch. The schema has checked the form. */
export function registryMs(date: string): number {
  return epochMs(date.length === DATE_LENGTH ? `${date}T00:00:00Z` : date);
}
