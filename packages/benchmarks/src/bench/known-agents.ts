/**
 * How much memory the profile stage takes that knows many agents, of which a part is at work: on its real
 * state, in a process of its own. What is known of each is the state of an agent of a simulated fleet after
 * thirty days, copied under other names; then every active one makes calls that are really decided.
 * What is measured is the process; what rests lies on disk.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentKeyOf, decideProfile, readAgentKey, WORK_IN_HAND } from '@waywarden/detector';
import { type AuditEvent, type Policy, shiftTime, TOPICS } from '@waywarden/schemas';
import { LocalState } from '@waywarden/stage';
import type { StreamFlags } from '../evaluate/benchmark-stream.ts';
import { type Decided, decidedStreams, TENANT } from './agent-state.ts';

const PARTITIONS = 4;
const BATCH_AGENTS = 2000;
const BATCH_EVENTS = 2000;
/** Calls of each active agent, one after the other as they came in the simulation. */
const CALLS_EACH = 4;
const DAY_MS = 86_400_000;

export interface KnownAgentsReport {
  readonly known: number;
  readonly active: number;
  readonly events: number;
  /** The most that the process held of its own, and when all were known and none active, in MiB. */
  readonly own_max_mib: number;
  readonly own_known_mib: number;
  /** With the pages of the state's file, which the system takes back when it needs them. */
  readonly rss_max_mib: number;
  readonly state_gib: number;
  readonly cpu_us_each: number;
}

/** An agent of the simulation: what is known of it, by the names of its keys, and its last calls. */
interface Template {
  readonly entries: readonly (readonly [name: string, value: unknown])[];
  readonly calls: readonly AuditEvent[];
}

function templatesOf({ entries, last }: Decided): readonly Template[] {
  return [...last].map(([uid, calls]) => {
    const agent = readAgentKey(agentKeyOf(TENANT, uid, 'clock'))?.agent;
    const own = [...entries].flatMap(([key, value]) => {
      const of = readAgentKey(key);
      if (of === undefined || of.agent !== agent || value === undefined) return [];
      return WORK_IN_HAND.has(of.name.split('|')[0] ?? '') ? [] : [[of.name, value] as const];
    });
    return { entries: own, calls: calls.slice(-CALLS_EACH) };
  });
}

/** Memory without the pages of mapped files, where the system tells them apart; in MiB. */
function ownMemory(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const kib = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? process.memoryUsage.rss() / 1024 ** 2 : Number(kib) / 1024;
}

const uidOf = (n: number) => `spiffe://bench.example/agent/${n}`;
const spaceOf = (n: number) => `bench/${n % PARTITIONS}`;

class Measured {
  own = 0;
  rss = 0;
  note(): void {
    this.own = Math.max(this.own, ownMemory());
    this.rss = Math.max(this.rss, process.memoryUsage.rss() / 1024 ** 2);
  }
}

async function commitAll(state: LocalState, measured: Measured): Promise<void> {
  for (let at = 0; at < PARTITIONS; at += 1) {
    await state.commit(`bench/${at}`, { nextOffset: 0, marks: {} });
  }
  measured.note();
}

async function makeKnown(
  state: LocalState,
  templates: readonly Template[],
  known: number,
  of: Measured,
): Promise<void> {
  for (let n = 0; n < known; n += 1) {
    const transaction = state.transaction(spaceOf(n));
    for (const [name, value] of templates[n % templates.length]?.entries ?? []) {
      transaction.put(agentKeyOf(TENANT, uidOf(n), name), value);
    }
    transaction.keep();
    if ((n + 1) % BATCH_AGENTS === 0) await commitAll(state, of);
  }
  await commitAll(state, of);
}

/** The call of another agent, a day later: no repeat, and not in a chain that is known. */
function callOf(call: AuditEvent, n: number): AuditEvent {
  return {
    ...call,
    event_id: `${call.event_id}/${n}`,
    agent: { ...call.agent, uid: uidOf(n) },
    chain_id: `${call.chain_id}/${n}`,
    event_time: shiftTime(call.event_time, DAY_MS),
    observed_time: shiftTime(call.observed_time, DAY_MS),
  };
}

interface Work {
  readonly state: LocalState;
  readonly templates: readonly Template[];
  readonly known: number;
  readonly active: number;
  readonly policy: Policy;
}

/** The active ones are spread over the known ones, and take turns. */
async function work(
  { state, templates, known, active, policy }: Work,
  of: Measured,
): Promise<number> {
  const topic = TOPICS.auditEvents.name;
  const place = { topic, partition: 0, offset: 0, key: null, source: 's' };
  const value = { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p', policy };
  for (let at = 0; at < PARTITIONS; at += 1) {
    const transaction = state.transaction(`bench/${at}`);
    decideProfile(transaction, { ...place, type: 'control', value });
    transaction.keep();
  }
  let events = 0;
  for (let turn = 0; turn < CALLS_EACH; turn += 1) {
    for (let at = 0; at < active; at += 1) {
      const n = Math.floor((at * known) / active);
      const call = templates[n % templates.length]?.calls[turn];
      if (call === undefined) continue;
      const transaction = state.transaction(spaceOf(n));
      decideProfile(transaction, { ...place, type: 'event', value: callOf(call, n) });
      transaction.keep();
      events += 1;
      if (events % BATCH_EVENTS === 0) await commitAll(state, of);
    }
  }
  await commitAll(state, of);
  return events;
}

export interface KnownAgents {
  readonly known: number;
  readonly active: number;
  readonly fleet: StreamFlags;
  readonly policy: Policy;
  readonly onPart: (name: string) => void;
}

export async function knownAgents(options: KnownAgents): Promise<KnownAgentsReport> {
  const { known, active, fleet, policy, onPart } = options;
  onPart('a simulated fleet');
  const [decided] = await decidedStreams(fleet, policy);
  const templates = decided === undefined ? [] : templatesOf(decided);
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-known-agents-'));
  const state = LocalState.open(folder);
  const measured = new Measured();
  try {
    onPart(`${known} agents become known`);
    await makeKnown(state, templates, known, measured);
    const ownKnown = measured.own;
    onPart(`${active} agents work`);
    const from = process.cpuUsage();
    const events = await work({ state, templates, known, active, policy }, measured);
    const { user, system } = process.cpuUsage(from);
    return {
      ...{ known, active, events },
      own_max_mib: measured.own,
      own_known_mib: ownKnown,
      rss_max_mib: measured.rss,
      state_gib: statSync(join(folder, 'data.mdb')).size / 1024 ** 3,
      cpu_us_each: (user + system) / Math.max(1, events),
    };
  } finally {
    await state.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
