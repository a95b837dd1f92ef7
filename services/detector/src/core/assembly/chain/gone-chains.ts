/**
 * Chains that were put out for want of room although they held something dangerous: what they have
 * lost, so that a chain that goes on later is not taken for a new one that has done nothing.
 *
 * Kept are those of each opener's latest before more of anybody's; a chain that could do nothing of
 * note needs no memory. Rejected: calling every chain not evaluable once any was put out; then a
 * flood would switch off what is automatic for everybody.
 */
import type { Draft } from '@waywarden/stage';
import { crowdedOut } from '../../crowded-out.ts';
import { GONE_CHAINS_MAX } from '../assembly-limits.ts';
import type { ChainMeta, Loss } from './chain-meta.ts';

export interface GoneChain {
  readonly tenant: string;
  readonly chain: string;
  readonly opener: string;
  readonly lastMs: number;
  /** Past this nothing that it held could take part in anything. */
  readonly untilMs: number;
}

interface Remembered {
  readonly evicted: number;
  readonly lost: readonly Loss[];
}

const INDEX = 'gone';

type ChainName = Pick<GoneChain, 'tenant' | 'chain'>;

const keyOf = ({ tenant, chain }: ChainName) => `${INDEX}/${JSON.stringify([tenant, chain])}`;

/** Later first; then by name. */
function compareGone(a: GoneChain, b: GoneChain): number {
  return b.lastMs - a.lastMs || (keyOf(a) < keyOf(b) ? -1 : 1);
}

/** Remembers chains that are put out now, with what each loses. */
export function keepGone(
  draft: Draft,
  gone: readonly (readonly [GoneChain, readonly Loss[]])[],
  nowMs: number,
): void {
  const before = draft.get<readonly GoneChain[]>(INDEX) ?? [];
  for (const [one, lost] of gone) {
    const evicted = lost.reduce((sum, { count }) => sum + count, 0);
    draft.put(keyOf(one), { evicted, lost } satisfies Remembered);
  }
  const fresh = new Set(gone.map(([one]) => keyOf(one)));
  const known = before.filter(
    (one) => !fresh.has(keyOf(one)) && draft.get(keyOf(one)) !== undefined,
  );
  const all = [...known, ...gone.map(([one]) => one)];
  const past = all.filter((one) => one.untilMs <= nowMs);
  const still = all.filter((one) => one.untilMs > nowMs);
  const out = new Set(
    crowdedOut(still, {
      owner: ({ tenant, opener }) => JSON.stringify([tenant, opener]),
      order: compareGone,
      max: GONE_CHAINS_MAX,
    }),
  );
  for (const one of [...past, ...out]) draft.delete(keyOf(one));
  draft.put(
    INDEX,
    still.filter((one) => !out.has(one)),
  );
}

/** What a chain that is opened had lost before, if it was put out; it is remembered in the chain now. */
export function takeGone(draft: Draft, name: ChainName): Partial<ChainMeta> {
  // Most partitions never put a chain out, and need not look.
  if (draft.get(INDEX) === undefined) return {};
  const gone = draft.get<Remembered>(keyOf(name));
  if (gone === undefined) return {};
  draft.delete(keyOf(name));
  return { evicted: gone.evicted, lost: gone.lost };
}
