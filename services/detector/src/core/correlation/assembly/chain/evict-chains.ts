/** Room for chains: those of whoever opened most go first, the harmless and idle before others. */
import { type Alert, isPrivileged, isSensitive } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { stageTime } from '../../../state/stage-clock.ts';
import { takeMost } from '../../flow/open-turns.ts';
import { CHAINS_EVICTED, CHAINS_LOOKED_MAX, CHAINS_MAX } from '../model/assembly-limits.ts';
import type { ChainMeta, ChainName } from '../model/chain-meta.ts';
import { ChainStore } from '../model/chain-store.ts';
import { lossOf, withLosses } from '../model/lost-evidence.ts';
import { assemblyCounters, count } from '../model/stage-counters.ts';
import { type EvictedChain, reportFlood } from './chain-flood.ts';
import { keepGone } from './gone-chains.ts';
import { dropChain } from './open-chains.ts';

const READS_OF_NOTE: ReadonlySet<string> = new Set([
  'read:secret',
  'read:personal',
  'read:financial',
  'read:source_code',
]);

function isOfNote({ heads, symbols, imported }: ChainMeta): boolean {
  return (
    heads.length > 0 ||
    Object.keys({ ...symbols, ...imported }).some(
      (symbol) => READS_OF_NOTE.has(symbol) || isSensitive(symbol) || isPrivileged(symbol),
    )
  );
}

function metaOf(store: ChainStore): ChainMeta {
  const meta = store.meta();
  if (meta === undefined) throw new Error('A chain has a turn and is not there.');
  return meta;
}

export function makeRoom(transaction: Transaction): readonly Alert[] {
  if (assemblyCounters(transaction).chains < CHAINS_MAX) return [];
  const storeOf = ({ tenant, chain }: ChainName) => new ChainStore(transaction, tenant, chain);
  const bound = { looked: CHAINS_LOOKED_MAX, taken: CHAINS_EVICTED };
  const taken = takeMost<ChainName>(transaction, bound, (name) => {
    const meta = metaOf(storeOf(name));
    return { isOfNote: isOfNote(meta), ms: meta.lastMs };
  });
  const evicted = taken.map(({ item, isOfNote }): EvictedChain => {
    const store = storeOf(item);
    const meta = metaOf(store);
    const calls = isOfNote ? store.all(meta).map((step) => lossOf(step, 'calls')) : [];
    dropChain(transaction, store, meta);
    count(transaction, { chainsEvicted: 1 });
    return { meta, lost: withLosses(meta, calls).lost ?? [], isOfNote };
  });
  const gone = evicted.filter((one) => one.isOfNote);
  if (gone.length === 0) return [];
  const nowMs = stageTime(transaction)?.ms ?? Math.max(...gone.map(({ meta }) => meta.lastMs));
  keepGone(transaction, gone, nowMs);
  return reportFlood(transaction, evicted);
}
