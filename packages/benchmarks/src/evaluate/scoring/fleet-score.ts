/**
 * How a detector does on a whole fleet: how much it cries on benign work, what it would have revoked
 * by mistake, and for each family of attack how many incidents it detects and how late.
 */
import { epochMs } from '@waywarden/schemas';
import type { AlertFile, AlertHistory } from './alert-history.ts';
import {
  type AlertRates,
  alertRates,
  exemptAlerts,
  type ResponseCounts,
  responseCounts,
  type VariationRate,
  variationRates,
} from './alert-rates.ts';
import { type NamedFailures, namedFailures } from './assembly-failures.ts';
import { displaced, type MatchedIncident, matchBehavior } from './behavior-match.ts';
import { type Delay, type Delays, delayMinutes, delaysOf } from './delay.ts';
import { clusteredShare, type Share, share } from './interval.ts';
import type { Labels } from './label.ts';
import type { StreamFacts, Wanted } from './stream-facts.ts';

export interface FamilyScore {
  readonly family: string;
  /** Of a row by variant: all. */
  readonly strength: string;
  /** Of a family that has several forms; else absent. */
  readonly variant?: string;
  readonly incidents: number;
  readonly detected: Share;
  /** Detected, and one of the incident's calls is named. */
  readonly located: Share;
  /** Any alert of any kind in the incident's time. */
  readonly noticed: Share;
  /** Detected by the same rule when its labels are moved to agents that were not attacked. */
  readonly by_chance: Share;
  readonly delay: Delays;
}

export interface FleetReport {
  readonly events: number;
  readonly agents: number;
  readonly agent_days: number;
  readonly withdrawn: number;
  readonly hygiene: number;
  /** Of a kind that is right under a benign variation, of its agents and in its time. */
  readonly exempt: number;
  /** Alerts that are about no incident: on a benign fleet, all of them. */
  readonly false_alarms: AlertRates;
  readonly by_variation: readonly VariationRate[];
  readonly responses: {
    readonly to_false_alarms: ResponseCounts;
    readonly to_incidents: ResponseCounts;
  };
  readonly incidents: number;
  /** Its interval is clustered by agent. */
  readonly recall: Share;
  /** Recall of the same labels moved to agents that were not attacked. */
  readonly chance_recall: Share;
  readonly families: readonly FamilyScore[];
  /** Of the families whose labels name variants. */
  readonly variants: readonly FamilyScore[];
  readonly failures: {
    readonly missed: NamedFailures;
    readonly wrong_kind: NamedFailures;
    readonly false_alarms: NamedFailures;
  };
}

function delayOf({ label, detected }: MatchedIncident, facts: StreamFacts): Delay | undefined {
  if (detected === undefined) return undefined;
  // A slow gateway records the first call before the onset that the label tells in true time.
  const firstMs = facts.placeOf(label.native_ids[0] ?? '')?.atMs;
  const onsetMs = Math.min(epochMs(label.onset), firstMs ?? Number.POSITIVE_INFINITY);
  return {
    minutes: delayMinutes(onsetMs, detected.detectedMs),
    events: facts.eventsOf(label.agent_uid, onsetMs, detected.detectedMs),
  };
}

function familyScore(
  family: string,
  strength: string,
  { own, moved }: { own: readonly MatchedIncident[]; moved: readonly MatchedIncident[] },
  facts: StreamFacts,
): FamilyScore {
  const of = (keep: (one: MatchedIncident) => boolean) =>
    share(own.filter(keep).length, own.length);
  return {
    family,
    strength,
    incidents: own.length,
    detected: of((one) => one.detected !== undefined),
    located: of((one) => one.located),
    noticed: of((one) => one.noticed !== undefined),
    by_chance: share(moved.filter((one) => one.detected !== undefined).length, moved.length),
    delay: delaysOf(own.flatMap((one) => delayOf(one, facts) ?? [])),
  };
}

/** The row of a family over all strengths. */
export const ALL_STRENGTHS = 'all';
const STRENGTHS = [ALL_STRENGTHS, 'weak', 'medium', 'strong'];

function families(
  matched: readonly MatchedIncident[],
  byChance: readonly MatchedIncident[],
  facts: StreamFacts,
): readonly FamilyScore[] {
  const of = (all: readonly MatchedIncident[], family: string, strength: string) =>
    all.filter(
      ({ label }) =>
        label.family === family && (strength === ALL_STRENGTHS || label.strength === strength),
    );
  return [...new Set(matched.map((one) => one.label.family))].sort().flatMap((family) => {
    const told = of(matched, family, ALL_STRENGTHS).map((one) => one.label.strength);
    const strengths = [...new Set([ALL_STRENGTHS, ...told])].sort(
      (a, b) => STRENGTHS.indexOf(a) - STRENGTHS.indexOf(b),
    );
    return strengths.map((strength) => {
      const [own, moved] = [of(matched, family, strength), of(byChance, family, strength)];
      return familyScore(family, strength, { own, moved }, facts);
    });
  });
}

