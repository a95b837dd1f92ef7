/**
 * Whether a person asked for a call in a conversation: its turn is one that began within half a day. Whoever takes
 * over an agent by night finds the turn of yesterday still in its context, and nobody is behind that any more.
 * A turn begins with the first call that tells it; what is no longer remembered begins anew, which is lenient.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint, fromDigits, mostOf, toDigits } from '../kept/print-table.ts';

/** Hours after which nobody waits for the answer. */
const STALE_HOURS = 12;
/** Latest turns of an agent whose beginning is remembered. */
const TURNS_MAX = 64;
/** 30 bits: a turn that is new is taken for one of these once in sixteen million. */
const PRINT = 5;
const HOUR_DIGITS = 3;
const WIDTH = PRINT + HOUR_DIGITS;
const HOUR_MS = 3_600_000;
/** Hours are kept by what remains of them in thirty years. */
const HOURS_ROUND = mostOf(HOUR_DIGITS) + 1;
/** In what earlier versions kept: a longer print, and all digits of the hour. */
const EARLIER = { print: 11, width: 15 } as const;

/** In a list, which earlier versions did not have around it. */
type Stored = readonly [turns: string] | string;

const keyOf = (event: AuditEvent) => agentKey(event, 'turns');
const hourOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / HOUR_MS);
const hourDigits = (hour: number) => toDigits(hour % HOURS_ROUND, HOUR_DIGITS);

function fromEarlier(table: string): string {
  let turns = '';
  for (let at = 0; at < table.length; at += EARLIER.width) {
    const hour = fromDigits(table.slice(at + EARLIER.print, at + EARLIER.width));
    turns += table.slice(at, at + PRINT) + hourDigits(hour);
  }
  return turns;
}

function turnsOf(draft: Draft, event: AuditEvent): string {
  const stored = draft.get<Stored>(keyOf(event)) ?? [''];
  return typeof stored === 'string' ? fromEarlier(stored) : stored[0];
}

function turnOf({ principal, conversation_id: conversation, conversation_turn: turn }: AuditEvent) {
  if (principal?.type !== 'human' || turn === undefined) return undefined;
  return shortPrint(`${conversation ?? ''}|${turn}`, PRINT);
}

export function isAskedFor(draft: Draft, event: AuditEvent): boolean {
  const turn = turnOf(event);
  if (turn === undefined) return false;
  const table = turnsOf(draft, event);
  const at = findPrint(table, turn, WIDTH);
  if (at < 0) return true;
  const since = fromDigits(table.slice(at + PRINT, at + WIDTH));
  const hours = (hourOf(event) - since + HOURS_ROUND) % HOURS_ROUND;
  // What is told late may be from before the turn's first call that was heard of.
  return hours <= STALE_HOURS || hours > HOURS_ROUND / 2;
}

/** Remembers when a turn began. */
export function meetTurn(draft: Draft, event: AuditEvent): void {
  const turn = turnOf(event);
  if (turn === undefined) return;
  const table = turnsOf(draft, event);
  if (findPrint(table, turn, WIDTH) >= 0) return;
  const next = table + turn + hourDigits(hourOf(event));
  draft.put(keyOf(event), [next.slice(-TURNS_MAX * WIDTH)]);
}
