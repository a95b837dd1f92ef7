/** Guarantees: promtool's lint finds nothing, labels are bounded, and the limit says that it was hit. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricName } from './metric-definitions.ts';
import { lintProblems } from './metrics-page.ts';
import { ServiceMetrics } from './service-metrics.ts';

const make = (seriesMax?: number) =>
  new ServiceMetrics({
    service: 'test',
    version: '1.2.3',
    ...(seriesMax === undefined ? {} : { seriesMax }),
  });

function everyMetric(): ServiceMetrics {
  const metrics = make();
  metrics.declare(...(Object.keys(METRICS) as MetricName[]));
  return metrics;
}

describe('metrics', () => {
  it('hold to the naming rules of Prometheus', async () => {
    const text = await everyMetric().text();
    expect(lintProblems(text)).toEqual([]);
    expect(text).toContain('# HELP waywarden_alerts_total Alerts raised');
    expect(text).toContain('# TYPE waywarden_http_request_duration_seconds histogram');
  });

  it('are named as a linter would refuse them: then it is said', () => {
    const text = '# TYPE waywarden_alerts counter\nwaywarden_alerts 1\n';
    expect(lintProblems(text)).toEqual([
      'waywarden_alerts: no HELP',
      'waywarden_alerts: a counter ends in _total',
    ]);
  });

  it('pass promtool check metrics, where promtool is', async (context) => {
    const { status, error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await everyMetric().text(),
      encoding: 'utf8',
    });
    if (error !== undefined) {
      console.warn('PROMTOOL IS ABSENT: its lint is not run, only its rules as re-stated here.');
      return context.skip();
    }
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });

  it('say which build runs, and how the process is', async () => {
    const text = await make().text();
    expect(text).toContain(
      `waywarden_build_info{service="test",version="1.2.3",node_version="${process.versions.node}"} 1`,
    );
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('count what comes beyond the limit of series under "other"', async () => {
    const metrics = make(2);
    for (const reason of ['a', 'b', 'c', 'd']) {
      metrics.add('waywarden_decisions_withheld_total', { reason });
    }
    const text = await metrics.text();
    expect(text).toContain('waywarden_decisions_withheld_total{reason="a"} 1');
    expect(text).toContain('waywarden_decisions_withheld_total{reason="other"} 2');
    expect(text).not.toContain('reason="c"');
    expect(text).toContain('waywarden_limit_hits_total{limit="metric_series"} 2');
  });

  it('cut long values and escape what a sender put into them', async () => {
    const metrics = make();
    const reason = `a"\n${'x'.repeat(500)}`;
    metrics.add('waywarden_decisions_withheld_total', { reason });
    const text = await metrics.text();
    expect(text).toContain('reason="a\\"\\n');
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(400);
  });
});
