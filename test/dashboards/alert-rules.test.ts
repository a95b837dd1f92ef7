/**
 * Guarantees about the alert rules: the files are what the one source gives, each rule names metrics
 * that exist and a section of the runbook, and each is silent while all is well and fires in its case.
 */
import { readFileSync } from 'node:fs';
import { ALERT_RULES, alertFiles, annotationsOf } from '@waywarden/dashboards';
import { METRICS } from '@waywarden/service-health';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasPromtool, promtool, promtoolTests } from '../support/promtool.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PROMETHEUS = 'dashboards/alerts/waywarden.rules.yaml';
const GRAFANA = 'dashboards/provisioning/alerting/waywarden.yaml';
const RUNBOOK = 'docs/runbook.md';
const STEP = '15s';
const LABEL = /\{\{ \$labels\.(\w+) \}\}/g;

describe('files', () => {
  it.each([...alertFiles()])(
    '%s is what the source gives: run dashboards:generate',
    (path, text) => {
      expect(read(path)).toBe(text);
    },
  );

  it('name the same rules for Prometheus and Grafana, with severity, summary and runbook', () => {
    const prometheus = parse(read(PROMETHEUS)).groups[0].rules as {
      alert: string;
      labels: object;
      annotations: object;
    }[];
    const grafana = parse(read(GRAFANA)).groups[0].rules as { title: string; labels: object }[];
    expect(prometheus.map((rule) => rule.alert)).toEqual(ALERT_RULES.map(({ name }) => name));
    expect(grafana.map((rule) => [rule.title, rule.labels])).toEqual(
      prometheus.map((rule) => [rule.alert, rule.labels]),
    );
    for (const { annotations } of prometheus) {
      expect(Object.keys(annotations)).toEqual(['summary', 'runbook']);
    }
  });

  it('give Grafana ids that it accepts, and a data source that is provisioned', () => {
    const { groups } = parse(read(GRAFANA));
    const [{ rules }] = groups as [{ rules: { uid: string; data: { datasourceUid: string }[] }[] }];
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    for (const { uid } of rules) expect(uid).toMatch(/^[a-z]{1,40}$/);
    const known = parse(read('dashboards/provisioning/datasources/prometheus.yaml'));
    const used = new Set(rules.flatMap(({ data }) => data.map((one) => one.datasourceUid)));
    expect(used).toEqual(new Set([known.datasources[0].uid, '__expr__']));
  });
});

describe.each(ALERT_RULES)('$name', (rule) => {
  it('asks for metrics and labels that exist', () => {
    const names = [...rule.expr.matchAll(/\bwaywarden_\w+/g)].map(([name]) =>
      name.replace(/_bucket$/, ''),
    );
    for (const name of names) expect(Object.keys(METRICS)).toContain(name);
    for (const series of Object.keys(rule.fires.series)) {
      const [name = '', labels = ''] = series.split('{');
      const known = METRICS[name.replace(/_bucket$/, '') as keyof typeof METRICS]?.labels ?? [];
      const given = [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label);
      expect([...known, 'instance', 'job', 'le']).toEqual(expect.arrayContaining(given));
    }
  });

  it('has its section in the runbook', () => {
    const { runbook } = annotationsOf(rule);
    const [page, anchor] = runbook.split('#');
    expect(page).toBe(RUNBOOK);
    const headings = [...read(RUNBOOK).matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name);
    expect(headings.map((name) => name.toLowerCase())).toContain(anchor);
  });

  it.skipIf(!hasPromtool)('is silent while all is well, and fires in its case', () => {
    const { series, labels, at: firesAt = '4m' } = rule.fires;
    const summary = rule.summary.replaceAll(LABEL, (_, label: string) => labels[label] ?? '');
    const exp_labels = { severity: rule.severity, ...labels };
    const alert = { exp_labels, exp_annotations: { ...annotationsOf(rule), summary } };
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const at = (eval_time: string, exp_alerts: readonly object[]) => ({
      ...{ eval_time, alertname: rule.name, exp_alerts },
    });
    const alert_rule_test = [at('1m', []), at(firesAt, [alert])];
    expect(promtoolTests([{ interval: STEP, input_series, alert_rule_test }])).toBe('');
  });
});

it.skipIf(!hasPromtool)('Prometheus accepts the rule file', () => {
  expect(promtool(['check', 'rules', PROMETHEUS])).toBe('');
});
