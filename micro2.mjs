const root = '/tmp/perf-pipeline/work';
const { loadCalls } = await import(root + '/services/waywarden/dist/bench/load-calls.js');
const { readItems, benchAcceptor } = await import(
  root + '/services/waywarden/dist/bench/core-rounds.js'
);
const { decideProfile } = await import(root + '/services/detector/dist/core/decide-profile.js');
const { decideAssembly } = await import(
  root + '/services/detector/dist/core/assembly/decide-assembly.js'
);
const { MemoryDraft } = await import(root + '/packages/stage/dist/index.js');
const S = await import(root + '/schemas/dist/index.js');
const { LayeredDraft } = await import(root + '/packages/stage/dist/index.js');
const { decodeSrc } = await import(root + '/packages/event-log/dist/index.js');
const { assertRecordFits } = await import(root + '/packages/event-log/dist/limits.js');
const c = await loadCalls('/work/shared/data/agentdojo/trajectories.ndjson.gz', 3000);
const batch = benchAcceptor().accept(readItems(c.lines));
const events = batch.events,
  recs = batch.records,
  N = events.length;
function t(name, f, prep) {
  const r = [];
  for (let i = 0; i < 9; i++) {
    const x = prep?.();
    const a = process.cpuUsage();
    f(x);
    const b = process.cpuUsage(a);
    r.push((b.user + b.system) / N);
  }
  r.sort((a, b) => a - b);
  console.log(name.padEnd(44), 'min', r[0].toFixed(1), 'med', r[4].toFixed(1));
}
let sink = 0;
const parsed = recs.map((r) => JSON.parse(r.value.toString()));
t('validateAuditEvent parsed', () => {
  for (const e of parsed) sink += S.validateAuditEvent(e) ? 1 : 0;
});
t('validateAuditEvent derived', () => {
  for (const e of events) sink += S.validateAuditEvent(e) ? 1 : 0;
});
const dec = (D, evs) => {
  const d = D();
  const outs = [];
  evs.forEach((value, offset) => {
    outs.push(
      ...decideProfile(d, {
        topic: 'b',
        partition: 0,
        offset,
        key: null,
        type: 'event',
        value,
        source: 'b',
      }),
    );
    d.keep?.();
  });
  return outs;
};
const mem = () => new MemoryDraft();
const lay = () => {
  const m = new Map();
  return new LayeredDraft((k) => m.get(k));
};
t('decideProfile MemoryDraft', () => {
  sink += dec(mem, events).length;
});
t('decideProfile LayeredDraft', () => {
  sink += dec(lay, events).length;
});
const steps = dec(mem, events)
  .filter((o) => o.topic.includes('steps'))
  .map((o) => o.value);
t('validatePrivilegeStep', () => {
  for (const e of steps) sink += S.validatePrivilegeStep(e) ? 1 : 0;
});
const asm = (D) => {
  const d = D();
  let n = 0;
  steps.forEach((value, offset) => {
    n += decideAssembly(d, {
      topic: 's',
      partition: 0,
      offset,
      key: null,
      type: 'event',
      value,
      source: 'b',
    }).length;
    d.keep?.();
  });
  return n;
};
t('decideAssembly MemoryDraft', () => {
  sink += asm(mem);
});
t('decideAssembly LayeredDraft', () => {
  sink += asm(lay);
});
t('decodeSrc x3', () => {
  for (let i = 0; i < N * 3; i++)
    sink += decodeSrc(
      'waywarden.audit.events.v1/3f1b0c1e-7a53-4d3e-9a77-4a2a1d6a0c11/0/12345/0',
    ).offset;
});
t('assertRecordFits', () => {
  for (const r of recs) assertRecordFits(r);
});
process.exit(0);
