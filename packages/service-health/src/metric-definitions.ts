/**
 * Every metric: type, labels, meaning. Names follow Prometheus' conventions
 * (https://prometheus.io/docs/practices/naming/). `docs/reference-metrics.md` is made from this
 * table.
 */
import type { MetricDefinition, MetricType } from './metric-definition.ts';
import { STAGE_METRICS } from './stage-metrics.ts';

const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const CONTAINMENT_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;

/** Of every service. */
const SERVICE_METRICS = {
  waywarden_build_info: {
    type: 'gauge',
    help: 'Always 1; labels name the service, its version and that of Node.',
    labels: ['service', 'version', 'node_version'],
  },
  waywarden_ready: {
    type: 'gauge',
    help: '1 while /ready answers true: the service reads, decides and writes within its bounds.',
    labels: [],
  },
  waywarden_not_ready_seconds: {
    type: 'gauge',
    help: 'For how long a condition has kept the service from being ready, by its reason.',
    labels: ['reason'],
  },
  waywarden_log_up: {
    type: 'gauge',
    help: '1 while the event log answers within its bound.',
    labels: [],
  },
  waywarden_limit_hits_total: {
    type: 'counter',
    help: 'Times that a limit was hit, by the limit (docs/reference-limits.md).',
    labels: ['limit'],
  },
  waywarden_http_request_duration_seconds: {
    type: 'histogram',
    help: 'From the headers of a request until its answer is sent, by route and status.',
    labels: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS_S,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Of who writes to ClickHouse: archiver and `up`. */
const STORE_METRICS = {
  waywarden_store_up: {
    type: 'gauge',
    help: '1 while the store answers within its bound.',
    labels: [],
  },
  waywarden_store_errors_total: {
    type: 'counter',
    help: 'Requests to the store that failed and are tried again.',
    labels: [],
  },
  waywarden_store_rows_total: { type: 'counter', help: 'Rows written to the store.', labels: [] },
  waywarden_store_id_conflicts_total: {
    type: 'counter',
    help: 'Ids that came again with another content; the first stands.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

const INGEST_METRICS = {
  waywarden_ingest_events_total: {
    type: 'counter',
    help: 'Events received, by what became of them: accepted, duplicate or dead_lettered.',
    labels: ['tenant', 'source', 'result'],
  },
  waywarden_ingest_unread_language_events_total: {
    type: 'counter',
    help: 'Accepted events with a text in a language that is not read for signs of an injection.',
    labels: ['tenant', 'source'],
  },
  waywarden_ingest_truncated_events_total: {
    type: 'counter',
    help: 'Accepted events of whose values some were cut.',
    labels: ['tenant', 'source'],
  },
  waywarden_ingest_requests_refused_total: {
    type: 'counter',
    help: 'Requests refused, by status and error code.',
    labels: ['status', 'error'],
  },
  waywarden_ingest_client_requests_total: {
    type: 'counter',
    help: 'Requests of clients that were read (spans, logs, hooks, runs, exchanges), by address.',
    labels: ['route'],
  },
  waywarden_ingest_observations_total: {
    type: 'counter',
    help: 'Observations that clients brought, by address.',
    labels: ['route'],
  },
  waywarden_ingest_rejected_records_total: {
    type: 'counter',
    help: 'Records of clients that could not be read, by address; the rest of their bodies stood.',
    labels: ['route'],
  },
  waywarden_ingest_dropped_metrics_total: {
    type: 'counter',
    help: 'Requests with OTLP metrics, which are taken and dropped.',
    labels: [],
  },
  waywarden_ingest_calls_concluded_total: {
    type: 'counter',
    help: 'Calls that were concluded from observations.',
    labels: [],
  },
  waywarden_ingest_calls_evicted_total: {
    type: 'counter',
    help: 'Calls that were concluded before their time because the join was full.',
    labels: [],
  },
  waywarden_ingest_calls_unresolved_total: {
    type: 'counter',
    help: 'Concluded calls of which something could not be resolved, by what.',
    labels: ['reason'],
  },
  waywarden_ingest_observations_waiting: {
    type: 'gauge',
    help: 'Observations that wait for their call to be concluded.',
    labels: [],
  },
  waywarden_ingest_observations_late_total: {
    type: 'counter',
    help: 'Observations that came after their call was concluded and changed nothing.',
    labels: [],
  },
  waywarden_ingest_append_failures_total: {
    type: 'counter',
    help: 'Requests whose events the log did not acknowledge.',
    labels: [],
  },
  waywarden_ingest_in_hand_bodies: {
    type: 'gauge',
    help: 'Request bodies that are worked on.',
    labels: [],
  },
  waywarden_ingest_in_hand_bytes: {
    type: 'gauge',
    help: 'Bytes of the request bodies that are worked on.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Of the detector's assembly stage and the responder's containments. */
const DETECTION_METRICS = {
  waywarden_assembly_chains_open: {
    type: 'gauge',
    help: 'Chains of calls that are followed.',
    labels: ['partition'],
  },
  waywarden_assembly_chains_evicted_total: {
    type: 'counter',
    help: 'Chains given up because there was no capacity for them.',
    labels: ['partition'],
  },
  waywarden_assembly_gaps: {
    type: 'gauge',
    help: 'Chains that lack only the last step of a combination.',
    labels: ['partition'],
  },
  waywarden_assembly_unseen_values_total: {
    type: 'counter',
    help: 'Calls of which more values left than are stored.',
    labels: ['partition'],
  },
  waywarden_containment_command_to_applied_seconds: {
    type: 'histogram',
    help: 'From a command until every required receiver had applied it.',
    labels: [],
    buckets: CONTAINMENT_BUCKETS_S,
  },
  waywarden_containment_applied_to_denial_seconds: {
    type: 'histogram',
    help: 'From there until the first call of its subject was denied.',
    labels: [],
    buckets: CONTAINMENT_BUCKETS_S,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Of the embedded log of `up`. */
const LOG_METRICS = {
  waywarden_log_partition_bytes: {
    type: 'gauge',
    help: 'Bytes of a partition of the embedded log.',
    labels: ['topic', 'partition'],
  },
  waywarden_log_start_offset: {
    type: 'gauge',
    help: 'First offset that is still kept.',
    labels: ['topic', 'partition'],
  },
  waywarden_log_end_offset: {
    type: 'gauge',
    help: 'Next offset to be written.',
    labels: ['topic', 'partition'],
  },
  waywarden_log_records_removed_total: {
    type: 'counter',
    help: 'Records removed by retention.',
    labels: ['topic', 'partition'],
  },
  waywarden_log_records_lost_total: {
    type: 'counter',
    help: 'Records removed although a reader had still to read them.',
    labels: ['topic', 'partition'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

const DISK_METRICS = {
  waywarden_disk_free_bytes: {
    type: 'gauge',
    help: 'Bytes that are free on the disk of the data folder.',
    labels: [],
  },
  waywarden_disk_low: {
    type: 'gauge',
    help: '1 while the disk of the data folder is nearly full.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

const CANARY_METRICS = {
  waywarden_canary_missing: {
    type: 'gauge',
    help: '1 while the made-up attacks of the canary are not found, or were not sent in time.',
    labels: [],
  },
  waywarden_canary_part_missing: {
    type: 'gauge',
    help: '1 for each of hijack, assembly and leak that was not found.',
    labels: ['part'],
  },
  waywarden_canary_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When all of the canary was last found, as Unix time; 0: never.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export const METRIC_GROUPS = {
  'Every service': SERVICE_METRICS,
  'Detector, responder, archiver and `up`': STAGE_METRICS,
  'Archiver and `up`': STORE_METRICS,
  'Ingest and `up`': INGEST_METRICS,
  '`up`; assembly also of the detector, containment also of the responder': DETECTION_METRICS,
  '`up`, of its embedded log': LOG_METRICS,
  '`up`, of its data folder': DISK_METRICS,
  'Canary and `up`': CANARY_METRICS,
} as const;

export const METRICS = {
  ...SERVICE_METRICS,
  ...STAGE_METRICS,
  ...STORE_METRICS,
  ...INGEST_METRICS,
  ...DETECTION_METRICS,
  ...LOG_METRICS,
  ...DISK_METRICS,
  ...CANARY_METRICS,
} as const;

type Named<T extends MetricType> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['type'] extends T ? Name : never;
}[keyof typeof METRICS];

export type MetricName = keyof typeof METRICS;
export type CounterName = Named<'counter'>;
export type GaugeName = Named<'gauge'>;
export type HistogramName = Named<'histogram'>;
/** Each label of a metric must be given, and no other can be. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['labels'][number], string>
>;
