/**
 * Room for chains when a partition has too many open: some of whoever opened most go, first those that
 * hold nothing dangerous, then what nothing came to for longest. What goes with something dangerous in it
 * is remembered as gone and told in an alert. A few are looked at for one record and no more.
 * Rejected: the hour that expires first (in a flood that is everybody's last hour).
 */
import { type Alert, isPrivileged, isSensitive } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { unschedule } from '../../due-items.ts';
import { whoHasMost } from '../../most-owned.ts';
import { stageTime } from '../../stage-clock.ts';
import { CHAINS_EVICTED, CHAINS_LOOKED_MAX, CHAINS_MAX } from '../assembly-limits.ts';
import { count, openChainCount } from '../stage-counters.ts';
import { type EvictedChain, tellFlood } from './chain-flood.ts';
import type { ChainMeta, ChainName, Loss } from './chain-meta.ts';
import { ChainStore } from './chain-store.ts';
import { moveBack, nextTurn, placeTurn, type Turn } from './chain-turns.ts';
import { type GoneChain, keepGone } from './gone-chains.ts';
import { lossOf, withLosses } from './lost-evidence.ts';
import { dropChain } from './open-chains.ts';

const READS_OF_NOTE: ReadonlySet<string> = new Set([
  'read:secret',
  'read:personal',
  'read:financial',
  'read:source_code',
]);

/** It holds an alert, or something of which one could come. */
function isOfNote(meta: ChainMeta): boolean {
  if (meta.heads.length > 0) return true;
  return [...Object.keys(meta.symbols), ...Object.keys(meta.imported ?? {})].some(
    (symbol) => READS_OF_NOTE.has(symbol) || isSensitive(symbol) || isPrivileged(symbol),
  );
}

function lossesOf(store: ChainStore, meta: ChainMeta): readonly Loss[] {
  const calls = store.all(meta).map((step) => lossOf(step, 'calls'));
  return withLosses(meta, calls).lost ?? [];
}

/** Puts one chain out; whichever now stands in its place among what falls due is told so. */
function evict(draft: Draft, store: ChainStore, meta: ChainMeta, turn: Turn): EvictedChain {
  const lost = turn.isOfNote ? lossesOf(store, meta) : [];
  dropChain(draft, store, meta);
  count(draft, { chainsEvicted: 1 });
  const moved = unschedule<ChainName>(draft, turn.due);
  if (moved !== undefined) placeTurn(draft, moved, turn.due);
  return { meta, lost, isOfNote: turn.isOfNote };
}

/** Looks at the chain whose turn it is: it goes, or back to where it belongs. */
function lookAt(draft: Draft, turn: Turn): EvictedChain | undefined {
  const store = new ChainStore(draft, turn.tenant, turn.chain);
  const meta = store.meta();
  if (meta === undefined) throw new Error(`The chain ${turn.chain} has a turn and is not there.`);
  const now = { isOfNote: turn.isOfNote || isOfNote(meta), ms: meta.lastMs };
  if (now.isOfNote === turn.isOfNote && now.ms <= turn.ms) return evict(draft, store, meta, turn);
  moveBack(draft, turn, now);
  return undefined;
}

function goneChain({ meta }: EvictedChain): GoneChain {
  const { tenant, chain, opener, lastMs, horizonMs, lineageMs = 0 } = meta;
  const untilMs = lastMs + Math.max(horizonMs, lineageMs);
  return { tenant, chain, opener: opener?.agent ?? '', lastMs, untilMs };
}

/** Before a record is decided; what is to be told of it. */
export function makeRoom(draft: Draft): readonly Alert[] {
  if (openChainCount(draft) < CHAINS_MAX) return [];
  const evicted: EvictedChain[] = [];
  for (let looked = 0; looked < CHAINS_LOOKED_MAX; looked += 1) {
    const owner = whoHasMost(draft);
    const turn = owner === undefined ? undefined : nextTurn(draft, owner);
    if (turn === undefined) break;
    const out = lookAt(draft, turn);
    if (out !== undefined) evicted.push(out);
    if (evicted.length === CHAINS_EVICTED) break;
  }
  const gone = evicted.filter((one) => one.isOfNote);
  if (gone.length === 0) return [];
  const nowMs = stageTime(draft)?.ms ?? Math.max(...gone.map(({ meta }) => meta.lastMs));
  keepGone(
    draft,
    gone.map((one) => [goneChain(one), one.lost] as const),
    nowMs,
  );
  return tellFlood(draft, evicted);
}
