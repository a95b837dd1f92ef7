/**
 * The alert rules as files: for Prometheus (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/),
 * for Grafana's provisioning, and as the runbook that both name.
 */
import { stringify } from 'yaml';
import { ALERT_RULES } from './alert-rules.ts';
import type { AlertRule } from './response-rules.ts';

const GROUP = 'waywarden';
const RUNBOOK = 'docs/runbook.md';
const DATASOURCE = 'waywarden-prometheus';
const MADE = '# Made from dashboards/src/alert-rules.ts by `npm run dashboards:generate`.\n';
/** Seconds of the past that Grafana's query sees. */
const RANGE_S = 600;

const anchorOf = ({ name }: AlertRule) => `${RUNBOOK}#${name.toLowerCase()}`;

export function annotationsOf(rule: AlertRule) {
  return { summary: rule.summary, runbook: anchorOf(rule) };
}

function prometheusRules(): string {
  const rules = ALERT_RULES.map((rule) => ({
    alert: rule.name,
    expr: rule.expr,
    for: rule.for,
    labels: { severity: rule.severity },
    annotations: annotationsOf(rule),
  }));
  return MADE + stringify({ groups: [{ name: GROUP, rules }] }, { lineWidth: 0 });
}

/** A rule gives series only when it fires, and no value is below 0: any value is an alert, none is well. */
function grafanaRule(rule: AlertRule) {
  const relativeTimeRange = { from: RANGE_S, to: 0 };
  const query = { refId: 'A', expr: rule.expr, instant: true, range: false };
  const conditions = [{ evaluator: { type: 'gt', params: [-1] } }];
  const threshold = { refId: 'C', type: 'threshold', expression: 'A', conditions };
  return {
    uid: rule.name.toLowerCase(),
    title: rule.name,
    condition: 'C',
    data: [
      { refId: 'A', relativeTimeRange, datasourceUid: DATASOURCE, model: query },
      { refId: 'C', relativeTimeRange, datasourceUid: '__expr__', model: threshold },
    ],
    noDataState: 'OK',
    execErrState: 'Error',
    for: rule.for,
    labels: { severity: rule.severity },
    annotations: annotationsOf(rule),
  };
}

function grafanaRules(): string {
  const group = { orgId: 1, name: GROUP, folder: 'Waywarden', interval: '15s' };
  const groups = [{ ...group, rules: ALERT_RULES.map(grafanaRule) }];
  return (
    MADE + stringify({ apiVersion: 1, groups }, { lineWidth: 0, aliasDuplicateObjects: false })
  );
}

function runbook(): string {
  const sections = ALERT_RULES.map((rule) =>
    [
      `## ${rule.name}`,
      `${rule.severity === 'critical' ? 'Critical' : 'Warning'}, after ${rule.for}. ${rule.meaning}`,
      `**Do:** ${rule.remedy}`,
    ].join('\n\n'),
  );
  const head = [
    '# Runbook of the alert rules',
    'Each alert of `dashboards/alerts/waywarden.rules.yaml`, which holds the expressions, names a section here. Made by `npm run dashboards:generate`. [Metrics](reference-metrics.md).',
  ];
  return `${[...head, ...sections].join('\n\n')}\n`;
}

/** By path from the repository's root. */
export function alertFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['dashboards/alerts/waywarden.rules.yaml', prometheusRules()],
    ['dashboards/provisioning/alerting/waywarden.yaml', grafanaRules()],
    [RUNBOOK, runbook()],
  ]);
}
