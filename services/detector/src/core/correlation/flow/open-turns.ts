/**
 * When what is open falls due, and what goes for room: of whoever opened most, dangerous things last. Two linked
 * lists an opener keep each record cheap.
 */
import type { Transaction } from '@waywarden/stage';
import { type DuePlace, schedule, takeSomeDue, unschedule } from '../../state/due-items.ts';
import { countOpen, whoHasMost } from '../../state/most-owned.ts';

/** With each record: more than come. */
export const EXPIRED_EACH = 4;

type Beside = string | null;

interface Standing {
  readonly isOfNote: boolean;
  readonly ms: number;
}

interface Turn<T> extends Standing {
  readonly item: T;
  readonly owner: string;
  readonly due: DuePlace;
  readonly before: Beside;
  readonly after: Beside;
}

interface Ends {
  readonly first: string;
  readonly last: string;
}

const turnKey = (item: object) => `turn/${JSON.stringify(item)}`;
const endsKey = ({ owner, isOfNote }: { readonly owner: string; readonly isOfNote: boolean }) =>
  `turns/${isOfNote}/${owner}`;

function change(transaction: Transaction, key: Beside, changes: Partial<Turn<object>>): void {
  const turn = key === null ? undefined : transaction.get<Turn<object>>(key);
  if (key !== null && turn !== undefined) transaction.put(key, { ...turn, ...changes });
}

function append(transaction: Transaction, turn: Turn<object>): void {
  const key = turnKey(turn.item);
  const at = endsKey(turn);
  const { first = key, last = null } = transaction.get<Ends>(at) ?? {};
  change(transaction, last, { after: key });
  transaction.put(key, { ...turn, before: last, after: null });
  transaction.put(at, { first, last: key } satisfies Ends);
}

function unlink(transaction: Transaction, turn: Turn<object>): void {
  const { before, after } = turn;
  change(transaction, before, { after });
  change(transaction, after, { before });
  const ends = transaction.get<Ends>(endsKey(turn));
  const first = before === null ? after : ends?.first;
  const last = after === null ? before : ends?.last;
  if (first == null || last == null) transaction.delete(endsKey(turn));
  else transaction.put(endsKey(turn), { first, last } satisfies Ends);
}

export function takeTurn<T extends { readonly tenant: string }>(
  transaction: Transaction,
  item: T,
  { opener, ms, dueMs }: { readonly opener: string; readonly ms: number; readonly dueMs: number },
): void {
  const owner = JSON.stringify([item.tenant, opener]);
  const due = schedule(transaction, item, dueMs);
  append(transaction, { item, owner, ms, due, isOfNote: false, before: null, after: null });
  countOpen(transaction, owner, 1);
}

function leaveTurn(transaction: Transaction, item: object): void {
  const turn = transaction.get<Turn<object>>(turnKey(item));
  if (turn === undefined) return;
  unlink(transaction, turn);
  transaction.delete(turnKey(item));
  countOpen(transaction, turn.owner, -1);
}

/** `dueMs`: by what is known now. */
export function takeDueTurns<T extends object>(
  transaction: Transaction,
  at: { readonly nowMs: number; readonly max: number },
  dueMs: (item: T) => number | undefined,
): readonly T[] {
  return takeSomeDue<T>(transaction, at.nowMs, at.max).filter((item) => {
    const later = dueMs(item);
    if (later === undefined || later <= at.nowMs) {
      leaveTurn(transaction, item);
      return true;
    }
    change(transaction, turnKey(item), { due: schedule(transaction, item, later) });
    return false;
  });
}

function nextTurn<T>(transaction: Transaction): Turn<T> | undefined {
  const owner = whoHasMost(transaction);
  if (owner === undefined) return undefined;
  const ends = [false, true].map((isOfNote) => transaction.get<Ends>(endsKey({ owner, isOfNote })));
  const first = ends.find((one) => one !== undefined)?.first;
  return first === undefined ? undefined : transaction.get<Turn<T>>(first);
}

interface Taken<T> {
  readonly item: T;
  readonly isOfNote: boolean;
}

/** `standingOf`: by what is known now. */
export function takeMost<T extends object>(
  transaction: Transaction,
  bound: { readonly looked: number; readonly taken: number },
  standingOf: (item: T) => Standing | undefined,
): readonly Taken<T>[] {
  const out: Taken<T>[] = [];
  for (let n = 0; n < bound.looked && out.length < bound.taken; n += 1) {
    const turn = nextTurn<T>(transaction);
    if (turn === undefined) break;
    const now = standingOf(turn.item) ?? turn;
    const isOfNote = turn.isOfNote || now.isOfNote;
    if (isOfNote === turn.isOfNote && now.ms <= turn.ms) {
      leaveTurn(transaction, turn.item);
      const moved = unschedule<T>(transaction, turn.due);
      if (moved !== undefined) change(transaction, turnKey(moved), { due: turn.due });
      out.push({ item: turn.item, isOfNote });
    } else {
      unlink(transaction, turn);
      append(transaction, { ...turn, isOfNote, ms: now.ms });
    }
  }
  return out;
}
