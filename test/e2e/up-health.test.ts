/**
 * Guarantee: `up` is ready while all of it works; when its store hangs, the probe, the metric, the rule
 * and the sentence on the page say so within ten seconds, and all is well when it answers again.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintProblems } from '@waywarden/service-health';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startUp, type UpProcess } from '../chaos/up-process.ts';
import { hasPromtool, notFiring, promtool } from '../support/promtool.ts';
import { until } from '../support/until.ts';

const REGISTRY = new URL('../../docs/examples/registry.yaml', import.meta.url).pathname;
const BOUND_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-up-health-'));
let up: UpProcess;
let url: string;

beforeAll(async () => {
  up = startUp({ data: join(folder, 'data'), registry: REGISTRY });
  const ready = await up.ready;
  if (ready === undefined) throw new Error(`up ended: ${up.errors()}`);
  url = ready;
}, 120_000);

afterAll(async () => {
  signalStore('SIGCONT');
  up.child.kill('SIGTERM');
  await up.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

/** The engine is the one child of `up`. */
function signalStore(signal: NodeJS.Signals): void {
  const { pid } = up.child;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const child of children.split(' ')) if (child !== '') process.kill(Number(child), signal);
}

async function ask(path: string) {
  const answer = await fetch(url + path, { signal: AbortSignal.timeout(5_000) });
  return { status: answer.status, text: await answer.text() };
}

const readyIs = (wanted: number) =>
  until(async () => {
    const { status, text } = await ask('/ready');
    return status === wanted ? text : undefined;
  }, BOUND_MS);

it('says on every way when the store hangs, and when it is back', async () => {
  await readyIs(200);
  const { text: metrics } = await ask('/metrics');
  expect(lintProblems(metrics)).toEqual([]);
  if (hasPromtool) expect(promtool(['check', 'metrics'], metrics)).toBe('');
  expect(metrics).toContain('waywarden_build_info{service="up"');
  expect(metrics).toMatch(/^waywarden_stage_lag_records\{stage="archiver"\} \d/m);
  expect(metrics).toMatch(/^waywarden_canary_missing 0$/m);

  signalStore('SIGSTOP');
  expect(JSON.parse(await readyIs(503))).toMatchObject({
    ready: false,
    conditions: expect.arrayContaining([
      expect.objectContaining({
        reason: 'store_unavailable',
        sentence: expect.stringContaining('The store does not answer'),
      }),
    ]),
  });
  const { text } = await ask('/metrics');
  expect(notFiring(text, ['WaywardenStoreDown', 'WaywardenNotReady'])).toBe('');
  const page = await until(async () => {
    const status = JSON.parse((await ask('/v1/status')).text) as Record<string, string>;
    return status['health'] === 'store_unavailable' ? status : undefined;
  }, BOUND_MS);
  expect(page['sentence']).toContain('The store does not answer.');

  signalStore('SIGCONT');
  await until(async () => ((await ask('/ready')).status === 200 ? true : undefined), 60_000);
}, 180_000);
