/** The work unit of a call: its chain; where an agent names no task, trace or conversation, a day of it. */
import { type AuditEvent, hasRootKey } from '@waywarden/schemas';
import { dayOf } from '../../domain/day.ts';

/** 1970 began on a Thursday. */
const weekOf = (day: number): number => Math.floor(day / 7);

/** The chain, or its day. */
export function workOf(event: AuditEvent): string {
  return hasRootKey(event) ? event.chain_id : `${event.chain_id}|${dayOf(event)}`;
}

/** The chain's week, or its day. */
export function turnOf(event: AuditEvent): string {
  const day = dayOf(event);
  return `${event.chain_id}|${hasRootKey(event) ? weekOf(day) : day}`;
}
