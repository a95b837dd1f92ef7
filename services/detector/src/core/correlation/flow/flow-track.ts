/**
 * What is stored of one value, key or credential: who made and used it, and which links were sent. The proven is
 * stored and counted apart, so that no assertion displaces it.
 */
import {
  type Assurance,
  assuranceAtLeast,
  type ObservationWay,
  type PrivilegeLink,
  parseLogTime,
  type ValueFlow,
} from '@waywarden/schemas';
import { evictedOf } from '../../state/crowded-out.ts';
import { type HubSpan, isHubAt, unionOf } from '../assembly/model/hub-span.ts';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { CHAINS_BEYOND_MAX, HUB_SPANS_MAX, OBSERVATIONS_MAX } from './flow-limits.ts';
import { type ChainSpan, hubSpans, isCounted, shownBy, withChain } from './popularity.ts';

interface ObservedObject {
  readonly object?: string;
  readonly keyRank?: number;
  readonly chainKeyRank?: number;
  readonly chainKeyProven?: boolean;
}

export interface FlowObservation extends ObservedObject {
  readonly event: string;
  readonly chain: string;
  readonly agent: string;
  readonly by: ObservationWay;
  readonly ms: number;
  readonly ns: number;
  readonly time: string;
  readonly capabilities: ValueFlow['capabilities'];
  readonly assurance: Assurance;
  readonly policyVersion: string;
}

export interface Track {
  readonly observations: readonly FlowObservation[];
  readonly sent: Readonly<Record<string, PrivilegeLink>>;
  readonly chains?: readonly ChainSpan[];
  readonly hub?: readonly HubSpan[];
  /** Absent where it is the same. */
  readonly proven?: Popularity;
}

export interface Popularity {
  readonly chains: readonly ChainSpan[];
  readonly hub: readonly HubSpan[];
}

export const NO_TRACK: Track = { observations: [], sent: {} };

export function isFlowProven({
  assurance = 'asserted',
}: {
  readonly assurance?: Assurance | undefined;
}): boolean {
  return assuranceAtLeast(assurance, 'authenticated');
}

export function popularityOf({ chains = [], hub = [], proven }: Track, isOfProven: boolean) {
  return (isOfProven ? proven : undefined) ?? ({ chains, hub } satisfies Popularity);
}

export function compareObservations(a: FlowObservation, b: FlowObservation): number {
  const byTime = a.ms - b.ms || a.ns - b.ns;
  if (byTime !== 0) return byTime;
  if (a.event !== b.event) return a.event < b.event ? -1 : 1;
  if (a.by === b.by) return 0;
  return a.by < b.by ? -1 : 1;
}

export function flowObservationOf(flow: ValueFlow): FlowObservation {
  const time = parseLogTime(flow.event_time) ?? { ms: 0, ns: 0 };
  const { object, key_rank: keyRank, chain_key_rank: chainKeyRank } = flow;
  const { chain_key_proven: chainKeyProven } = flow;
  return {
    event: flow.event_id,
    chain: flow.chain_id,
    agent: flow.agent_uid,
    by: flow.by ?? (flow.direction === 'produced' ? 'result' : 'argument'),
    ms: time.ms,
    ns: time.ns,
    time: flow.event_time,
    capabilities: flow.capabilities,
    assurance: flow.assurance ?? 'asserted',
    policyVersion: flow.policy_version ?? '',
    ...(object === undefined ? {} : { object }),
    ...(keyRank === undefined ? {} : { keyRank }),
    ...(chainKeyRank === undefined ? {} : { chainKeyRank }),
    ...(chainKeyProven === undefined ? {} : { chainKeyProven }),
  };
}

/** Who shows a value over and over pushes out itself. */
function withoutCrowd(observations: readonly FlowObservation[]): readonly FlowObservation[] {
  if (observations.length <= OBSERVATIONS_MAX) return observations;
  const classes: readonly [proven: FlowObservation[], asserted: FlowObservation[]] = [[], []];
  for (const one of observations) classes[isFlowProven(one) ? 0 : 1].push(one);
  const out = new Set(
    classes.flatMap((some) =>
      evictedOf(some, {
        owner: ({ agent, by }) => `${by}/${agent}`,
        order: (a, b) => compareObservations(b, a),
        max: OBSERVATIONS_MAX,
      }),
    ),
  );
  return out.size === 0 ? observations : observations.filter((one) => !out.has(one));
}

function withCounted(
  track: Track,
  observation: FlowObservation,
  chainsMax: number,
): Pick<Track, 'chains' | 'proven'> {
  const { chains = [], hub = [], proven } = track;
  const { chain, agent, ms, by } = observation;
  const counted = (spans: readonly ChainSpan[]) =>
    withChain(spans, chain, { agent: shownBy(by, agent), ms }, chainsMax + CHAINS_BEYOND_MAX);
  const all = { chains: counted(chains) };
  // One count says both.
  if (!isFlowProven(observation)) return { ...all, proven: proven ?? { chains, hub } };
  if (proven === undefined) return all;
  return { ...all, proven: { ...proven, chains: counted(proven.chains) } };
}

/** Undefined when it is a repeat. */
export function withFlowObservation(
  track: Track,
  observation: FlowObservation,
  chainsMax: number,
): Track | undefined {
  const { observations } = track;
  if (observations.some((one) => compareObservations(one, observation) === 0)) return undefined;
  const retained = [...observations, observation].sort(compareObservations);
  return {
    ...track,
    observations: withoutCrowd(retained),
    ...(isCounted(observation.by) ? withCounted(track, observation, chainsMax) : {}),
  };
}

/** No agent's name. */
const ANYBODY = '';

/** Undefined where what was told still holds for half a horizon. */
function hubNews(
  { chains, hub }: Popularity,
  observations: readonly FlowObservation[],
  fresh: FlowObservation,
  policy: CompiledPolicy,
): readonly HubSpan[] | undefined {
  const [last] = observations.slice(-1);
  if (last === undefined || chains.length <= policy.chainsMax) return undefined;
  const ahead = [last.ms + 1, last.ms + policy.linkHorizonMs / 2];
  const isReported = ({ ms, agent }: FlowObservation) => isHubAt(hub, ms, agent);
  const isReportedAt = (ms: number) => isHubAt(hub, ms, ANYBODY);
  if (fresh === last && ahead.every(isReportedAt) && isReported(fresh)) return undefined;
  const now = unionOf(hub, hubSpans(chains, policy), HUB_SPANS_MAX);
  const isNews =
    observations.some((one) => isHubAt(now, one.ms, one.agent) && !isReported(one)) ||
    ahead.some((ms) => isHubAt(now, ms, ANYBODY) && !isReportedAt(ms));
  return isNews ? now : undefined;
}

export function withHubNews(
  track: Track,
  fresh: FlowObservation,
  policy: CompiledPolicy,
): Track | undefined {
  const { observations, proven } = track;
  const all = hubNews(popularityOf(track, false), observations, fresh, policy);
  const apart =
    proven === undefined || !isFlowProven(fresh)
      ? undefined
      : hubNews(proven, observations.filter(isFlowProven), fresh, policy);
  if (proven === undefined || apart === undefined) {
    return all === undefined ? undefined : { ...track, hub: all };
  }
  const hub = unionOf(all ?? track.hub ?? [], apart, HUB_SPANS_MAX);
  return { ...track, hub, proven: { ...proven, hub: apart } };
}
