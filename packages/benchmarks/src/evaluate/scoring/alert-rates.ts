/**
 * How often a detector cries on work that is not an attack: alerts for 1,000 agent-days, by kind and
 * severity, and what it would have done about them. An agent-day is a day (UTC) on which the agent
 * acted: days off would make every detector look calmer.
 */
import { epochMs } from '@waywarden/schemas';
import type { AlertHistory } from './alert-history.ts';
import { clusteredRate, type Rate } from './interval.ts';
import type { BenignLabel } from './label.ts';
import type { StreamFacts } from './stream-facts.ts';

const PER = 1000;

/** Clustered by agent: one odd agent alerts many times for one reason. */
function rateOf(alerts: readonly AlertHistory[], exposure: ReadonlyMap<string, number>): Rate {
  const counts = new Map<string, number>();
  for (const { agentUid } of alerts) counts.set(agentUid, (counts.get(agentUid) ?? 0) + 1);
  const agents = [...new Set([...exposure.keys(), ...counts.keys()])].sort();
  return clusteredRate(
    agents.map((uid) => [counts.get(uid) ?? 0, exposure.get(uid) ?? 0] as const),
    PER,
  );
}

export interface KindRate {
  readonly kind: string;
  readonly severity: string;
  readonly decided_by: 'statistics' | 'rule';
  readonly rate: Rate;
}

export interface AlertRates {
  readonly agent_days: number;
  readonly all: Rate;
  readonly statistical: Rate;
  readonly rules: Rate;
  readonly by_kind: readonly KindRate[];
}

export function alertRates(alerts: readonly AlertHistory[], facts: StreamFacts): AlertRates {
  const exposure = new Map(facts.agents().map((uid) => [uid, facts.daysOf(uid)]));
  const groups = new Map<string, AlertHistory[]>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.kind, alert.severity]);
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  const all = rateOf(alerts, exposure);
  return {
    agent_days: all.exposure,
    all,
    statistical: rateOf(
      alerts.filter((one) => one.statistical),
      exposure,
    ),
    rules: rateOf(
      alerts.filter((one) => !one.statistical),
      exposure,
    ),
    by_kind: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, [first, ...more]]) =>
        first === undefined
          ? []
          : {
              kind: first.kind,
              severity: first.severity,
              decided_by: first.statistical ? ('statistics' as const) : ('rule' as const),
              rate: rateOf([first, ...more], exposure),
            },
      ),
  };
}

export interface VariationRate {
  readonly variation: string;
  readonly labels: number;
  /** Within the variation's time, of its agents; one alert may count in several. */
  readonly rate: Rate;
}

/** First said while the variation lasts. */
function isDuring({ conclusions }: AlertHistory, { from, to }: BenignLabel): boolean {
  const [fromMs, toMs] = [epochMs(from), epochMs(to)];
  return conclusions.some((one) => one.firstDetectedMs >= fromMs && one.firstDetectedMs <= toMs);
}

/** And its subject is one of the variation's agents. */
const isWithin = (alert: AlertHistory, label: BenignLabel): boolean =>
  label.agents.includes(alert.agentUid) && isDuring(alert, label);

const isAbout = (alert: AlertHistory, label: BenignLabel): boolean =>
  label.agents.some((uid) => alert.agents.has(uid));

function claimedMs({ conclusions }: AlertHistory): number {
  return Math.min(...conclusions.map((one) => one.firstDetectedMs));
}

/**
 * Right all the same: an outage is a gap in telemetry, whoever planned it. Not more of them than the
 * label says, earliest first: one outage told once for each agent is a storm.
 */
export function exemptAlerts(
  alerts: readonly AlertHistory[],
  labels: readonly BenignLabel[],
): ReadonlySet<AlertHistory> {
  const left = new Map(
    labels.map((label) => [label, label.acceptable_alerts ?? Number.POSITIVE_INFINITY]),
  );
  const inTime = [...alerts].sort(
    (a, b) => claimedMs(a) - claimedMs(b) || (a.alertId < b.alertId ? -1 : 1),
  );
  const exempt = new Set<AlertHistory>();
  for (const alert of inTime) {
    const label = labels.find(
      (one) =>
        one.acceptable_kinds.includes(alert.kind) &&
        isAbout(alert, one) &&
        isDuring(alert, one) &&
        (left.get(one) ?? 0) > 0,
    );
    if (label === undefined) continue;
    left.set(label, (left.get(label) ?? 0) - 1);
    exempt.add(alert);
  }
  return exempt;
}

/** How the benign changes are borne: releases, holidays, bursts, new tools. */
export function variationRates(
  labels: readonly BenignLabel[],
  alerts: readonly AlertHistory[],
  facts: StreamFacts,
): readonly VariationRate[] {
  return [...new Set(labels.map((label) => label.variation))].sort().map((variation) => {
    const own = labels.filter((label) => label.variation === variation);
    const exposure = new Map<string, number>();
    const raised = new Set<AlertHistory>();
    for (const label of own) {
      const [fromMs, toMs] = [epochMs(label.from), epochMs(label.to)];
      for (const uid of new Set(label.agents)) {
        exposure.set(uid, (exposure.get(uid) ?? 0) + facts.daysOf(uid, fromMs, toMs));
      }
      for (const alert of alerts) if (isWithin(alert, label)) raised.add(alert);
    }
    return { variation, labels: own.length, rate: rateOf([...raised], exposure) };
  });
}

export interface ResponseCounts {
  /** Carried out without a person, by action. */
  readonly automatic: Readonly<Record<string, number>>;
  /** Held back, by the decisive reason. */
  readonly withheld: Readonly<Record<string, number>>;
}

export function responseCounts(alerts: readonly AlertHistory[]): ResponseCounts {
  const automatic: Record<string, number> = {};
  const withheld: Record<string, number> = {};
  for (const { action, withheld_reason } of alerts.flatMap((alert) => alert.responses)) {
    if (withheld_reason === null) automatic[action] = (automatic[action] ?? 0) + 1;
    else withheld[withheld_reason] = (withheld[withheld_reason] ?? 0) + 1;
  }
  return { automatic, withheld };
}
