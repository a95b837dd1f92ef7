/** Dates of the registry as log time: a bare date is its first moment in UTC, also as an end. */
import { epochMs } from '@waywarden/schemas';

const DATE_LENGTH = 10;

export function registryMs(date: string): number {
  return epochMs(date.length === DATE_LENGTH ? `${date}T00:00:00Z` : date);
}
