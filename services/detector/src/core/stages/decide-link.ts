/**
 * Links between chains: stored and passed on where they lead from, acted on where they lead to. Both may come
 * before their calls. Of too many the strongest stay.
 */
import { ASSURANCES, chainKey, epochMs, type PrivilegeLink, TOPICS } from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';
import { askAgain, askLater, decideAsk } from '../correlation/assembly/ask-chain.ts';
import { openChain, scheduleChain } from '../correlation/assembly/chain/open-chains.ts';
import { IMPORTS_MAX, LEADS_MAX, WORK_MAX } from '../correlation/assembly/model/assembly-limits.ts';
import type { ChainMeta } from '../correlation/assembly/model/chain-meta.ts';
import { GRANTEE_MARK } from '../correlation/assembly/model/chain-step.ts';
import { ChainStore } from '../correlation/assembly/model/chain-store.ts';
import { foreignWires, linkName } from '../correlation/assembly/model/foreign-calls.ts';
import { keepHub } from '../correlation/assembly/model/hub-values.ts';
import { withLosses } from '../correlation/assembly/model/lost-evidence.ts';
import { symbolKeys } from '../correlation/assembly/model/step-keys.ts';
import { WorkCounter } from '../correlation/assembly/proof/find-proof.ts';
import { policyAt } from '../correlation/assembly/proof/policy-versions.ts';
import { linkOutput, reportLeads } from '../correlation/assembly/report-leads.ts';
import { isFlowProven } from '../correlation/flow/flow-track.ts';
import { evictedOf } from '../state/crowded-out.ts';

interface OpenedChain {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
}

function openedFor(
  transaction: Transaction,
  link: PrivilegeLink,
  chain: string,
): OpenedChain | undefined {
  const { tenant_id: tenant, event_time: time } = link;
  const store = new ChainStore(transaction, tenant, chain);
  const known = store.meta();
  if (known !== undefined) return { store, meta: known };
  const policy = policyAt(transaction, tenant, '')?.policy;
  if (policy === undefined || link.withdrawn === true) return undefined;
  const { from_agent_uid: agent = '', assurance = 'asserted' } = link;
  const opened = openChain(transaction, store, { tenant, chain }, { agent, assurance });
  const { horizonMs } = policy;
  const meta = store.changeMeta(opened, { lastMs: epochMs(time), lastTime: time, horizonMs });
  scheduleChain(transaction, meta);
  return { store, meta };
}

function compareLinks(a: PrivilegeLink, b: PrivilegeLink): number {
  const rank = (link: PrivilegeLink) => ASSURANCES.indexOf(link.assurance ?? 'asserted');
  const order = b.strength - a.strength || rank(a) - rank(b);
  if (order !== 0) return order;
  if (a.event_time !== b.event_time) return a.event_time < b.event_time ? -1 : 1;
  return linkName(a) < linkName(b) ? -1 : 1;
}

function parted<T>(
  all: readonly T[],
  max: number,
  of: {
    readonly linkOf: (one: T) => PrivilegeLink;
    readonly owner: (link: PrivilegeLink) => string;
  },
): readonly [readonly T[], readonly T[]] {
  const { linkOf, owner } = of;
  const links = all.map(linkOf);
  // Made-up links push out no proven one.
  const classes = [links.filter(isFlowProven), links.filter((link) => !isFlowProven(link))];
  const out = new Set(
    classes.flatMap((some) => evictedOf(some, { owner, order: compareLinks, max })),
  );
  return [all.filter((one) => !out.has(linkOf(one))), all.filter((one) => out.has(linkOf(one)))];
}

function countRefused(
  store: ChainStore,
  meta: ChainMeta,
  links: readonly PrivilegeLink[],
): ChainMeta {
  if (links.length === 0) return meta;
  const linksRefused = (meta.linksRefused ?? 0) + links.length;
  const { lost = [] } = withLosses(
    meta,
    links.map((link) => ({
      kind: 'links',
      agent: link.from_agent_uid ?? '',
      count: 1,
      since: link.event_time,
      symbols: link.capabilities.map((one) => one.symbol),
    })),
  );
  return store.changeMeta(meta, { linksRefused, lost });
}

/** They would else go on saying that all was looked at. */
function isFirstLoss({ heads, linksRefused = 0 }: ChainMeta, gone: readonly unknown[]): boolean {
  return gone.length > 0 && linksRefused === 0 && heads.length > 0;
}

