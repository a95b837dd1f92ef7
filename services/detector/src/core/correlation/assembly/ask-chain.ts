/**
 * When a chain is asked again because of other chains. A new link at once; the rest by a record to itself, so that
 * loops skip states in between.
 */
import { chainKey, type PrivilegeLink, TOPICS } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { alertOutput } from '../../alerting/standing-alert.ts';
import { askRequests } from './closing-gap.ts';
import { concludeChain } from './conclude-chain.ts';
import { WORK_MAX } from './model/assembly-limits.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import { ChainStore } from './model/chain-store.ts';
import { linkName } from './model/foreign-calls.ts';
import { WorkCounter } from './proof/find-proof.ts';
import { reportLeads } from './report-leads.ts';

interface AskedChain {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
}

export function askAgain({ transaction, store, meta: before }: AskedChain): readonly Output[] {
  const meta = before.isToAsk === true ? store.changeMeta(before, { isToAsk: false }) : before;
  const question = {
    transaction,
    store,
    meta,
    affected: 'all',
    work: new WorkCounter(WORK_MAX),
  } as const;
  const alerts = concludeChain({ ...question, versions: meta.versions });
  const reported = reportLeads(question);
  store.keepAsked();
  const { requests = 0, heads } = store.meta() ?? meta;
  const warnings = requests > 0 || heads.length > 0 ? askRequests(transaction, store) : [];
  return [...[...alerts, ...warnings].map(alertOutput), ...reported];
}

export function askLater({ store, meta }: AskedChain, because: PrivilegeLink): readonly Output[] {
  if (meta.isToAsk === true) return [];
  const asks = (meta.asks ?? 0) + 1;
  store.changeMeta(meta, { isToAsk: true, asks });
  const {
    calls: _,
    edges: _edges,
    hub: _hub,
    hub_times: _times,
    unreported: _unreported,
    ...rest
  } = because;
  const value: PrivilegeLink = { ...rest, chain_id: meta.chain, ask: true };
  return [
    {
      topic: TOPICS.privilegeLinks.name,
      key: chainKey(meta.tenant, meta.chain),
      type: 'event',
      value,
      id: `ask/${linkName(because)}/${asks}`,
      time: because.event_time,
    },
  ];
}

export function decideAsk(
  transaction: Transaction,
  { tenant_id, chain_id }: PrivilegeLink,
): readonly Output[] {
  const store = new ChainStore(transaction, tenant_id, chain_id);
  const meta = store.meta();
  return meta?.isToAsk === true ? askAgain({ transaction, store, meta: store.index(meta) }) : [];
}
