/**
 * Whether a person asked for a call in a conversation: its turn is one that began within half a day. Whoever takes
 * over an agent by night finds the turn of yesterday still in its context, and nobody is behind that any more.
 * A turn begins with the first call that tells it; what is no longer remembered begins anew, which is lenient.
 */
import { type AuditEvent, epochMs, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint, fromDigits, toDigits } from '../kept/print-table.ts';

/** Hours after which nobody waits for the answer. */
const STALE_HOURS = 12;
/** Latest turns of an agent whose beginning is remembered. */
const TURNS_MAX = 64;
const HOUR_DIGITS = 4;
const WIDTH = PRINT_LENGTH + HOUR_DIGITS;
const HOUR_MS = 3_600_000;

const keyOf = (event: AuditEvent) => agentKey(event, 'turns');
const hourOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / HOUR_MS);

function turnOf({ principal, conversation_id: conversation, conversation_turn: turn }: AuditEvent) {
  if (principal?.type !== 'human' || turn === undefined) return undefined;
  return shortPrint(`${conversation ?? ''}|${turn}`);
}

export function isAskedFor(draft: Draft, event: AuditEvent): boolean {
  const turn = turnOf(event);
  if (turn === undefined) return false;
  const table = draft.get<string>(keyOf(event)) ?? '';
  const at = findPrint(table, turn, WIDTH);
  if (at < 0) return true;
  const since = fromDigits(table.slice(at + PRINT_LENGTH, at + WIDTH));
  return hourOf(event) - since <= STALE_HOURS;
}

/** Remembers when a turn began. */
export function meetTurn(draft: Draft, event: AuditEvent): void {
  const turn = turnOf(event);
  if (turn === undefined) return;
  const table = draft.get<string>(keyOf(event)) ?? '';
  if (findPrint(table, turn, WIDTH) >= 0) return;
  const next = table + turn + toDigits(hourOf(event), HOUR_DIGITS);
  draft.put(keyOf(event), next.slice(-TURNS_MAX * WIDTH));
}
