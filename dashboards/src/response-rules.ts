/** Alert rules about store, canary and receivers. */
export const RESPONSE_RULES: readonly AlertRule[] = [
  {
    name: 'WaywardenStoreDown',
    expr: 'waywarden_store_up == 0',
    for: '30s',
    severity: 'warning',
    summary: 'The store does not answer {{ $labels.instance }}.',
    meaning: 'Detection and response go on; the page and dashboards show what was stored before.',
    remedy:
      'Look at ClickHouse. The archiver catches up by itself; nothing is lost while the log keeps it.',
    fires: {
      series: { 'waywarden_store_up{instance="a"}': '1x4 0x20' },
      labels: { instance: 'a' },
    },
  },
  {
    name: 'WaywardenDiskLow',
    expr: 'waywarden_disk_low == 1',
    for: '0s',
    severity: 'critical',
    summary: 'The disk of {{ $labels.instance }} is nearly full.',
    meaning:
      'Below a bound new events are refused with 503; what was taken is decided, and everything can be read.',
    remedy: 'Make room, or keep less (`up --keep`). The status names the bytes that are left.',
    fires: {
      series: { 'waywarden_disk_low{instance="a"}': '0x4 1x20' },
      labels: { instance: 'a' },
    },
  },
  {
    name: 'WaywardenStoreErrors',
    expr: 'increase(waywarden_store_errors_total[5m]) > 0',
    for: '1m',
    severity: 'warning',
    summary: 'Writes to the store fail at {{ $labels.instance }} and are tried again.',
    meaning: 'The store is away or busy.',
    remedy: 'The archiver’s warnings name the statement and ClickHouse’s error.',
    fires: {
      series: { 'waywarden_store_errors_total{instance="a"}': '0x4 1+1x20' },
      labels: { instance: 'a' },
    },
  },
  {
    name: 'WaywardenNoActiveResponder',
    expr: 'sum(waywarden_lease_owned) != 1 or absent(waywarden_lease_owned) and on() waywarden_build_info{service="detector"}',
    for: '30s',
    severity: 'critical',
    summary: 'Not exactly one responder is active.',
    meaning:
      'Nothing is decided or revoked while nobody holds the lease. That two say that they do is seen for a moment only, and never written by both.',
    remedy:
      'A follower takes over within five seconds: look whether one runs, and whether the log answers it.',
    fires: {
      series: {
        'waywarden_lease_owned{instance="a"}': '1x4 0x20',
        'waywarden_lease_owned{instance="b"}': '0x30',
      },
      labels: {},
    },
  },
  {
    name: 'WaywardenCanaryMissing',
    expr: 'waywarden_canary_missing == 1',
    for: '0s',
    severity: 'critical',
    summary: 'Made-up attacks are not found: real ones may be missed too.',
    meaning:
      'A made-up hijack, assembly or leak took the real way and no alert, command or receipt came of it in time.',
    remedy:
      '`waywarden_canary_part_missing` says which. Follow it: ingest takes the events, the detector’s stages are not behind, the responder does not wait.',
    fires: {
      series: { 'waywarden_canary_missing{instance="a"}': '0x4 1x20' },
      labels: { instance: 'a' },
    },
  },
  {
    name: 'WaywardenCanaryAbsent',
    expr: 'absent(waywarden_canary_missing)',
    for: '5m',
    severity: 'warning',
    summary: 'No canary runs.',
    meaning: 'A detector that finds nothing and one that is dead look the same.',
    remedy: '`waywarden canary` (docs/run-distributed.md), or `up` without `--canary off`.',
    fires: {
      series: { 'waywarden_canary_missing{instance="a"}': '0x4 stale' },
      labels: {},
      at: '7m',
    },
  },
  {
    name: 'WaywardenContainmentSlow',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(waywarden_containment_command_to_applied_seconds_bucket[10m]))) > 30',
    for: '0s',
    severity: 'warning',
    summary: 'Receivers take more than half a minute to apply commands.',
    meaning: 'An agent keeps its access for so long after it was taken.',
    remedy: '`GET /v1/enforcement` names receivers that are silent or late.',
    fires: {
      series: {
        'waywarden_containment_command_to_applied_seconds_bucket{le="30"}': '0x44',
        'waywarden_containment_command_to_applied_seconds_bucket{le="60"}': '0x4 0+1x40',
        'waywarden_containment_command_to_applied_seconds_bucket{le="+Inf"}': '0x4 0+1x40',
      },
      labels: {},
    },
  },
];

/** A query, who acts on it, what to do, and a case in which it fires. */
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
