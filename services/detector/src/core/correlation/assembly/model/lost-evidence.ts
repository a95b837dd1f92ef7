/** What a chain lost to its bounds, by agent. */
import {
  type PrivilegeLink,
  UNREPORTED_AGENTS_MAX,
  type UnreportedCalls,
} from '@waywarden/schemas';
import { joinedWords, shortAgentName } from '../../../domain/short-text.ts';
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

export function sayUnreported(links: readonly PrivilegeLink[]): string {
  const what = 'Of another chain that leads here, only the nearest calls are known';
  const unreported = unreportedOf(
    links.flatMap(({ unreported: of = [] }) =>
      of.map((one): Loss => ({ ...one, kind: 'calls', agent: one.agent_uid, count: 1 })),
    ),
  );
  if (unreported.length === 0) return `${what}.`;
  const who = unreported.map(
    ({ agent_uid: agent, since, symbols }) =>
      `calls of ${shortAgentName(agent)} since ${since.slice(0, 19)}Z (${symbols.join(', ')})`,
  );
  return `${what}; not known are ${joinedWords(who)}.`;
}

export function lossOf(step: ChainStep, kind: LostKind): Loss {
  const { agent_uid: agent, event_time: since } = step.wire;
  return { kind, agent, count: 1, since, symbols: symbolKeys(step) };
}

function sayLoss({ agent, count, since, symbols }: Loss): string {
  const who = agent === '' ? 'other agents' : shortAgentName(agent);
  const could = symbols.length === 0 ? '' : ` (${symbols.join(', ')})`;
  return `${count} of ${who} since ${since.slice(0, 19)}Z${could}`;
}

export function sayLost(meta: ChainMeta, kind: LostKind, what: string): string {
  const lost = (meta.lost ?? []).filter((one) => one.kind === kind);
  if (lost.length === 0) return `${what}.`;
  const most = [...lost].sort((a, b) => b.count - a.count || (a.agent < b.agent ? -1 : 1));
  return `${what}: ${joinedWords(most.map(sayLoss))}. What follows from them is not evaluated.`;
}
