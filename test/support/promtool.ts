/**
 * Prometheus' own tool for rules and metrics (Debian's package `prometheus`). Where it is absent what
 * needs it is skipped, loudly; with REQUIRE_PROMTOOL=1 that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const RULES = fileURLToPath(
  new URL('../../dashboards/alerts/waywarden.rules.yaml', import.meta.url),
);
const STEP = '15s';
/** Each sample of an exposition holds for so many steps: longer than any rule waits. */
const STEPS = 60;
const EVAL_TIME = '10m';

function isThere(): boolean {
  if (spawnSync('promtool', ['--version']).error === undefined) return true;
  const message = 'PROMTOOL IS ABSENT (apt-get install prometheus): rules are not tried by it.';
  if (process.env['REQUIRE_PROMTOOL'] === '1') throw new Error(message);
  console.warn(`\n${'='.repeat(78)}\n${message}\n${'='.repeat(78)}\n`);
  return false;
}

export const hasPromtool = isThere();

/** What it says when it does not accept; empty when it does. */
export function promtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return status === 0 && stderr === '' ? '' : `${stdout}${stderr}`;
}

/** Runs tests of the committed rules, in the format of `promtool test rules`. */
export function promtoolTests(tests: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-promtool-'));
  try {
    const file = join(folder, 'rules.test.yaml');
    writeFileSync(
      file,
      stringify({ rule_files: [RULES], evaluation_interval: STEP, tests }, { lineWidth: 0 }),
    );
    return promtool(['test', 'rules', file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?) (\S+)$/;

/** Empty when each of `alerts` fires where a service keeps answering with this exposition. */
export function notFiring(exposition: string, alerts: readonly string[]): string {
  if (!hasPromtool) return '';
  const samples = exposition
    .split('\n')
    .flatMap((line) => (line.startsWith('waywarden_') ? [SAMPLE.exec(line) ?? []] : []));
  const input_series = samples.map(([, series, value]) => ({
    series,
    values: `${value}x${STEPS}`,
  }));
  const promql_expr_test = alerts.map((name) => ({
    expr: `count(ALERTS{alertname="${name}",alertstate="firing"}) > bool 0`,
    eval_time: EVAL_TIME,
    exp_samples: [{ labels: '{}', value: 1 }],
  }));
  return promtoolTests([{ interval: STEP, input_series, promql_expr_test }]);
}
