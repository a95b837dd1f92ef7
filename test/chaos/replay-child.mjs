/**
 * One replay in a process of its own, of compiled code, that kills itself at a named place. Started
 * by replay-job.ts with the path of a JSON file (`ReplayJob` there). Prints one line of JSON when it
 * came to its end; a process that was killed prints nothing.
 */
import { readFileSync } from 'node:fs';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { dataPaths, loadPolicy, loadRegistry, replayFiles } from '@waywarden/waywarden';

const TABLES = {
  audit_events_v1: 'event_id',
  alerts_v1: 'alert_id',
  decisions_v1: 'decision_id',
  revocation_commands_v1: 'command_id',
};

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const hits = {};

/** SIGKILL to itself: no handler runs, nothing is flushed, as when the kernel takes the process. */
function failpoint(name) {
  hits[name] = (hits[name] ?? 0) + 1;
  const { crash } = job;
  if (crash?.name === name && crash.nth === hits[name]) process.kill(process.pid, 'SIGKILL');
}

async function ask(url, query) {
  const response = await fetch(`${url}/?database=waywarden`, {
    method: 'POST',
    body: `${query} FORMAT JSONEachRow`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** Ids as readers see them (FINAL), and how many rows lie there before any merge. */
async function storedRows() {
  const engine = await startClickHouse({ path: dataPaths(job.folder).clickhouse });
  try {
    const stored = {};
    for (const [table, id] of Object.entries(TABLES)) {
      const rows = await ask(engine.url, `SELECT toString(${id}) AS id FROM ${table} FINAL`);
      const [raw] = await ask(engine.url, `SELECT toUInt32(count()) AS n FROM ${table}`);
      stored[table] = { ids: rows.map((row) => row.id).sort(), raw: raw?.n ?? 0 };
    }
    return stored;
  } finally {
    await engine.stop();
  }
}

const report = await replayFiles({
  files: [job.events],
  folder: job.folder,
  out: job.out,
  format: 'events',
  tenant: 'acme',
  assurance: 'authenticated',
  trustFields: true,
  partitions: job.partitions,
  registry: loadRegistry(job.registry),
  policy: loadPolicy(job.policy),
  batchEvents: job.batchEvents,
  failpoint,
});
process.stdout.write(`${JSON.stringify({ report, hits, stored: await storedRows() })}\n`);
