/**
 * Guarantees: the published fleets are made byte for byte; the others of the list have this version;
 * the page that says how to cite them names this list.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Manifest, measured } from '../scripts/frozen-fleet.ts';
import { SIMULATOR_VERSION } from './index.ts';

const text = readFileSync(new URL('../frozen.json', import.meta.url), 'utf8');
/** Plots alone; the others take minutes: `npm run fleets:frozen`. */
const SMALL: ReadonlySet<string> = new Set(['assembly-only', 'assembly-asserted']);
const manifest: Manifest = JSON.parse(text);

test('the manifest is of this version, and tuning and reporting seeds are apart', () => {
  expect(manifest.simulator_version).toBe(SIMULATOR_VERSION);
  for (const scenario of [
    'fleet-benign',
    'fleet-attacks',
    'assembly',
    'assembly-only',
    'assembly-asserted',
  ]) {
    const seeds = manifest.fleets.filter((f) => f.scenario === scenario).map((f) => f.seed);
    expect(seeds.filter((s) => s.startsWith('tuning-')).length).toBeGreaterThanOrEqual(2);
    expect(seeds.filter((s) => s.startsWith('reporting-')).length).toBeGreaterThanOrEqual(3);
  }
});

test('the small fleets come out byte for byte as they were frozen', () => {
  const small = manifest.fleets.filter(({ scenario }) => SMALL.has(scenario));
  expect(small).toHaveLength(10);
  for (const { scenario, seed, agents, days, ...frozen } of small) {
    const { sha256, events, labels } = measured({ scenario, seed, agents, days });
    expect({ sha256, events, labels }).toEqual({
      sha256: frozen.sha256,
      events: frozen.events,
      labels: frozen.labels,
    });
  }
}, 300_000);

test('the page names the version and the checksum of the list', () => {
  const page = readFileSync(new URL('../../../docs/benchmarks-fleet.md', import.meta.url), 'utf8');
  expect(page).toContain(`frozen.json sha256 ${createHash('sha256').update(text).digest('hex')}`);
  expect(page).toContain(`Waywarden fleet simulator, version ${SIMULATOR_VERSION}`);
});
