/** The alert that chains with something dangerous were evicted: one an agent and day. */
import { type Alert, ASSURANCES } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { newAlert, restate } from '../../../alerting/standing-alert.ts';
import { rememberInRing } from '../../../state/agent/bounded-lists.ts';
import { chainFloodWords, lostWords } from '../../../wording/chains.ts';
import { FLOODS_MAX } from '../model/assembly-limits.ts';
import type { ChainMeta, Loss } from '../model/chain-meta.ts';
import { lostOf, withLosses } from '../model/lost-evidence.ts';

const RULE = 'chains-given-up';

export interface EvictedChain {
  readonly meta: ChainMeta;
  readonly lost: readonly Loss[];
  readonly isOfNote: boolean;
}

interface Flood {
  readonly chains: number;
  readonly ofNote: number;
  readonly lost: readonly Loss[];
  readonly last: Alert;
}

function floodOf(evicted: readonly EvictedChain[]): readonly EvictedChain[] {
  const byOpener = new Map<string, EvictedChain[]>();
  for (const one of evicted) {
    const { tenant, opener } = one.meta;
    const key = JSON.stringify([tenant, opener?.agent ?? '']);
    byOpener.set(key, [...(byOpener.get(key) ?? []), one]);
  }
  const [most] = [...byOpener].sort(
    ([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1),
  );
  return most?.[1] ?? [];
}

function alertOf({ meta, ...reported }: Flooding, alertKey: string): Alert {
  const { agent, chains, ofNote, times, lost, assurance } = reported;
  const { title, summary, reason } = chainFloodWords(agent, { chains, ofNote });
  return newAlert(
    { tenant: meta.tenant, alertKey, incident: `flood|${agent}`, times },
    {
      ...{ count: chains, kind: 'telemetry_gap', rule_id: RULE },
      ...{ severity: 'high', confidence_basis: 'rule', score: 1, evaluable: false },
      subject: { agent_uid: agent },
      detected_at: times.at(-1) ?? meta.lastTime,
      title,
      summary,
      not_visible: [lostWords('flood', lostOf({ ...meta, lost }, 'calls'))],
      reasons: [
        {
          feature: RULE,
          ...reason,
          level: 'agent',
          threshold_source: 'static',
        },
      ],
      evidence: [],
      taxonomy: { owasp: ['ASI03'] },
      policy_version: meta.versions.at(-1) ?? '',
      decisive_assurance: assurance,
    },
  );
}

interface Flooding extends Omit<Flood, 'last'> {
  readonly agent: string;
  readonly meta: ChainMeta;
  readonly times: readonly string[];
  readonly assurance: Alert['decisive_assurance'];
}

function floodingOf(
  most: readonly EvictedChain[],
  { meta: { lost: _, ...meta } }: EvictedChain,
  all: readonly EvictedChain[],
  before?: Flood,
): Flooding {
  const lost = all.filter(({ isOfNote }) => isOfNote);
  const ranks = most.map((one) => ASSURANCES.indexOf(one.meta.opener?.assurance ?? 'asserted'));
  const losses = [...(before?.lost ?? []), ...lost.flatMap((chain) => chain.lost)];
  return {
    agent: meta.opener?.agent ?? '',
    meta,
    chains: (before?.chains ?? 0) + all.length,
    ofNote: (before?.ofNote ?? 0) + lost.length,
    times: [
      ...(before === undefined ? [] : [before.last.first_event_time]),
      ...all.map((chain) => chain.meta.lastTime),
    ].sort(),
    lost: withLosses(meta, losses).lost ?? [],
    assurance: ASSURANCES[Math.max(...ranks)] ?? 'unresolved',
  };
}

/** None when only the count moved a little. */
export function reportFlood(
  transaction: Transaction,
  evicted: readonly EvictedChain[],
): readonly Alert[] {
  const most = floodOf(evicted);
  const [one] = most;
  if (one === undefined) return [];
  const { tenant, opener } = one.meta;
  const own = evicted.filter(({ meta }) => meta.tenant === tenant);
  if (opener === undefined || opener.agent === '' || !own.some((one) => one.isOfNote)) return [];
  const day = own.map(({ meta }) => meta.lastTime.slice(0, 10)).sort();
  const key = `flood/${JSON.stringify([tenant, opener.agent, day.at(-1)])}`;
  const before = transaction.get<Flood>(key);
  if (before === undefined) rememberInRing(transaction, 'flood', key, FLOODS_MAX);
  const flooding = floodingOf(most, one, own, before);
  const fresh = alertOf(flooding, key);
  const alert = restate(before?.last, fresh);
  const { chains, ofNote, lost } = flooding;
  const last = alert ?? before?.last ?? fresh;
  transaction.put(key, { chains, ofNote, lost, last } satisfies Flood);
  return alert === undefined ? [] : [alert];
}
