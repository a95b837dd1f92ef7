/**
 * In which order the chains of one opener would go if room were needed: those that were found to hold
 * something dangerous after all others, and in each of the two the one that came first, first.
 *
 * Two lists an opener, linked, so that a chain joins, moves and leaves by what stands beside it and no
 * record looks at more. When a chain comes to its turn it is looked at (`evict-chains.ts`): what it
 * holds now, and whether anything came since it joined, is not written here with each of its steps.
 */
import type { Draft } from '@waywarden/stage';
import type { DuePlace } from '../../due-items.ts';
import { countOpen } from '../../most-owned.ts';
import type { ChainName } from './chain-meta.ts';

type Beside = string | null;

export interface Turn extends ChainName {
  readonly owner: string;
  readonly isOfNote: boolean;
  /** Event time of its last record when it joined the list. */
  readonly ms: number;
  readonly due: DuePlace;
  /** Keys of the turns beside it. */
  readonly before: Beside;
  readonly after: Beside;
}

interface Ends {
  readonly first: string;
  readonly last: string;
}

const turnKey = ({ tenant, chain }: ChainName) => `turn/${JSON.stringify([tenant, chain])}`;
const endsKey = ({ owner, isOfNote }: Pick<Turn, 'owner' | 'isOfNote'>) =>
  `turns/${isOfNote}/${owner}`;

export function turnOf(draft: Draft, name: ChainName): Turn | undefined {
  return draft.get<Turn>(turnKey(name));
}

/** Who gives up the chain when it is put out. */
export function ownerOf(tenant: string, agent: string): string {
  return JSON.stringify([tenant, agent]);
}

/** Written out and not spread: each chain that is opened makes two of them. */
function between(turn: Omit<Turn, 'before' | 'after'>, before: Beside, after: Beside): Turn {
  const { tenant, chain, owner, isOfNote, ms, due } = turn;
  return { tenant, chain, owner, isOfNote, ms, due, before, after };
}

function turnBeside(draft: Draft, key: string): Turn {
  const turn = draft.get<Turn>(key);
  if (turn === undefined) throw new Error(`There is no turn ${key} beside another.`);
  return turn;
}

function putAfter(draft: Draft, key: string, after: Beside): void {
  const turn = turnBeside(draft, key);
  draft.put(key, between(turn, turn.before, after));
}

function putBefore(draft: Draft, key: string, before: Beside): void {
  const turn = turnBeside(draft, key);
  draft.put(key, between(turn, before, turn.after));
}

function append(draft: Draft, turn: Omit<Turn, 'before' | 'after'>): void {
  const key = turnKey(turn);
  const at = endsKey(turn);
  const ends = draft.get<Ends>(at);
  if (ends !== undefined) putAfter(draft, ends.last, key);
  draft.put(key, between(turn, ends?.last ?? null, null));
  draft.put(at, { first: ends?.first ?? key, last: key } satisfies Ends);
}

function unlink(draft: Draft, turn: Turn): void {
  const { before, after } = turn;
  if (before !== null) putAfter(draft, before, after);
  if (after !== null) putBefore(draft, after, before);
  const ends = draft.get<Ends>(endsKey(turn));
  const first = before === null ? after : ends?.first;
  const last = after === null ? before : ends?.last;
  if (first == null || last == null) draft.delete(endsKey(turn));
  else draft.put(endsKey(turn), { first, last } satisfies Ends);
}

/** A chain was opened. */
export function takeTurn(draft: Draft, turn: Omit<Turn, 'isOfNote' | 'before' | 'after'>): void {
  append(draft, { ...turn, isOfNote: false });
  countOpen(draft, turn.owner, 1);
}

/** The chain goes to the end of the list where it belongs now. */
export function moveBack(draft: Draft, turn: Turn, now: Pick<Turn, 'isOfNote' | 'ms'>): void {
  unlink(draft, turn);
  append(draft, { ...turn, ...now });
}

/** Where it falls due has changed. */
export function placeTurn(draft: Draft, name: ChainName, due: DuePlace): void {
  const turn = turnOf(draft, name);
  if (turn !== undefined) draft.put(turnKey(name), { ...turn, due });
}

/** The chain is forgotten. */
export function leaveTurn(draft: Draft, name: ChainName): void {
  const turn = turnOf(draft, name);
  if (turn === undefined) return;
  unlink(draft, turn);
  draft.delete(turnKey(name));
  countOpen(draft, turn.owner, -1);
}

/** Whose turn it is among one opener's chains. */
export function nextTurn(draft: Draft, owner: string): Turn | undefined {
  const ends = [false, true].map((isOfNote) => draft.get<Ends>(endsKey({ owner, isOfNote })));
  const first = ends.find((one) => one !== undefined)?.first;
  return first === undefined ? undefined : draft.get<Turn>(first);
}
