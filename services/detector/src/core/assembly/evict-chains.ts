/**
 * Room for chains when a partition has too many open: some of whoever opened most of them go, first
 * those that hold nothing dangerous. Who floods pushes out its own and not what others did.
 *
 * What goes with something dangerous in it is remembered as gone, and told in an alert that names who
 * opened so many and whose calls are lost; a policy may ask that agent to step up. Looked at all at
 * once and seldom: one scan makes room for thousands. Rejected: the hour that expires first (in a
 * flood that is everybody's last hour).
 */
import { type Alert, isPrivileged, isSensitive } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { crowdedOut } from '../crowded-out.ts';
import { schedule, takeAll } from '../due-items.ts';
import { CHAINS_EVICTED, CHAINS_MAX } from './assembly-limits.ts';
import { type EvictedChain, tellFlood } from './chain-flood.ts';
import type { ChainMeta } from './chain-meta.ts';
import { ChainStore } from './chain-store.ts';
import { type GoneChain, keepGone } from './gone-chains.ts';
import type { Loss } from './loss.ts';
import { lossOf, withLosses } from './lost-evidence.ts';
import { type DueChain, dropChains } from './open-chains.ts';
import { count, openChainCount } from './stage-counters.ts';

const READS_OF_NOTE: ReadonlySet<string> = new Set([
  'read:secret',
  'read:personal',
  'read:financial',
  'read:source_code',
]);

interface OpenChain extends DueChain {
  readonly dueMs: number;
  readonly opener: string;
  readonly lastMs: number;
  /** It holds an alert, or something of which one could come. */
  readonly isOfNote: boolean;
}

function isOfNote(meta: ChainMeta): boolean {
  if (meta.heads.length > 0) return true;
  return [...Object.keys(meta.symbols), ...Object.keys(meta.imported ?? {})].some(
    (symbol) => READS_OF_NOTE.has(symbol) || isSensitive(symbol) || isPrivileged(symbol),
  );
}

function openChains(draft: Draft): readonly OpenChain[] {
  return takeAll<DueChain>(draft).flatMap(({ item: { tenant, chain }, dueMs }): OpenChain[] => {
    const meta = new ChainStore(draft, tenant, chain).meta();
    if (meta === undefined) return [];
    const opener = meta.opener?.agent ?? '';
    return [{ tenant, chain, dueMs, opener, lastMs: meta.lastMs, isOfNote: isOfNote(meta) }];
  });
}

/** What is needed first, then the latest. */
function compareNeed(a: OpenChain, b: OpenChain): number {
  const order = Number(b.isOfNote) - Number(a.isOfNote) || b.lastMs - a.lastMs;
  return order || (a.chain < b.chain ? -1 : 1);
}

function lossesOf(store: ChainStore, meta: ChainMeta): readonly Loss[] {
  const calls = [...store.all(meta)].map((step) => lossOf(step, 'calls'));
  return withLosses(meta, calls).lost ?? [];
}

/** Puts one chain out; undefined where nothing is left of it. */
function evictedChain(draft: Draft, chain: OpenChain): EvictedChain | undefined {
  const store = new ChainStore(draft, chain.tenant, chain.chain);
  const meta = store.meta();
  if (meta === undefined) return undefined;
  const lost = chain.isOfNote ? lossesOf(store, meta) : [];
  return { meta, lost, isOfNote: chain.isOfNote };
}

function goneChain({ meta }: EvictedChain): GoneChain {
  const { tenant, chain, opener, lastMs, horizonMs, lineageMs = 0 } = meta;
  const untilMs = lastMs + Math.max(horizonMs, lineageMs);
  return { tenant, chain, opener: opener?.agent ?? '', lastMs, untilMs };
}

/** Before a record is decided; what is to be told of it. */
export function makeRoom(draft: Draft): readonly Alert[] {
  if (openChainCount(draft) < CHAINS_MAX) return [];
  const all = openChains(draft);
  const out = crowdedOut(all, {
    owner: ({ tenant, opener }) => JSON.stringify([tenant, opener]),
    order: compareNeed,
    max: Math.max(0, all.length - CHAINS_EVICTED),
  });
  const isOut = new Set(out);
  for (const one of all) {
    const { tenant, chain, dueMs } = one;
    if (!isOut.has(one)) schedule(draft, { tenant, chain }, dueMs);
  }
  const evicted = out.flatMap((one) => evictedChain(draft, one) ?? []);
  const dropped = dropChains(draft, out);
  count(draft, { chains: -dropped, chainsEvicted: dropped });
  const nowMs = Math.max(...all.map((one) => one.lastMs));
  const ofNote = evicted.filter((one) => one.isOfNote);
  keepGone(
    draft,
    ofNote.map((one) => [goneChain(one), one.lost] as const),
    nowMs,
  );
  return tellFlood(draft, evicted);
}
