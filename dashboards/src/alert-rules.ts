/**
 * The alert rules on Waywarden's own metrics: the one source of Prometheus' rule file, of Grafana's
 * provisioning and of docs/runbook.md. Each has a case in which it fires, which its test plays.
 */
import type { AlertRule } from './response-rules.ts';
import { RESPONSE_RULES } from './response-rules.ts';

const DETECTOR = 'stage="detector-profile"';

/** Also counts a series that appears with its first count, which `increase` does not see. */
const grown = (series: string, by: string, window: string) =>
  `sum by (${by}) (increase(${series}[${window}]) > 0 or (${series} > 0 unless ${series} offset ${window}))`;

const PROBES: readonly AlertRule[] = [
  {
    name: 'WaywardenServiceDown',
    expr: 'up{job="waywarden"} == 0',
    for: '30s',
    severity: 'critical',
    summary: '{{ $labels.instance }} does not answer.',
    meaning: 'The process has ended, hangs, or its address is not the one that is scraped.',
    remedy:
      'Look at its last log lines and exit code (2: its settings, 1: a part failed) and start it again: it goes on where the log stands.',
    fires: {
      series: { 'up{job="waywarden",instance="a"}': '1x4 0x20' },
      labels: { job: 'waywarden', instance: 'a' },
    },
  },
  {
    name: 'WaywardenNotReady',
    expr: 'waywarden_ready == 0',
    for: '30s',
    severity: 'critical',
    summary: '{{ $labels.instance }} does not do its work.',
    meaning: 'It lives, and does not read, decide or write within its bounds.',
    remedy: '`curl <address>/ready` names the reason in a sentence, and since when.',
    fires: { series: { 'waywarden_ready{instance="a"}': '1x4 0x20' }, labels: { instance: 'a' } },
  },
  {
    name: 'WaywardenLogUnavailable',
    expr: 'waywarden_log_up == 0',
    for: '15s',
    severity: 'critical',
    summary: 'The event log does not answer {{ $labels.instance }}.',
    meaning: 'Nothing is taken, decided or revoked by this service until the broker is back.',
    remedy: 'Look at the broker. Services try for a minute, then end and want to be started again.',
    fires: { series: { 'waywarden_log_up{instance="a"}': '1x4 0x20' }, labels: { instance: 'a' } },
  },
];

const STAGES: readonly AlertRule[] = [
  {
    name: 'WaywardenStageStalled',
    expr: 'waywarden_stage_oldest_undecided_age_seconds > 30',
    for: '30s',
    severity: 'critical',
    summary: '{{ $labels.stage }} has records that have waited for more than half a minute.',
    meaning: 'What follows from these records, alerts and revocations, comes late or not at all.',
    remedy:
      '`/ready` of its service says whether it decides at all (`behind`) or nothing (`stalled`). Stalled: its log lines, then a restart. Behind: another process of the kind, where it is no responder.',
    fires: {
      series: { [`waywarden_stage_oldest_undecided_age_seconds{${DETECTOR}}`]: '0x4 20+15x20' },
      labels: { stage: 'detector-profile' },
    },
  },
  {
    name: 'WaywardenPartitionsUnowned',
    expr: 'max by (stage) (waywarden_stage_topic_partitions{stage!~"responder-.*"}) > sum by (stage) (waywarden_stage_partitions{stage!~"responder-.*"}) or waywarden_stage_topic_partitions{stage=~"responder-.*"} > waywarden_stage_partitions{stage=~"responder-.*"}',
    for: '30s',
    severity: 'critical',
    summary: 'Nobody reads some partitions of {{ $labels.stage }}.',
    meaning: 'Events of the agents in these partitions are not decided.',
    remedy:
      'A killed process keeps its partitions for WW_KAFKA_SESSION_MS; start one in its place.',
    fires: {
      series: {
        [`waywarden_stage_topic_partitions{${DETECTOR}}`]: '8x30',
        [`waywarden_stage_partitions{${DETECTOR}}`]: '8x4 4x20',
      },
      labels: { stage: 'detector-profile' },
    },
  },
  {
    name: 'WaywardenWaits',
    expr: 'waywarden_wait_seconds > 10',
    for: '0s',
    severity: 'critical',
    summary: 'The responder has held {{ $labels.wait }} for more than ten seconds.',
    meaning:
      'Alerts are decided after the calls and rules that came before them. While these are not read, no alert is decided and nothing is revoked.',
    remedy:
      '`/ready` names the topics that are waited for: reading them stalls. Restart it; a follower takes over.',
    fires: {
      series: { 'waywarden_wait_seconds{wait="intake"}': '0x4 0+15x20' },
      labels: { wait: 'intake' },
    },
  },
  {
    name: 'WaywardenHistoryLost',
    expr: 'waywarden_stage_history_gaps > 0',
    for: '0s',
    severity: 'warning',
    summary: '{{ $labels.stage }} does not know all of its past.',
    meaning: 'Records were removed before the stage had read them; its baselines begin later.',
    remedy: 'Keep topics for longer than a service may be away (`init --keep`, `up --keep`).',
    fires: {
      series: { [`waywarden_stage_history_gaps{${DETECTOR}}`]: '0x4 1x20' },
      labels: { stage: 'detector-profile' },
    },
  },
  {
    name: 'WaywardenRecordsLost',
    expr: 'increase(waywarden_log_records_lost_total[10m]) > 0',
    for: '0s',
    severity: 'critical',
    summary: 'Records of {{ $labels.topic }} were removed before they were read.',
    meaning: 'The embedded log had grown to twice what it may hold.',
    remedy: 'The log line names the readers. Mend what is behind, or allow more (`--keep`).',
    fires: {
      series: { 'waywarden_log_records_lost_total{topic="t"}': '0x4 5x20' },
      labels: { topic: 't' },
    },
  },
];

