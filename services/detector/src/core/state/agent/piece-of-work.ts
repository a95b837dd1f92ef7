/** The work unit of a call: its chain; where an agent names no task, trace or conversation, a day of it. */

import { type AuditEvent, hasRootKey, shortPrint } from '@waywarden/schemas';
import { dayOf } from '../../domain/day.ts';
import { digitsAt, findPrint, mostOf, toDigits, withoutRecord } from '../../domain/print-table.ts';

export const IN_HAND_DAYS = 7;

/** 1970 began on a Thursday. */
export const weekOf = (day: number): number => Math.floor(day / 7);

/** The chain, or its day. */
export function workOf(event: AuditEvent): string {
  return hasRootKey(event) ? event.chain_id : `${event.chain_id}|${dayOf(event)}`;
}

/** The chain's week, or its day. */
export function turnOf(event: AuditEvent): string {
  const day = dayOf(event);
  return `${event.chain_id}|${hasRootKey(event) ? weekOf(day) : day}`;
}

/** Latest last: six characters of the chain, two of the day. */
const MARK = 8;
const DAY_DIGITS = 2;
const CHAIN = MARK - DAY_DIGITS;
const DAYS = mostOf(DAY_DIGITS) + 1;
export const IN_HAND_MAX = 64;

const chainMark = (chainId: string): string => shortPrint(chainId, CHAIN);

function placeOf(inHand: string, event: AuditEvent): number {
  const mark = chainMark(event.chain_id);
  if (!hasRootKey(event))
    return findPrint(inHand, mark + toDigits(dayOf(event) % DAYS, DAY_DIGITS), MARK);
  return findPrint(inHand, mark, MARK);
}

/** Negative of one that comes late. */
function daysSince(inHand: string, at: number, event: AuditEvent): number {
  const since = dayOf(event) - digitsAt(inHand, at + CHAIN, DAY_DIGITS) + DAYS / 2;
  return (since % DAYS) - DAYS / 2;
}

export function isInHand(inHand: string, event: AuditEvent): boolean {
  const at = placeOf(inHand, event);
  return at >= 0 && Math.abs(daysSince(inHand, at, event)) <= IN_HAND_DAYS;
}

export function withInHand(inHand: string, event: AuditEvent): string {
  const at = placeOf(inHand, event);
  if (at >= 0 && daysSince(inHand, at, event) <= 0) return inHand;
  const others = at < 0 ? inHand : withoutRecord(inHand, at, MARK);
  const own = chainMark(event.chain_id) + toDigits(dayOf(event) % DAYS, DAY_DIGITS);
  return (others + own).slice(-IN_HAND_MAX * MARK);
}

export function withoutInHand(inHand: string, chainId: string): string {
  const mark = chainMark(chainId);
  let left = inHand;
  for (let at = findPrint(left, mark, MARK); at >= 0; at = findPrint(left, mark, MARK)) {
    left = withoutRecord(left, at, MARK);
  }
  return left;
}
