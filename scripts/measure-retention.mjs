/**
 * What shortening costs whoever appends meanwhile, and what a record takes on disk:
 * `node scripts/measure-retention.mjs` (after `npm run build`; some minutes, 3 GB of disk).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '../packages/event-log/dist/lmdb/lmdb-log.js';

const TOPIC = 'audit.events';
/** An audit event as ingest writes it (docs/measurements/throughput.md). */
const EVENT_BYTES = 2_600;
const FILL = 300_000;
const BATCH = 500;
const folder = mkdtempSync(join(tmpdir(), 'measure-retention-'));
let clock = 0;
const log = await openLmdbLog({ path: folder, nowMs: () => clock });
const file = () => statSync(join(folder, 'data.mdb')).size;
const mib = (bytes) => Math.round(bytes / 1024 ** 2);
const value = Buffer.alloc(EVENT_BYTES, 'e');
const batch = Array.from({ length: BATCH }, () => ({
  topic: TOPIC,
  partition: 0,
  key: 'k',
  value,
  headers: { ww_type: 'event' },
}));
const quantile = (times, q) => times.sort((a, b) => a - b)[Math.floor(times.length * q)].toFixed(1);

async function appends(until) {
  const times = [];
  while (!(await until())) {
    const began = performance.now();
    await log.append(batch);
    times.push(performance.now() - began);
  }
  return times;
}

await log.createTopics([{ name: TOPIC, partitions: 1, retention: { ageMs: 3_600_000 } }]);
const filled = async () => (await log.endOffsets(TOPIC))[0];
const alone = await appends(async () => (await filled()) >= FILL);
const [retained] = await log.retained(TOPIC);
console.log(
  `file ${mib(file())} MiB for ${retained.end} records, counted ${mib(retained.bytes)} MiB: ${Math.round(file() / retained.end)} bytes a record`,
);
console.log(
  `append of ${BATCH}, alone: median ${quantile(alone, 0.5)} ms, 99 % ${quantile(alone, 0.99)} ms`,
);
clock += 7_200_000;
let isDone = false;
const began = performance.now();
const shortened = log.shorten({ nowMs: clock }).then((cuts) => {
  isDone = true;
  return { cuts, took: performance.now() - began };
});
const beside = await appends(() => isDone);
const { cuts, took } = await shortened;
const removed = cuts[0].to - cuts[0].from;
console.log(
  `removed ${removed} records in ${(took / 1000).toFixed(1)} s beside appends: ${Math.round(removed / (took / 1000))} a second`,
);
console.log(
  `append of ${BATCH}, beside: median ${quantile(beside, 0.5)} ms, 99 % ${quantile(beside, 0.99)} ms (${beside.length})`,
);
const [now] = await log.retained(TOPIC);
const live = now.end - now.start;
console.log(
  `file ${mib(file())} MiB for ${live} records that are left: ${Math.round(file() / live)} bytes a record`,
);
await log.close();
rmSync(folder, { recursive: true, force: true });