const RECORDS: readonly AlertRule[] = [
  {
    name: 'WaywardenForgedRecords',
    expr: grown(
      'waywarden_dead_letters_total{reason=~"(mac|signature)_.*"}',
      'stage, reason',
      '10m',
    ),
    for: '0s',
    severity: 'critical',
    summary: '{{ $labels.stage }} refused records that are not who they say they are.',
    meaning:
      'Somebody wrote to a topic without the key of its writer, or keys were changed on one side only.',
    remedy: 'Find the writer by the place in the log line; check ACLs and who has the key files.',
    fires: {
      series: {
        'waywarden_dead_letters_total{stage="responder-intake",reason="mac_invalid"}': '_x5 1x20',
      },
      labels: { stage: 'responder-intake', reason: 'mac_invalid' },
    },
  },
  {
    name: 'WaywardenDeadLetters',
    expr: grown(
      'waywarden_dead_letters_total{reason!~"(mac|signature)_.*"}',
      'stage, reason',
      '10m',
    ),
    for: '0s',
    severity: 'warning',
    summary: '{{ $labels.stage }} sets records aside: {{ $labels.reason }}.',
    meaning:
      'Events that can not be read are not judged; a record on which a rule failed is not either.',
    remedy:
      '`waywarden deadletter` lists them with reason and sender. Mend the sender and send again.',
    fires: {
      series: { 'waywarden_dead_letters_total{stage="ingest",reason="not_json"}': '0x4 3x20' },
      labels: { stage: 'ingest', reason: 'not_json' },
    },
  },
  {
    name: 'WaywardenLimitHit',
    expr: grown('waywarden_limit_hits_total', 'limit', '10m'),
    for: '0s',
    severity: 'warning',
    summary: 'The limit {{ $labels.limit }} is hit.',
    meaning:
      'Something is larger or more than is allowed for; what is beyond is refused or left out.',
    remedy:
      'The comment beside the constant says what it bounds and what follows (docs/reference-limits.md).',
    fires: {
      series: { 'waywarden_limit_hits_total{limit="busy"}': '_x5 1x20' },
      labels: { limit: 'busy' },
    },
  },
  {
    name: 'WaywardenIngestRefuses',
    expr: 'sum by (status) (rate(waywarden_ingest_requests_refused_total{status=~"429|503"}[5m])) > 0.1',
    for: '2m',
    severity: 'warning',
    summary: 'Ingest refuses requests for the time being ({{ $labels.status }}).',
    meaning: 'Senders repeat what was refused; those that do not lose it.',
    remedy: '429: more ingest processes, or a sender that floods. 503: the log.',
    fires: {
      series: {
        'waywarden_ingest_requests_refused_total{status="429",error="busy"}': '0x4 0+10x40',
      },
      labels: { status: '429' },
      at: '6m',
    },
  },
  {
    name: 'WaywardenIngestAppendFails',
    expr: 'increase(waywarden_ingest_append_failures_total[5m]) > 0',
    for: '0s',
    severity: 'critical',
    summary: 'The event log does not acknowledge events at {{ $labels.instance }}.',
    meaning: 'What is not acknowledged is not accepted; senders are told to send again.',
    remedy: 'The disk of `up`, or the broker and its in-sync replicas.',
    fires: {
      series: { 'waywarden_ingest_append_failures_total{instance="a"}': '0x4 2x20' },
      labels: { instance: 'a' },
    },
  },
  {
    name: 'WaywardenIngestSlow',
    expr: 'histogram_quantile(0.99, sum by (le) (rate(waywarden_http_request_duration_seconds_bucket{route="/v1/events"}[5m]))) > 2',
    for: '2m',
    severity: 'warning',
    summary: 'One request of a hundred waits for more than two seconds to be accepted.',
    meaning: 'Ingest or the log is at its capacity.',
    remedy: 'More ingest processes; look at the broker’s disk.',
    fires: {
      series: {
        'waywarden_http_request_duration_seconds_bucket{route="/v1/events",le="1"}': '0x44',
        'waywarden_http_request_duration_seconds_bucket{route="/v1/events",le="5"}': '0x4 0+10x40',
        'waywarden_http_request_duration_seconds_bucket{route="/v1/events",le="+Inf"}':
          '0x4 0+10x40',
      },
      labels: {},
    },
  },
];

export const ALERT_RULES: readonly AlertRule[] = [
  ...PROBES,
  ...STAGES,
  ...RECORDS,
  ...RESPONSE_RULES,
];
