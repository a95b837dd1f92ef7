/** The metrics of whoever reads the log in stages: detector, responder, archiver, `up`. */
import type { MetricDefinition } from './metric-definition.ts';

export const STAGE_METRICS = {
  waywarden_stage_lag_records: {
    type: 'gauge',
    help: 'Records of the partitions that this process has which the stage has still to decide.',
    labels: ['stage'],
  },
  waywarden_stage_oldest_undecided_age_seconds: {
    type: 'gauge',
    help: 'For how long the oldest undecided record has been waiting, as this process has seen it.',
    labels: ['stage'],
  },
  waywarden_stage_partitions: {
    type: 'gauge',
    help: 'Partitions of its input that this process has.',
    labels: ['stage'],
  },
  waywarden_stage_topic_partitions: {
    type: 'gauge',
    help: 'Partitions that its input has in all: the sum over processes of waywarden_stage_partitions is to be this.',
    labels: ['stage'],
  },
  waywarden_stage_records_total: {
    type: 'counter',
    help: 'Records decided.',
    labels: ['stage'],
  },
  waywarden_stage_repeats_total: {
    type: 'counter',
    help: 'Records dropped by their mark, because they were written twice.',
    labels: ['stage'],
  },
  waywarden_stage_history_gaps: {
    type: 'gauge',
    help: 'Partitions whose past the stage does not know, because the log no longer held it.',
    labels: ['stage'],
  },
  waywarden_wait_seconds: {
    type: 'gauge',
    help: 'For how long a stage has been waiting for others before it may go on; 0 when it does not.',
    labels: ['wait'],
  },
  waywarden_dead_letters_total: {
    type: 'counter',
    help: 'Records and events set aside as dead letters, by who refused them and why.',
    labels: ['stage', 'reason'],
  },
  waywarden_alerts_total: {
    type: 'counter',
    help: 'Alerts raised (first revisions).',
    labels: ['kind', 'severity'],
  },
  waywarden_alert_revisions_total: {
    type: 'counter',
    help: 'Further revisions of alerts.',
    labels: ['kind'],
  },
  waywarden_decisions_total: {
    type: 'counter',
    help: 'Decisions on automatic and manual commands, by mode of the rule and whether one was issued.',
    labels: ['mode', 'outcome'],
  },
  waywarden_decisions_withheld_total: {
    type: 'counter',
    help: 'Decisions that issued nothing, by the decisive reason.',
    labels: ['reason'],
  },
  waywarden_lease_owned: {
    type: 'gauge',
    help: '1 for the one responder that is active; others follow it.',
    labels: [],
  },
  waywarden_lease_epoch: {
    type: 'gauge',
    help: 'Newest epoch of the lease that this responder has read.',
    labels: [],
  },
  waywarden_commands_total: {
    type: 'counter',
    help: 'Commands issued to receivers, by action.',
    labels: ['action'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