function variants(
  matched: readonly MatchedIncident[],
  byChance: readonly MatchedIncident[],
  facts: StreamFacts,
): readonly FamilyScore[] {
  const nameOf = ({ label }: MatchedIncident) =>
    label.variant === undefined ? undefined : JSON.stringify([label.family, label.variant]);
  const names = new Set(matched.flatMap((one) => nameOf(one) ?? []));
  return [...names].sort().flatMap((name) => {
    const own = matched.filter((one) => nameOf(one) === name);
    const moved = byChance.filter((one) => nameOf(one) === name);
    const { family = '', variant } = own[0]?.label ?? {};
    if (variant === undefined) return [];
    return { ...familyScore(family, ALL_STRENGTHS, { own, moved }, facts), variant };
  });
}

/** Several incidents of one agent share its baseline, so they are one cluster. */
function recallOf(matched: readonly MatchedIncident[]): Share {
  const byAgent = new Map<string, [number, number]>();
  for (const { label, detected } of matched) {
    const [hit, all] = byAgent.get(label.agent_uid) ?? [0, 0];
    byAgent.set(label.agent_uid, [hit + (detected === undefined ? 0 : 1), all + 1]);
  }
  return clusteredShare([...byAgent.values()]);
}

/** Alerts about a firing assembly are right, though no attack on behaviour is labelled there. */
function aboutPlots({ assembly }: Labels, alerts: readonly AlertHistory[]): Set<AlertHistory> {
  const plotted = new Set(
    assembly.filter((one) => one.verdict === 'fires').flatMap((one) => one.native_ids),
  );
  return new Set(
    alerts.filter((alert) =>
      alert.conclusions.some(({ evidence, claim }) =>
        [...evidence, ...(claim?.proof ?? [])].some((id) => plotted.has(id)),
      ),
    ),
  );
}

/** "kind about whom (first call that it names)". */
function claimedOf({ kind, agentUid, conclusions }: AlertHistory): string {
  const call = conclusions[0]?.evidence[0];
  return `${kind} about ${agentUid}${call === undefined ? '' : ` (${call})`}`;
}

function failuresOf(
  matched: readonly MatchedIncident[],
  falseAlarms: readonly AlertHistory[],
): FleetReport['failures'] {
  const name = ({ label, kinds }: MatchedIncident) =>
    `${label.incident_id}${kinds.length === 0 ? '' : ` (as ${kinds.join(', ')})`}`;
  const undetected = matched.filter((one) => one.detected === undefined);
  return {
    missed: namedFailures(undetected.filter((one) => one.noticed === undefined).map(name)),
    wrong_kind: namedFailures(undetected.filter((one) => one.noticed !== undefined).map(name)),
    false_alarms: namedFailures(falseAlarms.map(claimedOf)),
  };
}

/** What `scoreFleet` must know of the stream. */
export function fleetWanted(labels: Labels, file: AlertFile): Wanted {
  const named = file.alerts.flatMap((alert) => alert.conclusions.flatMap((one) => one.evidence));
  const first = labels.behavior.flatMap((label) => label.native_ids[0] ?? []);
  return {
    nativeIds: new Set([...named, ...first]),
    agents: new Set(labels.behavior.map((label) => label.agent_uid)),
  };
}

export function scoreFleet(labels: Labels, file: AlertFile, facts: StreamFacts): FleetReport {
  const matched = matchBehavior(labels.behavior, file.alerts, facts);
  const plots = aboutPlots(labels, file.alerts);
  const onIncidents = new Set([...plots, ...matched.flatMap((one) => one.alerts)]);
  const others = file.alerts.filter((alert) => !onIncidents.has(alert));
  const exempt = exemptAlerts(others, labels.benign);
  const falseAlarms = others.filter((alert) => !exempt.has(alert));
  const moved = displaced(labels.behavior, facts.agents());
  const byChance = matchBehavior(moved, file.alerts, facts);
  const rates = alertRates(falseAlarms, facts);
  return {
    events: facts.events,
    agents: facts.agents().length,
    agent_days: rates.agent_days,
    withdrawn: file.withdrawn,
    hygiene: file.hygiene,
    exempt: exempt.size,
    false_alarms: rates,
    by_variation: variationRates(labels.benign, falseAlarms, facts),
    responses: {
      to_false_alarms: responseCounts(falseAlarms),
      to_incidents: responseCounts([...onIncidents]),
    },
    incidents: matched.length,
    recall: recallOf(matched),
    chance_recall: recallOf(byChance),
    families: families(matched, byChance, facts),
    variants: variants(matched, byChance, facts),
    failures: failuresOf(matched, falseAlarms),
  };
}
