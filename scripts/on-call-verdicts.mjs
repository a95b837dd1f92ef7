/**
 * `node scripts/on-call-verdicts.mjs [--seed S] [--agents N] [--days N]`, after `npm run build`: what is told of agents
 * on call, whose days are of two kinds (a short round every day, and on one day in eight an incident of 60 to 150
 * calls), without verdicts and where each statistical alert is found wrong eight hours later. On the last day each makes
 * five times as many calls as ever, which must be told in either case. The profile stage alone, in memory, without
 * registry and peers.
 */
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();
const { MemoryTransaction } = await import('../packages/stage/dist/index.js');
const { CLAIMS, policySchema, TOPICS } = await import('../schemas/dist/index.js');
const { decideProfile } = await import('../services/detector/dist/core/decide-profile.js');

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    agents: { type: 'string', default: '40' },
    days: { type: 'string', default: '60' },
  },
});
const [SEED, AGENTS, DAYS] = [values.seed, values.agents, values.days].map(Number);
const DAY_MS = 86_400_000;
const ANSWERED_MS = 8 * 3_600_000;
const START_MS = Date.UTC(2026, 8, 7);
const INCIDENT = 0.12;
const STATISTICAL = new Set(['behavior_deviation', 'reach_growth']);
const TOOLS = ['crm/get_customer', 'wiki/search', 'db/query', 'files/read_file'];

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function poisson(chance, mean) {
  const least = Math.exp(-mean);
  let count = -1;
  for (let left = 1; left > least || count < 0; left *= chance()) count += 1;
  return count;
}

const normal = (chance) =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

const PROVEN = Object.fromEntries(CLAIMS.map((one) => [one, 'authenticated']));
let made = 0;

function call(chance, uid, ms, task) {
  made += 1;
  const at = new Date(ms).toISOString();
  const [server, name] = TOOLS[Math.floor(chance() * TOOLS.length)].split('/');
  return {
    ...{
      schema_version: '1.0',
      event_id: `00000000-0000-5000-8000-${String(made).padStart(12, '0')}`,
    },
    ...{ native_id: `n${made}`, event_time: at, event_time_quality: 'measured', observed_time: at },
    ...{ source: { kind: 'gw', instance: 'gateway-1' }, tenant_id: 'acme', activity: 'tool_call' },
    ...{ phase: 'completed', effect: 'read', agent: { uid, assurance: 'authenticated' } },
    ...{ claims: PROVEN, chain_id: task, task: { id: task }, tool: { server, name } },
    ...{ capabilities: [], fp_version: 1, key_id: 'k', outcome: 'success' },
    result: { size: Math.round(2000 * Math.exp(0.5 * normal(chance))), is_error: false },
    model: {
      provider: 'p',
      name: 'm',
      tokens_in: Math.round(800 * Math.exp(0.4 * normal(chance))),
      tokens_out: 200,
    },
  };
}

/** A piece of work of so many calls. */
function work(chance, uid, { ms, task, count, gap }) {
  let now = ms;
  return Array.from({ length: count }, () => {
    now += gap * 1000 * (0.3 + 1.4 * chance());
    return call(chance, uid, now, task);
  });
}

/** All calls of an agent, in the order of time, and when the last day begins. */
function lifeOf(chance, uid) {
  const all = [];
  let most = 0;
  for (let day = 0; day < DAYS; day++) {
    const ms = START_MS + day * DAY_MS;
    all.push(
      ...work(chance, uid, {
        ms: ms + 9 * 3_600_000,
        task: `${uid}-${day}-s`,
        count: 5 + poisson(chance, 3),
        gap: 4,
      }),
    );
    if (chance() >= INCIDENT) continue;
    const count = 60 + poisson(chance, 60);
    most = Math.max(most, count);
    all.push(
      ...work(chance, uid, {
        ms: ms + DAY_MS * chance() * 0.95,
        task: `${uid}-${day}-i`,
        count,
        gap: 3,
      }),
    );
  }
  const lastMs = START_MS + DAYS * DAY_MS;
  const attack = work(chance, uid, {
    ms: lastMs + 3_600_000,
    task: `${uid}-attack`,
    count: 5 * Math.max(most, 60),
    gap: 0.6,
  });
  const inOrder = (a, b) => (a.event_time < b.event_time ? -1 : 1);
  return { events: [...all.sort(inOrder), ...attack], lastMs };
}

const record = (type, value) => ({
  ...{ topic: TOPICS.auditEvents.name, partition: 0, offset: 0, key: null, type, value },
  source: 'audit/i/0',
});

function told(uid, hasVerdicts) {
  const transaction = new MemoryTransaction();
  let seq = 1;
  const policy = policySchema.parse({ version: 1 });
  decideProfile(
    transaction,
    record('control', { kind: 'policy', seq, tenant_id: 'acme', version: 'v', policy }),
  );
  const { events, lastMs } = lifeOf(chanceOf(SEED * 7919 + Number(uid.split('-')[1])), uid);
  const alerts = new Map();
  let isAttackReported = false;
  const open = new Map();
  for (const event of events) {
    const ms = Date.parse(event.event_time);
    for (const [id, alert] of hasVerdicts && ms < lastMs ? open : []) {
      if (ms - Date.parse(alert.detected_at) < ANSWERED_MS) continue;
      open.delete(id);
      seq += 1;
      const said = {
        alert_id: id,
        agent_uid: uid,
        verdict: 'false_positive',
        verdict_at: event.event_time,
      };
      decideProfile(
        transaction,
        record('control', { kind: 'verdict', seq, tenant_id: 'acme', version: 'd', ...said }),
      );
    }
    for (const { topic, value } of decideProfile(transaction, record('event', event))) {
      if (topic !== TOPICS.alerts.name || value.hygiene === true || !STATISTICAL.has(value.kind))
        continue;
      open.set(value.alert_id, value);
      if (ms >= lastMs) isAttackReported = true;
      else alerts.set(value.alert_id, value.rule_id);
    }
  }
  return { benign: [...alerts.values()], isAttackReported };
}

for (const hasVerdicts of [false, true]) {
  const all = Array.from({ length: AGENTS }, (_, at) => told(`oncall-${at}`, hasVerdicts));
  const rules = all.flatMap(({ benign }) => benign);
  const counts = [...new Set(rules)].map((rule) => [
    rule,
    rules.filter((one) => one === rule).length,
  ]);
  const days = AGENTS * DAYS;
  console.log(
    `${hasVerdicts ? 'found wrong' : 'unanswered'}: ${rules.length} false alarms on ${days} agent-days, ` +
      `${((1000 * rules.length) / days).toFixed(1)} per 1,000 (${counts.map((one) => one.join(' ')).join(', ')}); ` +
      `five times as much told of ${all.filter((one) => one.isAttackReported).length} of ${AGENTS}`,
  );
}
