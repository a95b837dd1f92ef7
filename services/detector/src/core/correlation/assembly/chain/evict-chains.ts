/** Room for chains: those of whoever opened most go first, the harmless and idle before others. */
import { type Alert, ASSURANCES, isPrivileged, isSensitive } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { newAlert, restate } from '../../../alerting/standing-alert.ts';
import { rememberInRing } from '../../../state/agent/bounded-lists.ts';
import { stageTime } from '../../../state/stage-clock.ts';
import { chainFloodWords, lostWords } from '../../../wording/chains.ts';
import { takeMost } from '../../flow/open-turns.ts';
import {
  CHAINS_EVICTED,
  CHAINS_LOOKED_MAX,
  CHAINS_MAX,
  FLOODS_MAX,
} from '../model/assembly-limits.ts';
import type { ChainMeta, ChainName, Loss } from '../model/chain-meta.ts';
import { ChainStore } from '../model/chain-store.ts';
import { lossOf, lostOf, withLosses } from '../model/lost-evidence.ts';
import { assemblyCounters, count } from '../model/stage-counters.ts';
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

const RULE = 'chains-given-up';

/** The alert that chains with something dangerous were evicted: one an agent and day. */
interface EvictedChain {
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
function reportFlood(transaction: Transaction, evicted: readonly EvictedChain[]): readonly Alert[] {
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
