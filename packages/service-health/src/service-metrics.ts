/**
 * A service's metrics in one prom-client registry, with those of the process and of Node. Names and
 * labels come from `metric-definitions.ts`.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDefinition } from './metric-definition.ts';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
} from './metric-definitions.ts';

/** Label sets of one metric; whoever comes later shares one whose values are `other`. */
export const METRIC_SERIES_MAX = 1_000;
const LABEL_LENGTH_MAX = 80;
const OTHER = 'other';
/** Gauges that end as counters do, which Prometheus' lint refuses. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
] as const;

type Labels = Readonly<Record<string, string>>;

export interface Sample<Name extends MetricName> {
  readonly labels: LabelsOf<Name>;
  readonly value: number;
}

type Source<Name extends MetricName> = () =>
  | readonly Sample<Name>[]
  | Promise<readonly Sample<Name>[]>;

interface Settable {
  reset(): void;
  inc(labels: Labels, by: number): void;
}

export interface ServiceMetricsOptions {
  readonly service: string;
  readonly version: string;
  readonly seriesMax?: number;
}

export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #seriesMax: number;
  readonly #known = new Map<string, Counter | Gauge | Histogram>();
  readonly #series = new Map<string, Set<string>>();
  readonly #beforeScrape: (() => void)[] = [];
  readonly #sources = new Map<string, Source<MetricName>[]>();

  constructor({ service, version, seriesMax = METRIC_SERIES_MAX }: ServiceMetricsOptions) {
    this.#seriesMax = seriesMax;
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    const labels = { service, version, node_version: process.versions.node };
    this.observe('waywarden_build_info', () => [{ labels, value: 1 }]);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    for (const hook of this.#beforeScrape) hook();
    return this.#registry.metrics();
  }

  /** For histograms of what is looked up and not reported. */
  beforeScrape(hook: () => void): void {
    this.#beforeScrape.push(hook);
  }

  add<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    const counter = this.#metric(name);
    if (by > 0 && counter instanceof Counter) counter.inc(this.#bounded(name, labels), by);
  }

  time<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    const histogram = this.#metric(name);
    if (histogram instanceof Histogram) histogram.observe(this.#bounded(name, labels), seconds);
  }

  /** Makes a metric without labels visible before anything has happened. */
  declare(...names: readonly MetricName[]): void {
    for (const name of names) this.#metric(name);
  }

  /** Values that are read when somebody scrapes. */
  observe<Name extends CounterName | GaugeName>(name: Name, source: Source<Name>): void {
    const sources = this.#sources.get(name) ?? [];
    sources.push(source as unknown as Source<MetricName>);
    this.#sources.set(name, sources);
    this.#metric(name);
  }

  async #collect(name: MetricName, metric: Settable): Promise<void> {
    const sources = this.#sources.get(name);
    if (sources === undefined) return;
    const samples = (await Promise.all(sources.map((source) => source()))).flat();
    metric.reset();
    for (const { labels, value } of samples) metric.inc(this.#bounded(name, labels), value);
  }

  #metric(name: MetricName): Counter | Gauge | Histogram {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { type, help, labels, buckets }: MetricDefinition = METRICS[name];
    const shared = { name, help, labelNames: [...labels], registers: [this.#registry] };
    const metrics = this;
    const collect = async function collect(this: Counter | Gauge) {
      await metrics.#collect(name, this);
    };
    const made =
      type === 'histogram'
        ? new Histogram({ ...shared, buckets: [...(buckets ?? [])] })
        : type === 'counter'
          ? new Counter({ ...shared, collect })
          : new Gauge({ ...shared, collect });
    this.#known.set(name, made);
    return made;
  }

  #bounded(name: MetricName, labels: Labels): Labels {
    const entries = Object.entries(labels).map(
      ([label, value]) => [label, value.slice(0, LABEL_LENGTH_MAX)] as const,
    );
    if (entries.length === 0) return labels;
    const series = this.#series.get(name) ?? new Set<string>();
    this.#series.set(name, series);
    const key = JSON.stringify(entries);
    if (series.has(key)) return Object.fromEntries(entries);
    if (series.size < this.#seriesMax) {
      series.add(key);
      return Object.fromEntries(entries);
    }
    if (name !== 'waywarden_limit_hits_total') {
      this.add('waywarden_limit_hits_total', { limit: 'metric_series' });
    }
    return Object.fromEntries(entries.map(([label]) => [label, OTHER]));
  }
}
