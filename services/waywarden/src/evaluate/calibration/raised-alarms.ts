/**
 * What alarms on benign streams, and what its alerts say of themselves: for each facet how often on agent-days, beside
 * what it claims; and how many agent-days brought an alert that stated so small a p-value, since its confidence
 * takes that for the probability of a day.
 */
import {
  confidenceOf,
  DAYS_PER_FALSE_SIGN,
  type FacetScore,
  statedReasons,
} from '@waywarden/detector';
import { clusteredRate, clusteredShare } from '../scoring/interval.ts';
import {
  ALL,
  type AlarmRow,
  type CalibrationReport,
  NOMINAL,
  type RuleRow,
  type StatedRow,
} from './calibration-report.ts';
import { RULE_NAMES, type RuleAlert } from './rule-alerts.ts';

/** Facets whose alarms add up days or calls, and say once in how many days of an agent chance brings one. */
const RUNS: ReadonlyMap<string, number> = new Map([
  ['weak_signs', DAYS_PER_FALSE_SIGN],
  ['odd_task', DAYS_PER_FALSE_SIGN],
]);

/** Calls whose reasons are read for p-values; facets state them from the first on, or never. */
const CALLS_ASKED = 1000;

export interface Call {
  readonly agent: string;
  readonly class: string;
  readonly day: string;
  /** By the facet of the registry. */
  readonly scores: readonly (readonly [facet: string, score: FacetScore])[];
}

interface Alert {
  readonly facet: string;
  readonly agent: string;
  readonly day: string;
  readonly p: number | undefined;
  readonly confidence: number | null;
}

const range = (all: readonly number[]): readonly [number, number] | null =>
  all.length === 0 ? null : [Math.min(...all), Math.max(...all)];

export class RaisedAlarms {
  readonly #alerts = new Map<string, Alert>();
  readonly #stating = new Set<string>();
  /** By agent and alert; a revision that queues is what counts. */
  readonly #rules = new Map<string, Pick<RuleAlert, 'rule' | 'isPosture'> & { agent: string }>();
  readonly #asked = new Map<string, number>();
  /** By agent: its class, and the days on which it acted. */
  readonly #agents = new Map<string, { readonly class: string; readonly days: Set<string> }>();

  add(call: Call): void {
    const { agent, day } = call;
    const known = this.#agents.get(agent) ?? { class: call.class, days: new Set<string>() };
    known.days.add(day);
    this.#agents.set(agent, known);
    for (const [facet, score] of call.scores) {
      this.#hear(facet, score);
      const { alarm } = score;
      if (alarm === undefined) continue;
      const key = `${facet}|${agent}|${alarm.dedupeKey}`;
      if (this.#alerts.has(key)) continue;
      // Put in words only here: most scores are read by nobody.
      const stated = statedReasons(score.reasons);
      const p = stated.find((one) => typeof one.p_value === 'number')?.p_value ?? undefined;
      this.#alerts.set(key, { facet, agent, day, p, confidence: confidenceOf(stated) });
    }
  }

  /** Whether the facet's reasons have p-values: putting them in words takes time, so a few calls are asked. */
  #hear(facet: string, score: FacetScore): void {
    const asked = this.#asked.get(facet) ?? 0;
    if (asked >= CALLS_ASKED || this.#stating.has(facet)) return;
    this.#asked.set(facet, asked + 1);
    if (score.reasons.some(({ p_value: p }) => typeof p === 'number')) this.#stating.add(facet);
  }

  #clusters(facet: string, of: string): readonly (readonly [number, number])[] {
    return [...this.#agents]
      .filter(([, agent]) => of === ALL || agent.class === of)
      .map(([uid, { days }]) => {
        const alerts = [...this.#alerts.values()];
        const own = alerts.filter((one) => one.facet === facet && one.agent === uid);
        return [own.length, days.size] as const;
      });
  }

  #claimOf(facet: string): AlarmRow['claim'] {
    const days = RUNS.get(facet);
    if (days !== undefined) return { days };
    return this.#stating.has(facet) ? 'probability' : 'none';
  }

  rows(facets: readonly string[]): readonly AlarmRow[] {
    const alerting = [...this.#alerts.values()].map(({ facet }) => facet);
    const all = [...new Set([...facets, ...RUNS.keys(), ...alerting])].sort();
    return all.flatMap((facet) =>
      [ALL, ...this.#classes()].map((of) => ({
        facet,
        class: of,
        alarms: clusteredRate(this.#clusters(facet, of), 1000),
        claim: this.#claimOf(facet),
      })),
    );
  }

  addRule(agent: string, { rule, id, isPosture }: RuleAlert): void {
    this.#rules.set(`${agent}|${id}`, { rule, agent, isPosture });
  }

  /** Of every rule, those that never alarmed too. */
  rules(): readonly RuleRow[] {
    const rateOf = (of: string, rule: string, isPosture: boolean) => {
      const agents = [...this.#agents].filter(([, one]) => of === ALL || one.class === of);
      const told = [...this.#rules.values()].filter(
        (one) => one.rule === rule && one.isPosture === isPosture,
      );
      const clusters = agents.map(
        ([uid, { days }]) => [told.filter((one) => one.agent === uid).length, days.size] as const,
      );
      return clusteredRate(clusters, 1000);
    };
    return RULE_NAMES.flatMap((rule) =>
      [ALL, ...this.#classes()].map((of) => ({
        ...{ rule, class: of },
        ...{ queued: rateOf(of, rule, false), listed: rateOf(of, rule, true) },
      })),
    );
  }

  #classes(): readonly string[] {
    return [...new Set([...this.#agents.values()].map((one) => one.class))].sort();
  }

  stated(): readonly StatedRow[] {
    const alerts = [...this.#alerts.values()];
    return [...new Set(alerts.map(({ facet }) => facet))].sort().map((facet) => {
      const own = alerts.filter((one) => one.facet === facet);
      const confident = own.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]));
      return {
        facet,
        alerts: own.length,
        p: range(own.flatMap(({ p }) => (p === undefined ? [] : [p]))),
        confidence: range(confident),
        observed: NOMINAL.map((nominal) => ({ nominal, came: this.#cameTo(own, nominal) })),
      };
    });
  }

  #cameTo(alerts: readonly Alert[], nominal: number) {
    const told = alerts.filter(({ p }) => p !== undefined && p <= nominal);
    return clusteredShare(
      [...this.#agents].map(([uid, { days }]) => {
        const on = told.filter(({ agent }) => agent === uid).map(({ day }) => day);
        return [new Set(on).size, days.size] as const;
      }),
    );
  }

  get weakSigns(): CalibrationReport['weak_signs'] {
    const days = [...this.#agents.values()].reduce((sum, one) => sum + one.days.size, 0);
    const alerts = [...this.#alerts.values()].filter(({ facet }) => facet === 'weak_signs').length;
    return { agent_days: days, alerts, at_most: days / DAYS_PER_FALSE_SIGN };
  }
}
