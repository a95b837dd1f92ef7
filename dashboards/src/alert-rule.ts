/** What an alert rule is: a query, who has to act on it, what to do, and a case in which it fires. */
export interface AlertRule {
  readonly name: string;
  /** PromQL; it fires for each series that this gives. */
  readonly expr: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  /** One line; `$labels.x` as Prometheus has them. */
  readonly summary: string;
  /** What follows from it, and what to do: for the runbook. */
  readonly meaning: string;
  readonly remedy: string;
  readonly fires: RuleCase;
}

/** In promtool's notation, one value every 15 seconds. The rule is silent for the first minute. */
interface RuleCase {
  readonly series: Readonly<Record<string, string>>;
  /** Labels of the alert beside its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** When it fires at the latest; default 4m. */
  readonly at?: string;
}
