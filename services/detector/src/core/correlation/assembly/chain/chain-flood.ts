/** The alert that chains with something dangerous were evicted: one an agent and day. */

import { type Alert, ASSURANCES } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { newAlert, restate } from '../../../alerting/standing-alert.ts';
import { shorten, TITLE_LENGTH_MAX } from '../../../domain/short-text.ts';
import { rememberInRing } from '../../../state/agent/remember-in-ring.ts';
import { displayName, titleName } from '../alert/alert-parts.ts';
import { FLOODS_MAX } from '../model/assembly-limits.ts';
import type { ChainMeta, Loss } from '../model/chain-meta.ts';
import { sayLost, withLosses } from '../model/lost-evidence.ts';

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
  const who = displayName(agent);
  return newAlert(
    { tenant: meta.tenant, alertKey, incident: `flood|${agent}`, times },
    {
      ...{ count: chains, kind: 'telemetry_gap', rule_id: RULE },
      ...{ severity: 'high', confidence_basis: 'rule', score: 1, evaluable: false },
      subject: { agent_uid: agent },
      detected_at: times.at(-1) ?? meta.lastTime,
      title: shorten(
        `${titleName(agent)} opened so many pieces of work that ${chains} were given up`,
        TITLE_LENGTH_MAX,
      ),
      summary:
        `${who} has more pieces of work open than anybody else, and there was no room for more: ${chains} pieces of work were given up for want of room, ${ofNote} of them with something dangerous in it. ` +
        'What agents do together in these from now on can’t be judged; where one goes on, its alerts say so.',
      not_visible: [sayLost({ ...meta, lost }, 'calls', 'Calls were given up for want of room')],
      reasons: [
        {
          feature: RULE,
          text: 'More pieces of work were open at once than can be followed, most of them opened by this agent.',
          expected: 'work that ends, or few pieces of it at once',
          observed: `${chains} given up`,
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
