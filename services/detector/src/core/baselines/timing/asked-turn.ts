/** Whether a person asked for a call: its turn began within half a day. */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { HOUR_MS } from '../../domain/day.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { knownOf, storeKnown } from '../../state/agent/known-of-agent.ts';

const STALE_MS = 12 * HOUR_MS;
const TURNS_MAX = 32;

type Turns = readonly (readonly [turn: string, sinceMs: number])[];

function turnOf({ principal, conversation_id: conversation, conversation_turn: turn }: AuditEvent) {
  if (principal?.type !== 'human' || turn === undefined) return undefined;
  return shortPrint(`${conversation ?? ''}|${turn}`, PRINT_48);
}

const turnsOf = (transaction: Transaction, event: AuditEvent) =>
  knownOf<Turns>(transaction, event, 'turns') ?? [];

export function isAskedFor(transaction: Transaction, event: AuditEvent): boolean {
  const turn = turnOf(event);
  if (turn === undefined) return false;
  const since = turnsOf(transaction, event).find(([one]) => one === turn)?.[1];
  return since === undefined || epochMs(event.event_time) - since <= STALE_MS;
}

export function meetTurn(transaction: Transaction, event: AuditEvent): void {
  const turn = turnOf(event);
  if (turn === undefined) return;
  const turns = turnsOf(transaction, event);
  if (turns.some(([one]) => one === turn)) return;
  const own = [turn, epochMs(event.event_time)] as const;
  storeKnown(transaction, event, 'turns', [...turns.slice(1 - TURNS_MAX), own]);
}
