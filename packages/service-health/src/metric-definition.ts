/** What a metric is, before it has values. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a histogram: upper bounds in the metric's unit. */
  readonly buckets?: readonly number[];
}
