const root = '/tmp/perf-pipeline/work';
const { loadCalls } = await import(root + '/services/waywarden/dist/bench/load-calls.js');
const { readItems, benchAcceptor } = await import(
  root + '/services/waywarden/dist/bench/core-rounds.js'
);
const { decideProfile } = await import(root + '/services/detector/dist/core/decide-profile.js');
const { MemoryDraft } = await import(root + '/packages/stage/dist/index.js');
const { toAppendRecords } = await import(root + '/packages/stage/dist/output-record.js');
const { encodeCloudEvent } = await import(root + '/schemas/dist/index.js');
const { AUDIT_EVENTS } = await import(root + '/services/archiver/dist/rows/audit-event-row.js');
const { cellsOf } = await import(root + '/services/archiver/dist/rows/archived-topic.js');
const { rowText } = await import(root + '/services/archiver/dist/rows/row-text.js');
const { encodeRecord } = await import(root + '/packages/event-log/dist/lmdb/record-codec.js');
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
t('stringify derived event', () => {
  for (const e of events) sink += JSON.stringify(e).length;
});
t('stringify parsed event', () => {
  for (const e of parsed) sink += JSON.stringify(e).length;
});
const texts = events.map((e) => JSON.stringify(e));
t('Buffer.from text', () => {
  for (const e of texts) sink += Buffer.from(e).length;
});
t('encodeCloudEvent', () => {
  for (const e of events)
    sink += Object.keys(
      encodeCloudEvent({
        id: e.event_id,
        source: '/waywarden/ingest/a/b',
        type: 'dev.x',
        subject: e.agent.uid,
        time: e.event_time,
      }),
    ).length;
});
t('JSON.parse text', () => {
  for (const e of texts) sink += Object.keys(JSON.parse(e)).length;
});
const dec = (evs) => {
  const d = new MemoryDraft();
  const outs = [];
  evs.forEach((value, offset) =>
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
    ),
  );
  return outs;
};
t('decideProfile derived', () => {
  sink += dec(events).length;
});
t('decideProfile parsed', () => {
  sink += dec(parsed).length;
});
const outs = dec(events);
const steps = outs.filter((o) => o.topic.includes('steps'));
t('stringify steps', () => {
  for (const o of steps) sink += JSON.stringify(o.value).length;
});
t('toAppendRecords steps', () => {
  for (const o of steps)
    sink += toAppendRecords(o, {
      partitions: 1,
      source: 'detector-profile',
      src: () => 'waywarden.audit.events.v1/3f1b0c1e-7a53-4d3e-9a77-4a2a1d6a0c11/0/12345/0',
      producedAt: '2026-11-24T00:00:00.000Z',
    }).length;
});
t('encodeRecord events', () => {
  for (const r of recs) sink += encodeRecord(r, { topicId: 1, partition: 0, offset: 5 }).length;
});
const rec = {
  topic: 'waywarden.audit.events.v1',
  incarnation: '3f1b0c1e-7a53-4d3e-9a77-4a2a1d6a0c11',
  partition: 0,
  offset: 123,
};
const rows = events.map((e, i) =>
  cellsOf(
    AUDIT_EVENTS.row(e, { record: rec, raw: texts[i], storedAt: '2026-11-24 00:00:00.000000000' }),
  ),
);
t('row cells derived', () => {
  events.forEach((e, i) => {
    sink += cellsOf(
      AUDIT_EVENTS.row(e, {
        record: rec,
        raw: texts[i],
        storedAt: '2026-11-24 00:00:00.000000000',
      }),
    ).length;
  });
});
t('rowText', () => {
  for (const r of rows) sink += rowText(r).length;
});
const rawAt = rows[0].indexOf(texts[0]);
t('stringify raw only', () => {
  for (const r of texts) sink += JSON.stringify(r).length;
});
t(
  'stringify cells w/o raw',
  () => {
    for (const r of rows) sink += JSON.stringify(r).length;
  },
  () => {
    for (const r of rows) r[rawAt] = '';
  },
);
const bufs = recs.map((r) => r.value);
t('bytes to string', () => {
  for (const b of bufs) sink += b.toString('utf8').length;
});
t('bytes latin1/ascii', () => {
  for (const b of bufs) sink += b.latin1Slice().length;
});
process.exit(0);
