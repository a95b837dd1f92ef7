/**
 * Of which piece of work a call is part, as far as what is told and learnt of a chain goes: its chain. An agent that
 * names no task, trace or conversation has one chain for ever (ingest's `root-key.ts`); there it is a day of it, or one
 * alert would keep it from learning anything again and all that it ever does would be one incident.
 */

import { type AuditEvent, epochMs, hasRootKey, shortPrint } from '@waywarden/schemas';
import { DAY_MS } from '../../domain/day.ts';
import { digitsAt, findPrint, mostOf, toDigits, withoutRecord } from '../../domain/print-table.ts';

/** How long an alarm in a named chain holds it back. */
const IN_HAND_DAYS = 7;

/** Weeks since 1970, which began on a Thursday: by these is counted what may go on for ever. */
export const weekOf = (day: number): number => Math.floor(day / 7);

const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

/** The chain, or its day. */
export function workOf(event: AuditEvent): string {
  return hasRootKey(event) ? event.chain_id : `${event.chain_id}|${dayOf(event)}`;
}

/** What counts once of what recurs in different pieces of work: the chain's week, or its day. */
export function turnOf(event: AuditEvent): string {
  const day = dayOf(event);
  return `${event.chain_id}|${hasRootKey(event) ? weekOf(day) : day}`;
}

/** Pieces of work of an agent that alarmed, the latest last: of each its chain in six characters and the day in two. */
const MARK = 8;
const DAY_DIGITS = 2;
const CHAIN = MARK - DAY_DIGITS;
const DAYS = mostOf(DAY_DIGITS) + 1;
/** Who makes more alarms than these is not believed to be well. */
export const IN_HAND_MAX = 64;

const chainMark = (chainId: string): string => shortPrint(chainId, CHAIN);

/** Where the latest mark of its piece of work stands; -1 where none does. */
function placeOf(inHand: string, event: AuditEvent): number {
  const mark = chainMark(event.chain_id);
  if (!hasRootKey(event))
    return findPrint(inHand, mark + toDigits(dayOf(event) % DAYS, DAY_DIGITS), MARK);
  return findPrint(inHand, mark, MARK);
}

/** Days from that of the mark that stands there to that of the call; negative of one that comes late. */
function daysSince(inHand: string, at: number, event: AuditEvent): number {
  const since = dayOf(event) - digitsAt(inHand, at + CHAIN, DAY_DIGITS) + DAYS / 2;
  return (since % DAYS) - DAYS / 2;
}

/** Whether its piece of work alarmed, and not too long ago. */
export function isInHand(inHand: string, event: AuditEvent): boolean {
  const at = placeOf(inHand, event);
  return at >= 0 && Math.abs(daysSince(inHand, at, event)) <= IN_HAND_DAYS;
}

/** With its piece of work having alarmed on that day; the same where that is known. */
export function withInHand(inHand: string, event: AuditEvent): string {
  const at = placeOf(inHand, event);
  if (at >= 0 && daysSince(inHand, at, event) <= 0) return inHand;
  const others = at < 0 ? inHand : withoutRecord(inHand, at, MARK);
  const own = chainMark(event.chain_id) + toDigits(dayOf(event) % DAYS, DAY_DIGITS);
  return (others + own).slice(-IN_HAND_MAX * MARK);
}

/** Without what a chain is held for, on whatever day. */
export function withoutInHand(inHand: string, chainId: string): string {
  const mark = chainMark(chainId);
  let left = inHand;
  for (let at = findPrint(left, mark, MARK); at >= 0; at = findPrint(left, mark, MARK)) {
    left = withoutRecord(left, at, MARK);
  }
  return left;
}
