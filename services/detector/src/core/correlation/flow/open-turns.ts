/**
 * When what is open (a chain, a value that is followed) falls due, and in which order it goes if room is
 * needed: of whoever opened most, what holds something dangerous after all else, and of each what came
 * first. Two linked lists an opener, so that no record looks at more than a few; what had news since it
 * joined its list moves to the end when its turn comes.
 */
import type { Draft } from '@waywarden/stage';
import { type DuePlace, schedule, takeSomeDue, unschedule } from '../../state/due-items.ts';
import { countOpen, whoHasMost } from '../../state/most-owned.ts';

type Beside = string | null;

interface Standing {
  readonly isOfNote: boolean;
  /** Event time of its last record. */
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

function change(draft: Draft, key: Beside, changes: Partial<Turn<object>>): void {
  const turn = key === null ? undefined : draft.get<Turn<object>>(key);
  if (key !== null && turn !== undefined) draft.put(key, { ...turn, ...changes });
}

function append(draft: Draft, turn: Turn<object>): void {
  const key = turnKey(turn.item);
  const at = endsKey(turn);
  const { first = key, last = null } = draft.get<Ends>(at) ?? {};
  change(draft, last, { after: key });
  draft.put(key, { ...turn, before: last, after: null });
  draft.put(at, { first, last: key } satisfies Ends);
}

function unlink(draft: Draft, turn: Turn<object>): void {
  const { before, after } = turn;
  change(draft, before, { after });
  change(draft, after, { before });
  const ends = draft.get<Ends>(endsKey(turn));
  const first = before === null ? after : ends?.first;
  const last = after === null ? before : ends?.last;
  if (first == null || last == null) draft.delete(endsKey(turn));
  else draft.put(endsKey(turn), { first, last } satisfies Ends);
}

export function takeTurn<T extends { readonly tenant: string }>(
  draft: Draft,
  item: T,
  { opener, ms, dueMs }: { readonly opener: string; readonly ms: number; readonly dueMs: number },
): void {
  const owner = JSON.stringify([item.tenant, opener]);
  const due = schedule(draft, item, dueMs);
  append(draft, { item, owner, ms, due, isOfNote: false, before: null, after: null });
  countOpen(draft, owner, 1);
}

/** It is forgotten, and falls due no more. */
function leaveTurn(draft: Draft, item: object): void {
  const turn = draft.get<Turn<object>>(turnKey(item));
  if (turn === undefined) return;
  unlink(draft, turn);
  draft.delete(turnKey(item));
  countOpen(draft, turn.owner, -1);
}

/** Takes out what fell due, of so many that are looked at; `dueMs`: when it falls due by what is known now. */
export function takeDueTurns<T extends object>(
  draft: Draft,
  at: { readonly nowMs: number; readonly max: number },
  dueMs: (item: T) => number | undefined,
): readonly T[] {
  return takeSomeDue<T>(draft, at.nowMs, at.max).filter((item) => {
    const later = dueMs(item);
    if (later === undefined || later <= at.nowMs) {
      leaveTurn(draft, item);
      return true;
    }
    change(draft, turnKey(item), { due: schedule(draft, item, later) });
    return false;
  });
}

function nextTurn<T>(draft: Draft): Turn<T> | undefined {
  const owner = whoHasMost(draft);
  if (owner === undefined) return undefined;
  const ends = [false, true].map((isOfNote) => draft.get<Ends>(endsKey({ owner, isOfNote })));
  const first = ends.find((one) => one !== undefined)?.first;
  return first === undefined ? undefined : draft.get<Turn<T>>(first);
}

export interface Taken<T> {
  readonly item: T;
  readonly isOfNote: boolean;
}

/** Takes out some of whoever opened most, to make room; `standingOf`: by what is known of it now. */
export function takeMost<T extends object>(
  draft: Draft,
  bound: { readonly looked: number; readonly taken: number },
  standingOf: (item: T) => Standing | undefined,
): readonly Taken<T>[] {
  const out: Taken<T>[] = [];
  for (let n = 0; n < bound.looked && out.length < bound.taken; n += 1) {
    const turn = nextTurn<T>(draft);
    if (turn === undefined) break;
    const now = standingOf(turn.item) ?? turn;
    const isOfNote = turn.isOfNote || now.isOfNote;
    if (isOfNote === turn.isOfNote && now.ms <= turn.ms) {
      leaveTurn(draft, turn.item);
      const moved = unschedule<T>(draft, turn.due);
      if (moved !== undefined) change(draft, turnKey(moved), { due: turn.due });
      out.push({ item: turn.item, isOfNote });
    } else {
      unlink(draft, turn);
      append(draft, { ...turn, isOfNote, ms: now.ms });
    }
  }
  return out;
}
