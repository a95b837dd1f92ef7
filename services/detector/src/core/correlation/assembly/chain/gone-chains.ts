/** Evicted chains that held something dangerous, so that one that goes on is not taken for new. */
import type { Transaction } from '@waywarden/stage';
import { evictedOf } from '../../../state/crowded-out.ts';
import { GONE_CHAINS_MAX } from '../model/assembly-limits.ts';
import type { ChainMeta, ChainName, Loss } from '../model/chain-meta.ts';

interface GoneChain extends ChainName {
  readonly opener: string;
  readonly lastMs: number;
  readonly untilMs: number;
  readonly lost: readonly Loss[];
}

const GONE = 'gone';

const nameOf = ({ tenant, chain }: ChainName) => JSON.stringify([tenant, chain]);
const keyOf = (name: ChainName) => `${GONE}/${nameOf(name)}`;

export function keepGone(
  transaction: Transaction,
  evicted: readonly { readonly meta: ChainMeta; readonly lost: readonly Loss[] }[],
  nowMs: number,
): void {
  const names = transaction.get<readonly ChainName[]>(GONE) ?? [];
  const all = new Map<string, GoneChain>();
  for (const name of names) {
    const known = transaction.get<GoneChain>(keyOf(name));
    if (known !== undefined) all.set(nameOf(name), known);
  }
  for (const { meta, lost } of evicted) {
    const { tenant, chain, opener, lastMs, horizonMs, lineageMs = 0 } = meta;
    const untilMs = lastMs + Math.max(horizonMs, lineageMs);
    const one = { tenant, chain, opener: opener?.agent ?? '', lastMs, untilMs, lost };
    all.set(nameOf(one), one);
    transaction.put(keyOf(one), one);
  }
  const still = [...all.values()].filter((one) => one.untilMs > nowMs);
  const out = evictedOf(still, {
    owner: ({ tenant, opener }) => JSON.stringify([tenant, opener]),
    order: (a, b) => b.lastMs - a.lastMs || (nameOf(a) < nameOf(b) ? -1 : 1),
    max: GONE_CHAINS_MAX,
  });
  const retained = still.filter((one) => !out.includes(one));
  for (const one of all.values()) if (!retained.includes(one)) transaction.delete(keyOf(one));
  transaction.put(
    GONE,
    retained.map(({ tenant, chain }): ChainName => ({ tenant, chain })),
  );
}

export function takeGone(transaction: Transaction, name: ChainName): Partial<ChainMeta> {
  const gone = transaction.get<GoneChain>(keyOf(name));
  if (gone === undefined) return {};
  transaction.delete(keyOf(name));
  return { evicted: gone.lost.reduce((sum, { count }) => sum + count, 0), lost: gone.lost };
}
