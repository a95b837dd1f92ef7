/**
 * How many records a call is about: what it asked for or what it got, whichever is more. An export that asks
 * for nothing in particular shows in its result alone, a huge write in its arguments alone.
 */
import type { AuditEvent } from '@waywarden/schemas';

export function recordCount(event: AuditEvent): number | undefined {
  const counts = [event.args?.features?.['records'], event.result?.features?.['records']].filter(
    (count) => typeof count === 'number' && Number.isInteger(count) && count >= 0,
  );
  return counts.length === 0 ? undefined : Math.max(...counts.map(Number));
}
