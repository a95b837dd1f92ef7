/** Agents as a list: those that are registered and those that called, with the risk of what is open about them. */
import type { Registry } from '@waywarden/schemas';
import { z } from 'zod';
import type { AgentLine } from './approvals-model.ts';

export const AGENTS_LIMIT_MAX = 200;
const WEIGHTS: Readonly<Record<string, number>> = { critical: 100, high: 20, medium: 5, low: 1 };

export const agentsQuery = z.strictObject({
  q: z.string().max(200).optional(),
  class: z.string().min(1).max(64).optional(),
  owner: z.string().min(1).max(512).optional(),
  state: z.string().min(1).max(64).optional(),
  registered: z.enum(['yes', 'no']).optional(),
  sort: z.enum(['risk', 'seen', 'name', 'calls']).optional(),
  limit: z.coerce.number().int().min(1).max(AGENTS_LIMIT_MAX).optional(),
  cursor: z.coerce.number().int().min(0).max(1_000_000).optional(),
});
export type AgentsQuery = z.infer<typeof agentsQuery>;

export interface AgentUse {
  readonly agent_uid: string;
  readonly last: string;
  readonly calls: number | string;
  readonly denied: number | string;
}

export const riskOf = (open: AgentLine['open']): number =>
  Object.entries(open).reduce((sum, [severity, n]) => sum + (WEIGHTS[severity] ?? 0) * n, 0);

export function agentLines(
  registry: Registry | undefined,
  uses: readonly AgentUse[],
  openOf: ReadonlyMap<string, AgentLine['open']>,
): readonly AgentLine[] {
  const byUid = new Map(uses.map((one) => [one.agent_uid, one]));
  const entries = new Map((registry?.agents ?? []).map((one) => [one.uid, one]));
  const uids = new Set([...entries.keys(), ...byUid.keys(), ...openOf.keys()]);
  return [...uids].map((uid) => {
    const entry = entries.get(uid);
    const use = byUid.get(uid);
    const open = openOf.get(uid) ?? {};
    return {
      agent_uid: uid,
      registered: entry !== undefined,
      class: entry?.class ?? 'unknown',
      owner: entry?.owner?.person ?? entry?.owner?.team ?? null,
      state: entry?.state ?? null,
      workflows: entry?.workflows ?? [],
      criticality: entry?.criticality ?? null,
      ...{ open, risk: riskOf(open), last_seen: use?.last ?? null },
      ...{ calls: Number(use?.calls ?? 0), denied: Number(use?.denied ?? 0) },
    };
  });
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const ORDERS: Readonly<Record<string, (a: AgentLine, b: AgentLine) => number>> = {
  risk: (a, b) => b.risk - a.risk,
  seen: (a, b) => byText(b.last_seen ?? '', a.last_seen ?? ''),
  name: () => 0,
  calls: (a, b) => b.calls - a.calls,
};

export function fittingAgents(
  lines: readonly AgentLine[],
  query: AgentsQuery,
): readonly AgentLine[] {
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const order = ORDERS[query.sort ?? 'risk'] ?? (() => 0);
  return lines
    .filter((one) => {
      const text = [one.agent_uid, one.owner ?? '', ...one.workflows].join('\n').toLowerCase();
      return (
        words.every((word) => text.includes(word)) &&
        (query.class === undefined || one.class === query.class) &&
        (query.owner === undefined || one.owner === query.owner) &&
        (query.state === undefined || one.state === query.state) &&
        (query.registered === undefined || one.registered === (query.registered === 'yes'))
      );
    })
    .toSorted((a, b) => order(a, b) || byText(a.agent_uid, b.agent_uid));
}