function decideLead(transaction: Transaction, link: PrivilegeLink): readonly Output[] {
  const opened = openedFor(transaction, link, link.from_chain_id);
  if (opened === undefined) return [];
  const { store } = opened;
  const before = store.leads();
  const known = before.find((one) => linkName(one.link) === linkName(link));
  const others = before.filter((one) => one !== known);
  if (link.withdrawn === true) {
    store.putLeads(others);
    store.changeMeta(opened.meta, { leads: others.length });
    return known?.reportedMark == null ? [] : [linkOutput({ ...link, calls: [] }, 'withdrawn')];
  }
  if (known !== undefined) return [];
  const lead = { link, reportedMark: null, times: 0 };
  const all = [...before, lead];
  const [retained, gone] = parted(all, LEADS_MAX, {
    linkOf: (one) => one.link,
    owner: (one) => one.chain_id,
  });
  store.putLeads(retained);
  const isNewLoss = isFirstLoss(opened.meta, gone);
  const counted = countRefused(
    store,
    store.changeMeta(opened.meta, { leads: retained.length }),
    gone.map((one) => one.link),
  );
  const meta = store.index(counted);
  if (isNewLoss) return askAgain({ transaction, store, meta });
  const n = store.numberOf(link.from_event);
  if (n === undefined) return [];
  const work = new WorkCounter(WORK_MAX);
  // Its other leads have been told.
  const reported = reportLeads({
    transaction,
    store,
    meta,
    affected: new Set([n]),
    work,
    only: lead,
  });
  store.keepAsked();
  return reported;
}

function importedSymbols(imports: readonly PrivilegeLink[]): NonNullable<ChainMeta['imported']> {
  const keys = [...foreignWires(imports)].flatMap((wire) => [
    ...symbolKeys({ wire }),
    ...(wire.grantee_uid === undefined ? [] : [GRANTEE_MARK + wire.grantee_uid]),
  ]);
  return Object.fromEntries(keys.map((key) => [key, true as const]));
}

/** Undefined where nothing changes. */
function withImport(
  before: readonly PrivilegeLink[],
  link: PrivilegeLink,
): readonly PrivilegeLink[] | undefined {
  const name = linkName(link);
  const others = before.filter((one) => linkName(one) !== name);
  if (link.withdrawn === true) return others.length === before.length ? undefined : others;
  const after = others.findIndex((one) => name < linkName(one));
  return after < 0 ? [...others, link] : others.toSpliced(after, 0, link);
}

function decideImport(transaction: Transaction, link: PrivilegeLink): readonly Output[] {
  const opened = openedFor(transaction, link, link.chain_id);
  if (opened === undefined) return [];
  const { store } = opened;
  const before = store.imports();
  const all = withImport(before, link);
  if (all === undefined) return [];
  const [imports, gone] = parted(all, IMPORTS_MAX, {
    linkOf: (one) => one,
    owner: (one) => one.from_agent_uid ?? one.from_chain_id,
  });
  const isNewLoss = isFirstLoss(opened.meta, gone);
  if (gone.includes(link) && imports.length === before.length) {
    const meta = countRefused(store, opened.meta, gone);
    return isNewLoss ? askAgain({ transaction, store, meta: store.index(meta) }) : [];
  }
  store.putImports(imports);
  const isNew = !before.some((one) => linkName(one) === linkName(link));
  const known = store.changeMeta(opened.meta, { imported: importedSymbols(imports) });
  const meta = store.index(countRefused(store, known, gone));
  const asked = { transaction, store, meta };
  if (store.numberOf(link.to_event) === undefined) return isNewLoss ? askAgain(asked) : [];
  // What came along may be tied to any call.
  return isNew && meta.isToAsk !== true ? askAgain(asked) : askLater(asked, link);
}

function decideHub(transaction: Transaction, link: PrivilegeLink): readonly Output[] {
  return keepHub(transaction, link).flatMap((chain) => {
    const store = new ChainStore(transaction, link.tenant_id, chain);
    const meta = store.meta();
    return meta === undefined ? [] : askLater({ transaction, store, meta }, link);
  });
}

export function decideLink(transaction: Transaction, link: PrivilegeLink): readonly Output[] {
  if (link.hub === true) return decideHub(transaction, link);
  if (link.ask === true) return decideAsk(transaction, link);
  return link.calls === undefined ? decideLead(transaction, link) : decideImport(transaction, link);
}

/** Without calls: its producer's, which adds them. */
function chainOfLink(link: PrivilegeLink): string {
  return link.calls === undefined && link.ask !== true ? link.from_chain_id : link.chain_id;
}

function placeOf(link: PrivilegeLink): Pick<Output, 'key' | 'partition'> {
  if (link.hub === true) return { key: null, partition: 'all' };
  return { key: chainKey(link.tenant_id, chainOfLink(link)) };
}

/** Puts links into the topic of the steps, which the assembly stage reads, so that their order can be repeated. */
export function relayLink(_transaction: Transaction, record: StageRecord): readonly Output[] {
  if (record.type !== 'event') return [];
  const link = record.value as PrivilegeLink;
  return [
    {
      topic: TOPICS.privilegeSteps.name,
      ...placeOf(link),
      type: 'event',
      value: link,
      id: `link/${link.from_event}/${link.to_event}/${link.via}/${record.partition}/${record.offset}`,
      time: link.event_time,
    },
  ];
}
