/**
 * The flow stage: `value.flows` → `privilege.links`, key `tenant|fingerprint`. A link goes to the producer's chain
 * first; a late observation may withdraw it.
 */
import {
  assuranceAtLeast,
  type ControlRecord,
  chainKey,
  type PrivilegeLink,
  TOPICS,
  type ValueFlow,
  type Watermark,
} from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';
import { isHubAt, toHubTimes } from '../correlation/assembly/model/hub-span.ts';
import { STRENGTH } from '../correlation/assembly/proof/chain-link.ts';
import type { CompiledPolicy } from '../correlation/assembly/proof/compile-combination.ts';
import { keepControl, policyAt } from '../correlation/assembly/proof/policy-versions.ts';
import {
  concerns,
  type FlowLink,
  hadRead,
  isUse,
  linksOfUse,
} from '../correlation/flow/cross-chain-links.ts';
import { OBSERVATIONS_MAX, USE_LINKS_MAX } from '../correlation/flow/flow-limits.ts';
import {
  type FlowObservation,
  flowObservationOf,
  isFlowProven,
  NO_TRACK,
  type Popularity,
  popularityOf,
  type Track,
  withFlowObservation,
  withHubNews,
} from '../correlation/flow/flow-track.ts';
import { expireAll, openTrack, trackKey } from '../correlation/flow/open-tracks.ts';
import { isCounted } from '../correlation/flow/popularity.ts';
import { acceptNumber, advanceClock } from '../state/stage-clock.ts';

const nameOf = ({ from, to }: FlowLink) => `${from.event}/${from.by}/${to.event}/${to.by}`;

function isCommonTo({ hub }: Popularity, use: FlowObservation): boolean {
  return isCounted(use.by) || use.by === 'credential' ? isHubAt(hub, use.ms, use.agent) : false;
}

/** Links whose maker was evicted: it had the value first, so its link stands. */
function sentOfGone(
  { observations, sent }: Track,
  use: FlowObservation,
): readonly (readonly [string, PrivilegeLink])[] {
  if (observations.length < OBSERVATIONS_MAX) return [];
  return Object.entries(sent).filter(([, { to_event: to, from_event: from, via, method }]) => {
    if (to !== use.event || method?.to !== use.by || via !== 'data_flow') return false;
    return !observations.some((one) => one.event === from && one.by === method.from);
  });
}

interface LinksInto {
  readonly holds: readonly string[];
  readonly links: readonly FlowLink[];
}

function linksAmong(
  track: Track,
  use: FlowObservation,
  policy: CompiledPolicy,
  asked: { readonly among: readonly FlowObservation[]; readonly areProven: boolean },
): LinksInto {
  const { among, areProven } = asked;
  if (isCommonTo(popularityOf(track, areProven), use)) return { holds: [], links: [] };
  const { skewMs } = policy;
  const gone = sentOfGone(track, use).filter(([, link]) => {
    const { method, from_chain_id: chain } = link;
    if (isFlowProven(link) !== areProven) return false;
    return method?.from !== 'result' || !hadRead(among, use, { chain, skewMs });
  });
  const isAsked = (from: FlowObservation) =>
    (isFlowProven(use) && isFlowProven(from)) === areProven;
  const room = Math.max(0, USE_LINKS_MAX - gone.length);
  const links = linksOfUse(among, use, policy, isAsked).slice(0, room);
  return { holds: [...links.map(nameOf), ...gone.map(([name]) => name)], links };
}

function linksInto(track: Track, use: FlowObservation, policy: CompiledPolicy): LinksInto {
  const { observations } = track;
  const proven = isFlowProven(use) ? observations.filter(isFlowProven) : [];
  const areAllProven = proven.length === observations.length && track.proven === undefined;
  const found = [
    ...(isFlowProven(use) ? [{ among: proven, areProven: true }] : []),
    ...(areAllProven ? [] : [{ among: observations, areProven: false }]),
  ].map((asked) => linksAmong(track, use, policy, asked));
  return {
    holds: found.flatMap(({ holds }) => holds),
    links: found.flatMap(({ links }) => links),
  };
}

function strengthOf({ from, to, via }: FlowLink): number {
  if (via === 'grantee') return STRENGTH.grantee;
  if (via === 'secret_use') return STRENGTH.secretUse;
  if (via === 'resource') return STRENGTH.resource;
  if (via === 'delegation') {
    const isNamed = from.by === 'hand_over' || to.by === 'hand_over';
    return isNamed ? STRENGTH.delegationExplicit : STRENGTH.sharedKey;
  }
  return from.by === 'result' ? STRENGTH.resultToArgument : STRENGTH.writtenToArgument;
}

