/** What a chain lost to its bounds, by agent. */
import {
  type PrivilegeLink,
  UNREPORTED_AGENTS_MAX,
  type UnreportedCalls,
} from '@waywarden/schemas';
import { LOST_MAX } from './assembly-limits.ts';
import type { ChainMeta, Loss, LostKind } from './chain-meta.ts';
import type { ChainStep } from './chain-step.ts';
import { symbolKeys } from './step-keys.ts';

const earlier = (a: string, b: string) => (a < b ? a : b);

function joined(a: Loss, b: Loss): Loss {
  const symbols = [...new Set([...a.symbols, ...b.symbols])].sort().slice(0, LOST_MAX);
  return { ...a, count: a.count + b.count, since: earlier(a.since, b.since), symbols };
}

function withOne(known: readonly Loss[], loss: Loss): readonly Loss[] {
  const at = known.findIndex(({ kind, agent }) => kind === loss.kind && agent === loss.agent);
  if (at >= 0) return known.map((one, n) => (n === at ? joined(one, loss) : one));
  const named = known.filter(({ kind, agent }) => kind === loss.kind && agent !== '').length;
  if (loss.agent !== '' && named >= LOST_MAX) return withOne(known, { ...loss, agent: '' });
  return [...known, { ...loss, symbols: [...loss.symbols].sort().slice(0, LOST_MAX) }];
}

export function withLosses(meta: ChainMeta, losses: readonly Loss[]): ChainMeta {
  if (losses.length === 0) return meta;
  return { ...meta, lost: losses.reduce(withOne, meta.lost ?? []) };
}

/** Without numbers, which change with every call. */
export function unreportedOf(losses: readonly Loss[]): UnreportedCalls[] {
  const byAgent = new Map<string, UnreportedCalls>();
  for (const { agent, since, symbols } of losses) {
    if (agent === '') continue;
    const before = byAgent.get(agent) ?? { agent_uid: agent, since, symbols: [] };
    const all = [...new Set([...before.symbols, ...symbols])].sort().slice(0, LOST_MAX);
    byAgent.set(agent, { ...before, since: earlier(before.since, since), symbols: all });
  }
  return [...byAgent.values()]
    .sort((a, b) => (a.agent_uid < b.agent_uid ? -1 : 1))
    .slice(0, UNREPORTED_AGENTS_MAX);
}

export function unreportedIn(links: readonly PrivilegeLink[]): readonly UnreportedCalls[] {
  return unreportedOf(
    links.flatMap(({ unreported: of = [] }) =>
      of.map((one): Loss => ({ ...one, kind: 'calls', agent: one.agent_uid, count: 1 })),
    ),
  );
}

export function lossOf(step: ChainStep, kind: LostKind): Loss {
  const { agent_uid: agent, event_time: since } = step.wire;
  return { kind, agent, count: 1, since, symbols: symbolKeys(step) };
}

/** Most first. */
export function lostOf({ lost = [] }: ChainMeta, kind: LostKind): readonly Loss[] {
  return lost
    .filter((one) => one.kind === kind)
    .sort((a, b) => b.count - a.count || (a.agent < b.agent ? -1 : 1));
}
