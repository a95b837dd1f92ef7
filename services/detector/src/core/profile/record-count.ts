/**
 * How many records a call is about: what it asked for or what it got, whichever is more. An export that asks
 * for nothing in particular shows in its result alone, a huge write in its arguments alone.
 */
import type { AuditEvent } from '@waywarden/schemas';

export function recordCount(event: AuditEvent): number | undefined {
  const asked = wholeNumber(event.args?.features?.['records']);
  const got = wholeNumber(event.result?.features?.['records']);
  if (asked === undefined) return got;
  return got === undefined ? asked : Math.max(asked, got);
}

function wholeNumber(count: unknown): number | undefined {
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
}
