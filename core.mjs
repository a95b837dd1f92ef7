import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const N = +process.argv[2] || 3000,
  prof = process.argv[3];
const R = '/tmp/perf-pipeline/';
const { loadCalls } = await import(R + 'base/services/waywarden/dist/bench/load-calls.js');
const { readItems, benchAcceptor } = await import(
  R + 'base/services/waywarden/dist/bench/core-rounds.js'
);
const c = await loadCalls('/work/shared/data/agentdojo/trajectories.ndjson.gz', N);
const recs = benchAcceptor().accept(readItems(c.lines)).records;
const { MemoryDraft } = await import(R + 'base/packages/stage/dist/index.js');
const core = {};
for (const r of ['base', 'work'])
  core[r] = (await import(R + r + '/services/detector/dist/core/decide-profile.js')).decideProfile;
const fresh = () => recs.map((r) => JSON.parse(r.value.toString()));
const run = (decide, evs) => {
  const d = new MemoryDraft();
  const o = [];
  evs.forEach((value, offset) =>
    o.push(
      ...decide(d, {
        topic: 'b',
        partition: 0,
        offset,
        key: null,
        type: 'event',
        value,
        source: 'b',
      }),
    ),
  );
  return o;
};
const a = JSON.stringify(run(core.base, fresh())),
  b = JSON.stringify(run(core.work, fresh()));
console.log('same outputs', a === b, a.length);
const r = { base: [], work: [] };
for (let i = 0; i < 7; i++)
  for (const n of ['base', 'work']) {
    const evs = fresh();
    const s = process.cpuUsage();
    run(core[n], evs);
    const e = process.cpuUsage(s);
    r[n].push((e.user + e.system) / N);
  }
for (const n in r) {
  r[n].sort((x, y) => x - y);
  console.log(n, 'min', r[n][0].toFixed(1), 'med', r[n][3].toFixed(1));
}
if (prof) {
  const evs = [];
  for (let i = 0; i < 6; i++) evs.push(fresh());
  const s = new Session();
  s.connect();
  await s.post('Profiler.enable');
  await s.post('Profiler.setSamplingInterval', { interval: 100 });
  await s.post('Profiler.start');
  for (const e of evs) run(core.work, e);
  const { profile } = await s.post('Profiler.stop');
  writeFileSync(prof, JSON.stringify(profile));
}
process.exit(0);
