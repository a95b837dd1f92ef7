/**
 * The probabilities that facets claim, day by day and call by call: of a day the least that was said of it. Calls are
 * counted at once and not kept, since there are as many as events.
 */
import { quantile } from 'simple-statistics';
import { clusteredShare, type Share, share } from '../scoring/interval.ts';
import { ALL, type CalibrationRow, NOMINAL } from './calibration-report.ts';

/** Shares of days whose scores are told: of these the shipped tails are made. */
const SCORED = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] as const;

export interface Claim {
  readonly feature: string;
  readonly facet: string;
  readonly class: string;
  readonly agent: string;
  readonly day: string;
  readonly per: 'call' | 'day';
  readonly probability: number;
  /** How high a day scores, of each part of the agent that is counted apart. */
  readonly scored?: { readonly part: string; readonly score: number };
}

interface Day {
  readonly claim: Claim;
  readonly probability: number;
  readonly scores: Map<string, number>;
}

type Named = Pick<Claim, 'feature' | 'facet' | 'class' | 'per'>;

/** Of a feature and class: how often each agent could be judged, and how often it came to each nominal share. */
interface Group extends Named {
  readonly agents: Map<string, number[]>;
  readonly scores: number[];
}

/** All classes first; a feature may speak of calls until it knows days. */
const keyOf = ({ feature, per }: Named, of: string) =>
  `${feature}|${per === 'day' ? 0 : 1}|${of === ALL ? '' : of}`;

function addTo(group: Group, agent: string, probability: number): void {
  const counts = group.agents.get(agent) ?? new Array<number>(NOMINAL.length + 1).fill(0);
  counts[0] = (counts[0] ?? 0) + 1;
  NOMINAL.forEach((nominal, at) => {
    if (probability <= nominal) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
  });
  group.agents.set(agent, counts);
}

const cameOf = ({ agents }: Group, at: number): Share =>
  agents.size === 0
    ? share(0, 0)
    : clusteredShare([...agents.values()].map((counts) => [counts[at + 1] ?? 0, counts[0] ?? 0]));

function rowOf(group: Group): CalibrationRow {
  const { feature, facet, per, agents, scores } = group;
  return {
    feature,
    facet,
    class: group.class,
    per,
    agents: agents.size,
    judged: [...agents.values()].reduce((sum, [n = 0]) => sum + n, 0),
    observed: NOMINAL.map((nominal, at) => ({ nominal, came: cameOf(group, at) })),
    scores: SCORED.filter((one) => one * scores.length >= 1).map((one) => ({
      share: one,
      score: Number(quantile(scores, 1 - one).toFixed(2)),
    })),
  };
}

/** Of a facet that never claimed anything. */
function silentRow(facet: string): CalibrationRow {
  const observed = NOMINAL.map((nominal) => ({ nominal, came: share(0, 0) }));
  return {
    feature: facet,
    facet,
    class: ALL,
    per: null,
    agents: 0,
    judged: 0,
    observed,
    scores: [],
  };
}

export class ClaimedChances {
  readonly #days = new Map<string, Day>();
  readonly #calls = new Map<string, Group>();

  add(claim: Claim): void {
    if (claim.per === 'day') this.#addDay(claim);
    else this.#addTo(this.#calls, claim, claim.probability);
  }

  #addDay(claim: Claim): void {
    const key = `${claim.feature}|${claim.agent}|${claim.day}`;
    const before = this.#days.get(key);
    const scores = before?.scores ?? new Map<string, number>();
    const { scored } = claim;
    if (scored !== undefined) {
      scores.set(scored.part, Math.max(scored.score, scores.get(scored.part) ?? scored.score));
    }
    const probability = Math.min(claim.probability, before?.probability ?? 1);
    this.#days.set(key, { claim, probability, scores });
  }

  #addTo(groups: Map<string, Group>, claim: Claim, probability: number): void {
    for (const of of [ALL, claim.class]) {
      const key = keyOf(claim, of);
      const { feature, facet, per } = claim;
      const group = groups.get(key) ?? {
        ...{ feature, facet, per, class: of },
        ...{ agents: new Map<string, number[]>(), scores: [] },
      };
      addTo(group, claim.agent, probability);
      groups.set(key, group);
    }
  }

  /** What was claimed, and a row for each facet of the registry that claimed nothing. */
  rows(facets: readonly string[]): readonly CalibrationRow[] {
    const groups = new Map(this.#calls);
    for (const { claim, probability, scores } of this.#days.values()) {
      this.#addTo(groups, claim, probability);
      for (const of of [ALL, claim.class]) {
        groups.get(keyOf(claim, of))?.scores.push(...scores.values());
      }
    }
    const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => rowOf(group));
    const claimed = new Set(rows.map(({ facet }) => facet));
    return [...rows, ...facets.filter((facet) => !claimed.has(facet)).map(silentRow)];
  }
}
