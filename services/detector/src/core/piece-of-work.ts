/**
 * Of which piece of work a call is part, as far as what is told and learnt of a chain goes: its chain. An agent that
 * names no task, trace or conversation has one chain for ever (ingest's `root-key.ts`); there it is a day of it, or one
 * alert would keep it from learning anything again and all that it ever does would be one incident.
 *
 * Rejected: an hour, in which what one injection led to falls apart; another chain in ingest, by which what is put
 * together over days would no longer be seen.
 */
import { type AuditEvent, epochMs, hasRootKey, shortPrint } from '@waywarden/schemas';
import { mostOf, toDigits } from './kept/print-table.ts';

const DAY_MS = 86_400_000;

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

/** The chain, or its day. */
export function workOf(event: AuditEvent): string {
  return hasRootKey(event) ? event.chain_id : `${event.chain_id}|${dayOf(event)}`;
}

/** Characters of `workMark`, and how many of them say which day of a chain without a key. */
export const WORK_MARK = 8;
const DAY_DIGITS = 2;
const DAYS = mostOf(DAY_DIGITS) + 1;

/** A piece of work in eight characters; those of one chain begin alike. */
export function workMark(event: AuditEvent): string {
  if (hasRootKey(event)) return shortPrint(event.chain_id, WORK_MARK);
  return chainMark(event.chain_id) + toDigits(dayOf(event) % DAYS, DAY_DIGITS);
}

/** What all marks of a chain begin with. */
export function chainMark(chainId: string): string {
  return shortPrint(chainId, WORK_MARK - DAY_DIGITS);
}
