/**
 * How long lists of alerts take over many: `npm run bench:alerts [-- COUNT]`. The alerts go through a real log and the
 * follower, the questions through the server. Prints one line of JSON a question and the worst p95 of all.
 */
import { performance } from 'node:perf_hooks';
import { type Alert, alertKey, HEADERS, macHeaders, TOPICS } from '@waywarden/schemas';
import { buildAlert, uuidOf } from '../src/testing/triage-builders.ts';
import { WorkWorld } from '../src/testing/work-world.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const BATCH = 1_000;
const ROUNDS = 20;
const P95_MS_MAX = 300;
const KINDS = ['hijack_suspected', 'privilege_assembly', 'behavior_deviation', 'class_drift'];
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

const QUESTIONS = [
  '',
  'severity=critical,high',
  'kind=class_drift&sort=newest',
  'agent=spiffe://acme/agent/mail-77',
  'q=outside+address',
  'q=mail-4711',
  'state=all&hygiene=include&sort=count',
  'group=campaign',
  'group=incident&limit=200',
  'from=24h&sort=oldest',
  'assignee=none&tag=q4',
  'sla=breached&sort=due',
];

function alertOf(n: number): Alert {
  const at = new Date(Date.parse('2026-11-24T00:00:00Z') + n * 400).toISOString();
  return buildAlert({
    ...{ alert_id: uuidOf(n + 1), incident_id: uuidOf(1_000_000 + (n >> 3)), last_event_time: at },
    kind: KINDS[n % KINDS.length] ?? 'hijack_suspected',
    severity: SEVERITIES[n % 7 === 0 ? 3 : n % 3] ?? 'low',
    count: 1 + (n % 50),
    subject: { agent_uid: `spiffe://acme/agent/mail-${n % 5_000}` },
    title: `mail-${n % 5_000} obeyed text in mail ${n} instead of its task`,
    summary: `Asked to summarise mail ${n}, it forwarded customers to an outside address that stands only in that mail. None of its 846 earlier tasks did so.`,
    ...(n % 20 === 0 ? { hygiene: true } : {}),
  });
}

async function fill(world: WorkWorld): Promise<void> {
  const encoder = new TextEncoder();
  for (let from = 0; from < COUNT; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, COUNT - from) }, (_, at) => {
      const alert = alertOf(from + at);
      const headers = { [HEADERS.type]: 'event' };
      const record = {
        ...{ topic: TOPICS.alerts.name, key: alertKey(alert.tenant_id, alert.alert_id) },
        value: encoder.encode(JSON.stringify(alert)),
      };
      return {
        ...record,
        headers: { ...headers, ...macHeaders({ ...record, headers }, world.detector) },
      };
    });
    await world.log.append(batch);
  }
}

const world = await WorkWorld.open({ localViewers: true });
world.nowMs = Date.parse('2026-11-24T12:00:00Z');
const began = performance.now();
await fill(world);
while (world.work.follower.board.size < COUNT) {
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
}
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ alerts: COUNT, listed_after_s: Math.round((performance.now() - began) / 100) / 10 });
let worst = 0;
for (const query of QUESTIONS) {
  const times: number[] = [];
  let total = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    const answer = await world.app.inject({ url: `/v1/console/alerts?${query}` });
    times.push(performance.now() - from);
    total = answer.json().total;
  }
  times.sort((a, b) => a - b);
  const p95 = Math.round(times[Math.floor(ROUNDS * 0.95) - 1] ?? 0);
  worst = Math.max(worst, p95);
  say({ query, total, p50_ms: Math.round(times[ROUNDS / 2] ?? 0), p95_ms: p95 });
}
const heap_mb = Math.round(process.memoryUsage().heapUsed / 1e6);
say({ worst_p95_ms: worst, allowed_ms: P95_MS_MAX, heap_mb });
await world.close();
if (worst > P95_MS_MAX) process.exitCode = 1;
