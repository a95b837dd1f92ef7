/**
 * What a chain has lost to its bounds, told by the agent whose calls or links they were: how many,
 * since when, and what they could do. Whoever reads "not evaluable" must know what to look at by hand.
 *
 * Rejected: a count alone ("calls were given up"), which tells nobody whether the noise or the one
 * call that mattered is gone.
 */
import { listOf, shortName } from '../short-text.ts';
import { LOST_AGENTS_MAX, LOST_SYMBOLS_MAX } from './assembly-limits.ts';
import type { ChainMeta } from './chain-meta.ts';

/** Calls that were kept and given up, calls of agents that found no room, links to or from others. */
export type LostKind = 'calls' | 'agents' | 'links';

export interface Loss {
  readonly kind: LostKind;
  /** Empty: agents beyond those that are named. */
  readonly agent: string;
  readonly count: number;
  /** Event time of the earliest. */
  readonly since: string;
  /** What they could do, the first few; absent where that is not known. */
  readonly symbols: readonly string[];
}

const earlier = (a: string, b: string) => (a < b ? a : b);

function joined(a: Loss, b: Loss): Loss {
  const symbols = [...new Set([...a.symbols, ...b.symbols])].sort().slice(0, LOST_SYMBOLS_MAX);
  return { ...a, count: a.count + b.count, since: earlier(a.since, b.since), symbols };
}

/** With one loss more; past the agents that are named, it counts among the others. */
function withOne(known: readonly Loss[], loss: Loss): readonly Loss[] {
  const at = known.findIndex(({ kind, agent }) => kind === loss.kind && agent === loss.agent);
  if (at >= 0) return known.map((one, n) => (n === at ? joined(one, loss) : one));
  const named = known.filter(({ kind, agent }) => kind === loss.kind && agent !== '').length;
  if (loss.agent !== '' && named >= LOST_AGENTS_MAX) return withOne(known, { ...loss, agent: '' });
  return [...known, { ...loss, symbols: [...loss.symbols].sort().slice(0, LOST_SYMBOLS_MAX) }];
}

export function withLosses(meta: ChainMeta, losses: readonly Loss[]): ChainMeta {
  if (losses.length === 0) return meta;
  return { ...meta, lost: losses.reduce(withOne, meta.lost ?? []) };
}

function sayLoss({ agent, count, since, symbols }: Loss): string {
  const who = agent === '' ? 'other agents' : shortName(agent);
  const could = symbols.length === 0 ? '' : ` (${symbols.join(', ')})`;
  return `${count} of ${who} since ${since.slice(0, 19)}Z${could}`;
}

/** `What happened: 3 of mailer since … (read:secret). What follows from them is not evaluated.` */
export function sayLost(meta: ChainMeta, kind: LostKind, what: string): string {
  const lost = (meta.lost ?? []).filter((one) => one.kind === kind);
  if (lost.length === 0) return `${what}.`;
  const most = [...lost].sort((a, b) => b.count - a.count || (a.agent < b.agent ? -1 : 1));
  return `${what}: ${listOf(most.map(sayLoss))}. What follows from them is not evaluated.`;
}
