/** Which values are followed, and until when; without room, whoever brought most loses some. */
import type { Transaction } from '@waywarden/stage';
import { type DuePlace, schedule, takeSomeDue, unschedule } from '../../state/due-items.ts';
import { countOpen, whoHasMost } from '../../state/most-owned.ts';
import { stageTime } from '../../state/stage-clock.ts';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { policyAt } from '../assembly/proof/policy-versions.ts';
import {
  TRACKS_EVICTED_MAX,
  TRACKS_EXPIRED_MAX,
  TRACKS_LOOKED_MAX,
  TRACKS_MAX,
} from './flow-limits.ts';
import type { Track } from './flow-track.ts';

interface FollowedValue {
  readonly tenant: string;
  readonly fp: string;
}

interface FlowCounters {
  readonly tracks: number;
  readonly tracksEvicted: number;
}

const COUNTERS = 'counters';

export const trackKey = ({ tenant, fp }: FollowedValue) => `track/${JSON.stringify([tenant, fp])}`;

export function flowCounters(transaction: Transaction): FlowCounters {
  return transaction.get<FlowCounters>(COUNTERS) ?? { tracks: 0, tracksEvicted: 0 };
}

function count(transaction: Transaction, opened: number, evicted = 0): void {
  const { tracks, tracksEvicted } = flowCounters(transaction);
  transaction.put(COUNTERS, { tracks: tracks + opened, tracksEvicted: tracksEvicted + evicted });
}

const storedMs = (policy: CompiledPolicy) => policy.linkHorizonMs + policy.latenessMs;

const lastOf = (transaction: Transaction, value: FollowedValue) =>
  transaction.get<Track>(trackKey(value))?.observations.at(-1);

function dropTracks(
  transaction: Transaction,
  values: readonly FollowedValue[],
  isEvicted: boolean,
): void {
  if (values.length === 0) return;
  for (const one of values) transaction.delete(trackKey(one));
  count(transaction, -values.length, isEvicted ? values.length : 0);
}

/** Some with each record. */
function expireTracks(transaction: Transaction, nowMs: number, max: number): void {
  const gone = takeDueTurns<FollowedValue>(transaction, { nowMs, max }, (value) => {
    const last = lastOf(transaction, value);
    const policy = policyAt(transaction, value.tenant, last?.policyVersion ?? '')?.policy;
    return last && policy && last.ms + storedMs(policy);
  });
  dropTracks(transaction, gone, false);
}

function makeRoom(transaction: Transaction): void {
  if (flowCounters(transaction).tracks < TRACKS_MAX) return;
  const bound = { looked: TRACKS_LOOKED_MAX, taken: TRACKS_EVICTED_MAX };
  const out = takeMost<FollowedValue>(transaction, bound, (value) => {
    const last = lastOf(transaction, value);
    return last && { isOfNote: false, ms: last.ms };
  });
  dropTracks(
    transaction,
    out.map(({ item }) => item),
    true,
  );
}

export function openTrack(
  transaction: Transaction,
  value: FollowedValue,
  { opener, ms }: { readonly opener: string; readonly ms: number },
  policy: CompiledPolicy,
): void {
  const nowMs = stageTime(transaction)?.ms;
  if (nowMs !== undefined) expireTracks(transaction, nowMs, EXPIRED_EACH);
  makeRoom(transaction);
  count(transaction, 1);
  takeTurn(transaction, value, { opener, ms, dueMs: ms + storedMs(policy) });
}

export function expireAll(transaction: Transaction, nowMs: number): void {
  expireTracks(transaction, nowMs, TRACKS_EXPIRED_MAX);
}

/**
 * When what is open falls due, and what goes for room: of whoever opened most, dangerous things last. Two linked
 * lists an opener keep each record cheap.
 */

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