function linkOf(flow: ValueFlow, link: FlowLink): PrivilegeLink {
  const { from, to } = link;
  return {
    tenant_id: flow.tenant_id,
    chain_id: to.chain,
    from_event: from.event,
    from_chain_id: from.chain,
    to_event: to.event,
    via: link.via,
    strength: strengthOf(link) / 100,
    hops: 1,
    capabilities: [...from.capabilities],
    event_time: to.time,
    fp: flow.fp,
    method: { from: from.by, to: to.by },
    from_agent_uid: from.agent,
    assurance: assuranceAtLeast(from.assurance, to.assurance) ? to.assurance : from.assurance,
  };
}

function linkOutput(link: PrivilegeLink): Output {
  const { tenant_id: tenant, from_event: from, to_event: to, via, fp = '' } = link;
  const what = link.withdrawn === true ? '/withdrawn' : '';
  return {
    topic: TOPICS.privilegeLinks.name,
    key: chainKey(tenant, link.from_chain_id),
    type: 'event',
    value: link,
    id: `${from}/${to}/${via}/${fp}${what}`,
    time: link.event_time,
  };
}

function hubOutput(flow: ValueFlow, fresh: FlowObservation, { hub = [], proven }: Track): Output {
  const { tenant_id: tenant, fp } = flow;
  const apart = proven === undefined ? {} : { hub_times_proven: proven.hub.map(toHubTimes) };
  const link = linkOf(flow, { from: fresh, to: fresh, via: 'data_flow' });
  return {
    topic: TOPICS.privilegeLinks.name,
    key: chainKey(tenant, fp),
    type: 'event',
    value: {
      ...link,
      ...{ hub: true, hub_times: hub.map(toHubTimes), ...apart },
    } satisfies PrivilegeLink,
    id: `hub/${fp}/${fresh.event}/${fresh.by}`,
    time: fresh.time,
  };
}

function usesToAsk(
  { observations }: Track,
  fresh: FlowObservation,
  skewMs: number,
): readonly FlowObservation[] {
  return observations.filter(
    (one) => isUse(one) && (one === fresh || concerns(fresh, one, skewMs)),
  );
}

/** Nothing can refute them any more. */
function sentOfStored({ observations, sent }: Track): Readonly<Record<string, PrivilegeLink>> {
  if (observations.length < OBSERVATIONS_MAX) return sent;
  const events = new Set(observations.map((one) => one.event));
  return Object.fromEntries(Object.entries(sent).filter(([, link]) => events.has(link.to_event)));
}

interface Relinked {
  readonly track: Track;
  readonly outputs: readonly Output[];
}

function relink(
  flow: ValueFlow,
  retained: Track,
  uses: readonly FlowObservation[],
  policy: CompiledPolicy,
): Relinked {
  const sent: Record<string, PrivilegeLink> = { ...sentOfStored(retained) };
  const sentBefore = Object.entries(sent);
  const outputs: Output[] = [];
  for (const use of uses) {
    const { holds, links } = linksInto(retained, use, policy);
    const standing = new Set(holds);
    for (const [name, link] of sentBefore) {
      if (link.to_event !== use.event || link.method?.to !== use.by || standing.has(name)) continue;
      delete sent[name];
      outputs.push(linkOutput({ ...link, withdrawn: true }));
    }
    for (const link of links) {
      const name = nameOf(link);
      if (Object.hasOwn(sent, name)) continue;
      const made = linkOf(flow, link);
      sent[name] = made;
      outputs.push(linkOutput(made));
    }
  }
  return { track: { ...retained, sent }, outputs };
}

function decideObservation(transaction: Transaction, flow: ValueFlow): readonly Output[] {
  const item = { tenant: flow.tenant_id, fp: flow.fp };
  const atHand = policyAt(transaction, flow.tenant_id, flow.policy_version ?? '');
  if (atHand === undefined) return [];
  const { policy } = atHand;
  const before = transaction.get<Track>(trackKey(item));
  const fresh = flowObservationOf(flow);
  const seen = withFlowObservation(before ?? NO_TRACK, fresh, policy.chainsMax);
  if (seen === undefined) return [];
  if (before === undefined)
    openTrack(transaction, item, { opener: fresh.agent, ms: fresh.ms }, policy);
  const reported = withHubNews(seen, fresh, policy);
  const retained = reported ?? seen;
  const uses = before === undefined ? [] : usesToAsk(retained, fresh, policy.skewMs);
  const { track, outputs } = relink(flow, retained, uses, policy);
  transaction.put(trackKey(item), track);
  return reported === undefined ? outputs : [hubOutput(flow, fresh, reported), ...outputs];
}

export function decideFlow(transaction: Transaction, record: StageRecord): readonly Output[] {
  const { source } = record;
  switch (record.type) {
    case 'event':
      return decideObservation(transaction, record.value as ValueFlow);
    case 'control': {
      const control = record.value as ControlRecord;
      if (acceptNumber(transaction, source, control.seq)) keepControl(transaction, control);
      return [];
    }
    case 'watermark': {
      const { seq, time } = record.value as Watermark;
      if (!acceptNumber(transaction, source, seq)) return [];
      const nowMs = advanceClock(transaction, source, time);
      if (nowMs !== undefined) expireAll(transaction, nowMs);
      return [];
    }
  }
}
