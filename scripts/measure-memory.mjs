/**
 * Own memory of a replay: simulates a fleet, replays it and samples `RssAnon` of the process, the store's
 * child left out. `node scripts/measure-memory.mjs [agents] [days]`; 230 agents make some 6,700 events a day
 * in the long run. Prints one line of JSON for each 50,000 events and one at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';

const SAMPLE_MS = 1_000;
const STEP_EVENTS = 50_000;
const MIB = 1024;
const MAIN = join(ROOT, 'packages/benchmarks/dist/main.js');
const [agents = '230', days = '150'] = process.argv.slice(2);

await ensureInstalled();
await ensureBuilt({ quiet: true });
const folder = mkdtempSync(join(tmpdir(), 'waywarden-memory-'));
const file = (name) => join(folder, name);
try {
  spawnSync(
    process.execPath,
    [
      ...[MAIN, 'simulate', '--scenario', 'fleet-benign', '--seed', 'memory'],
      ...['--agents', agents, '--days', days, '--out', file('events.ndjson')],
      ...['--labels', file('labels.ndjson'), '--registry-out', file('registry.yaml')],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const child = spawn(
    process.execPath,
    [
      ...[MAIN, 'replay', file('events.ndjson'), '--format', 'events', '--trust-fields'],
      ...['--registry', file('registry.yaml'), '--assurance', 'authenticated'],
      ...['--data', file('data'), '--json'],
    ],
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
  let events = 0;
  let mostMib = 0;
  let next = STEP_EVENTS;
  child.stderr.on('data', (data) => {
    const [, read] = /(\d+) calls read/.exec(data.toString()) ?? [];
    if (read !== undefined) events = Number(read);
  });
  const sampling = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const mib = Math.round(Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / MIB);
      mostMib = Math.max(mostMib, mib);
      if (events < next) return;
      console.log(JSON.stringify({ events, own_mib: mib, most_mib: mostMib }));
      next += STEP_EVENTS;
    } catch {
      // It has ended; its exit says so.
    }
  }, SAMPLE_MS);
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  clearInterval(sampling);
  console.log(JSON.stringify({ events, most_mib: mostMib, code }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
