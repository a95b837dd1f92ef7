/** Dates of the registry as log time: a bare date is its first moment in UTC, also as an end. */
import { epochMs } from '@waywarden/schemas';
import { dateOfTime } from '../day.ts';

export function registryMs(date: string): number {
  return epochMs(date === dateOfTime(date) ? `${date}T00:00:00Z` : date);
}
