/** Links by which calls of other chains lead to this one's; whether the last holds in time is decided here. */
import type { ChainStep } from '../model/chain-step.ts';
import type { Entry } from '../model/foreign-calls.ts';
import { type ChainLink, type LinkScope, strongerLink } from './chain-link.ts';
import { restsOnHubs } from './in-chain-links.ts';
import { weakest } from './proof-assurance.ts';
import { orderOf } from './step-order.ts';

const isReturn = ({ link }: Entry) => link.method?.to === 'hand_over';

function isReached({ store }: Pick<LinkScope, 'store'>, { n, wire }: ChainStep): boolean {
  const foreign = store.foreign();
  return n < 0 ? foreign.into.has(wire.event_id) : foreign.entries.has(wire.event_id);
}

/** Else it relays nothing. */
export function mayRelay({ store }: LinkScope, step: ChainStep): boolean {
  if (isReached({ store }, step)) return true;
  const { arg_values: used, credential_fp: fp, agent_uid: agent, parent_agent_uid } = step.wire;
  if (used.length > 0 || fp !== undefined || parent_agent_uid !== undefined) return true;
  const own = store.tables.byParent(agent);
  return own.over.length + own.under.length + store.tables.byDelegate(agent).over.length > 0;
}

function isBothWays(fp: string | undefined, from: ChainStep, to: ChainStep): boolean {
  const used = from.wire.arg_values.some((value) => value.fp === fp);
  return used && to.wire.result_values.some((value) => value.fp === fp);
}

/** Undefined when the order forbids it. */
function entryLink(
  { edge, link }: Entry,
  parts: Pick<ChainLink, 'from' | 'to'> & { readonly through: ChainStep | undefined },
  skewMs: number,
): ChainLink | undefined {
  const { from, to, through } = parts;
  const { via, strength, assurance, round } = edge;
  const base = { from, to, via, strength, assurance, round };
  // Whatever the clocks say.
  if (link.method?.from === 'hand_over') {
    const known = weakest([assurance, to.wire.claims.delegation]);
    const link = { ...base, assurance: known, doubtful: edge.doubtful };
    return through === undefined ? link : { ...link, through };
  }
  const order = orderOf(from, to, skewMs);
  if (order === 'after') return undefined;
  // It did not get the credential here.
  if (edge.via === 'secret_use' && from.wire.credential_fp === link.fp) return undefined;
  const isCausal =
    edge.via === 'secret_use' ||
    (edge.via === 'data_flow' && link.method?.from === 'result' && !isBothWays(link.fp, from, to));
  return { ...base, doubtful: order === 'undetermined' && !isCausal };
}

function returnedLinks({ store, policy }: LinkScope, to: ChainStep): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const { entries, byEvent } = store.foreign();
  for (const through of store.stepsOf(store.tables.byParent(to.wire.agent_uid).over)) {
    if (through.n === to.n) continue;
    const returned = orderOf(through, to, policy.skewMs);
    if (returned === 'after') continue;
    for (const { edge } of (entries.get(through.wire.event_id) ?? []).filter(isReturn)) {
      const from = byEvent.get(edge.from_event);
      if (from === undefined || orderOf(from, to, policy.skewMs) === 'after') continue;
      const { strength, round } = edge;
      const doubtful = returned === 'undetermined';
      const assurance = weakest([edge.assurance, from.wire.claims.delegation]);
      links.push({ from, to, via: 'delegation', strength, doubtful, assurance, round, through });
    }
  }
  return links;
}

function nearestHandOvers(entries: readonly Entry[], { wire }: ChainStep): readonly Entry[] {
  const { parent_agent_uid: parent, delegators = [] } = wire;
  if (delegators.length === 0) return entries;
  const chain = [parent, ...delegators.map((one) => one.agent_uid)];
  const rankOf = ({ link }: Entry) =>
    link.method?.from === 'hand_over' ? chain.indexOf(link.from_agent_uid) : -1;
  const ranks = entries.map(rankOf).filter((rank) => rank >= 0);
  const nearest = Math.min(...ranks);
  return entries.filter((entry) => rankOf(entry) <= nearest);
}

export function foreignLinks(scope: LinkScope, to: ChainStep): readonly ChainLink[] {
  const { store, policy } = scope;
  const foreign = store.foreign();
  if (foreign.steps.length === 0) return [];
  const found = new Map<string, ChainLink>();
  const isCommon = (link: ChainLink) => link.round !== 0 && restsOnHubs(scope, link);
  const keep = (link: ChainLink | undefined) => {
    if (link === undefined || link.from.n === to.n || isCommon(link)) return;
    const key = `${link.from.n}/${link.via}/${link.through?.n ?? ''}/${link.round ?? 0}`;
    const before = found.get(key);
    found.set(key, before === undefined ? link : strongerLink(before, link));
  };
  const stepOf = (event: string | undefined) => {
    if (event === undefined) return undefined;
    const own = store.numberOf(event);
    return own === undefined ? foreign.byEvent.get(event) : store.step(own);
  };
  if (to.n >= 0) {
    for (const link of returnedLinks(scope, to)) keep(link);
    for (const entry of nearestHandOvers(foreign.entries.get(to.wire.event_id) ?? [], to)) {
      if (isReturn(entry) || entry.edge.via === 'grantee') continue;
      const [from, through] = [stepOf(entry.edge.from_event), stepOf(entry.edge.through_event)];
      if (from !== undefined) keep(entryLink(entry, { from, to, through }, policy.skewMs));
    }
  } else {
    for (const edge of foreign.into.get(to.wire.event_id) ?? []) {
      const [from, through] = [stepOf(edge.from_event), stepOf(edge.through_event)];
      if (from === undefined) continue;
      const { via, strength, doubtful, assurance, round } = edge;
      const link = { from, to, via, strength, doubtful, assurance, round };
      keep(through === undefined ? link : { ...link, through });
    }
  }
  return [...found.values()];
}
