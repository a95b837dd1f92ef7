/**
 * Where a young agent's volumes begin to be too much: beyond what its peers' days reach once in a thousand,
 * by the shipped tail around their median, with the spread that they show among each other and at least
 * that of any agent.
 *
 * Clamped from both sides by the static floor: peers that do next to nothing make no alarm of a few calls, and
 * peers that are bad from end to end raise it to the ceiling and no further.
 *
 * A tenant's agents do all kinds of work: what is usual of them says nothing of one who exports. So where only the
 * tenant is known, too much is what lies above the ceiling, and the agent's own few windows go on to be asked.
 * Rejected, since it was measured: the median and spread of the tenant (14 false alarms of exporters and reporters
 * on a benign fleet of 150 agents in two weeks).
 */
import { dayScore, leastScale, type Unit } from '../volume/day-score.ts';
import { type ScoreTail, scoreAt, scoreProbability } from '../volume/score-tail.ts';
import { PEER_LEVELS, type Peers } from './peer-snapshots.ts';

/**
 * How far above the static floor what peers do may raise a young agent's threshold. Amounts differ by hundreds
 * between kinds of work: benign tuning fleets reach 154 times the floor of records, and half the floor of calls.
 */
export const PEER_CEILING: Readonly<Record<Unit, number>> = { count: 20, amount: 400 };

export interface PeerModel {
  readonly unit: Unit;
  readonly tail: ScoreTail;
  readonly floor: number;
}

export interface PeerVerdict {
  readonly p: number;
  readonly threshold: number;
  readonly isOver: boolean;
  /** The largest of a usual day of a peer. */
  readonly usual: number;
  readonly days: number;
  readonly agents: number;
  readonly isClamped: boolean;
}

export function judgeByPeers(
  { level, snapshot }: Peers,
  { feature, sum, probability }: PeerSum,
  { unit, tail, floor }: PeerModel,
): PeerVerdict | undefined {
  const volume = Object.hasOwn(snapshot.volumes, feature) ? snapshot.volumes[feature] : undefined;
  if (volume === undefined) return undefined;
  const { median, days, agents } = volume;
  const usual = { median, scale: Math.max(volume.scale, leastScale(median, unit)), days };
  const learned = Math.expm1(median + usual.scale * scoreAt(tail, probability));
  const ceiling = floor * PEER_CEILING[unit];
  const threshold =
    level === PEER_LEVELS.tenant ? ceiling : Math.min(Math.max(floor, learned), ceiling);
  return {
    p: scoreProbability(tail, dayScore(usual, sum)),
    threshold,
    isOver: sum > threshold,
    usual: Math.expm1(median),
    ...{ days, agents },
    isClamped: threshold !== learned,
  };
}

export interface PeerSum {
  readonly feature: string;
  readonly sum: number;
  /** Of a day, below which it is too rare. */
  readonly probability: number;
}
