/**
 * How much memory chains take that stay open: so many of them over two partitions of the assembly
 * stage, on its real state. What is measured is the process; cold state lies on disk.
 *
 * Over hours, as many begin a day, time passes and chains expire: the first day fills, and after it the
 * memory should stand still.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyCounters, decideAssembly } from '@waywarden/detector';
import {
  eventId,
  formatLogTime,
  type Policy,
  type PrivilegeStep,
  TOPICS,
} from '@waywarden/schemas';
import { LocalState, type StageRecord } from '@waywarden/stage';

const PARTITIONS = 2;
const STEPS_EACH = 4;
const HOUR_MS = 3_600_000;
const BATCH_RECORDS = 2000;
const TENANT = 'default';
/** 2026-01-05T00:00:00Z; the chains of a day begin one after the other. */
const START_MS = 1_767_571_200_000;
const DAY_MS = 86_400_000;

export interface OpenChainsReport {
  readonly chains: number;
  readonly steps: number;
  /** The most that the process held of its own, and what it held when a tenth was open, in MiB. */
  readonly own_max_mib: number;
  readonly own_tenth_mib: number;
  /** With the pages of the state's file, which the system takes back when it needs them. */
  readonly rss_max_mib: number;
  readonly cpu_us_each: number;
}

const proven = 'authenticated' as const;
const CLAIMS = {
  ...{ task: proven, workflow: proven, principal: proven, delegation: proven, trace: proven },
  ...{ conversation: proven, approval: proven, outcome: proven, class: proven },
};
const SYMBOLS = ['ingest:untrusted', 'read:internal', 'read:personal', 'write:data'];

function stepOf(chain: number, call: number, chains: number): PrivilegeStep {
  const nativeId = `${chain}/${call}`;
  const from = { sourceKind: 'bench', sourceInstance: 'bench', agentUid: 'any' };
  const ms = START_MS + Math.floor((DAY_MS * chain) / chains) + call * 1000;
  return {
    event_id: eventId({ tenantId: TENANT, ...from, nativeId, phase: 'completed' }),
    native_id: nativeId,
    tenant_id: TENANT,
    chain_id: `chain-${chain}`,
    agent_uid: `agent-${(chain + call) % 500}`,
    agent_assurance: proven,
    claims: CLAIMS,
    event_time: formatLogTime({ ms, ns: 0 }),
    event_time_quality: 'measured',
    activity: 'tool_call',
    effect: 'read',
    outcome: 'success',
    exercise: 'exercised',
    capabilities: [{ symbol: SYMBOLS[call % SYMBOLS.length] ?? '', basis: 'catalogue' }],
    arg_values: [{ fp: `in-${chain}-${call}`, kind: 'email' }],
    result_values: [{ fp: `in-${chain}-${call + 1}`, kind: 'email' }],
    grants: null,
    task_id: `task-${chain}`,
    policy_version: 'p',
    values_truncated: false,
  };
}

/** Memory without the pages of mapped files, where the system tells them apart; in MiB. */
function ownMemory(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const kib = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? process.memoryUsage.rss() / 1024 ** 2 : Number(kib) / 1024;
}

/** Memory and chains after one simulated hour. */
export interface HourOfChains {
  readonly hour: number;
  readonly open: number;
  readonly evicted: number;
  readonly own_mib: number;
  readonly rss_mib: number;
}

export interface DaysOfChainsReport {
  readonly chains_per_day: number;
  readonly steps: number;
  readonly hours: readonly HourOfChains[];
  readonly cpu_us_each: number;
}

/** The assembly stage over two partitions, on its real state. */
class ChainBench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waywarden-open-chains-'));
  readonly #state = LocalState.open(this.#folder);
  readonly #from = process.cpuUsage();
  #seq = 1;
  steps = 0;

  constructor(policy: Policy) {
    const control = { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p', policy };
    for (let at = 0; at < PARTITIONS; at += 1) this.#take(at, 'control', control);
  }

  #take(partition: number, type: StageRecord['type'], value: unknown): void {
    const topic = TOPICS.privilegeSteps.name;
    const transaction = this.#state.transaction(`bench/${partition}`);
    decideAssembly(transaction, {
      topic,
      partition,
      offset: 0,
      key: null,
      type,
      value,
      source: 's',
    });
    transaction.keep();
  }

  async begin(chain: number, perDay: number): Promise<void> {
    for (let call = 0; call < STEPS_EACH; call += 1) {
      this.#take(chain % PARTITIONS, 'event', stepOf(chain, call, perDay));
      this.steps += 1;
      if (this.steps % BATCH_RECORDS === 0) await this.commit();
    }
  }

  async pass(ms: number): Promise<void> {
    this.#seq += 1;
    const value = { seq: this.#seq, time: formatLogTime({ ms, ns: 0 }) };
    for (let at = 0; at < PARTITIONS; at += 1) this.#take(at, 'watermark', value);
    await this.commit();
  }

  async commit(): Promise<void> {
    for (let at = 0; at < PARTITIONS; at += 1) {
      await this.#state.commit(`bench/${at}`, { nextOffset: 0, marks: {} });
    }
  }

  counted(): { readonly open: number; readonly evicted: number } {
    let [open, evicted] = [0, 0];
    for (let at = 0; at < PARTITIONS; at += 1) {
      const { chains, chainsEvicted } = assemblyCounters(this.#state.transaction(`bench/${at}`));
      open += chains;
      evicted += chainsEvicted;
    }
    return { open, evicted };
  }

  cpuPerStep(): number {
    const { user, system } = process.cpuUsage(this.#from);
    return (user + system) / this.steps;
  }

  close(): void {
    void this.#state.close().then(() => rmSync(this.#folder, { recursive: true, force: true }));
  }
}

const residentMib = () => process.memoryUsage.rss() / 1024 ** 2;

/** All chains stay open: none of a day has expired when the last of them begins. */
export async function runOpenChains(chains: number, policy: Policy): Promise<OpenChainsReport> {
  const bench = new ChainBench(policy);
  let [most, own, tenth] = [0, 0, 0];
  try {
    for (let chain = 0; chain < chains; chain += 1) {
      await bench.begin(chain, chains);
      if (((chain + 1) * STEPS_EACH) % BATCH_RECORDS === 0) {
        most = Math.max(most, residentMib());
        own = Math.max(own, ownMemory());
      }
      if (chain === Math.floor(chains / 10)) tenth = ownMemory();
    }
    await bench.commit();
    const report = { chains, steps: bench.steps, cpu_us_each: bench.cpuPerStep() };
    return {
      ...report,
      own_max_mib: Math.max(own, ownMemory()),
      own_tenth_mib: tenth,
      rss_max_mib: Math.max(most, residentMib()),
    };
  } finally {
    bench.close();
  }
}

/** So many chains begin each day, evenly; after each hour, what is open and what the process holds. */
export async function runDaysOfChains(
  perDay: number,
  hours: number,
  policy: Policy,
): Promise<DaysOfChainsReport> {
  const bench = new ChainBench(policy);
  const rows: HourOfChains[] = [];
  try {
    for (let hour = 1, chain = 0; hour <= hours; hour += 1) {
      let [own, rss] = [0, 0];
      for (; chain < (perDay * hour) / 24; chain += 1) {
        await bench.begin(chain, perDay);
        if (chain % 500 !== 0) continue;
        own = Math.max(own, ownMemory());
        rss = Math.max(rss, residentMib());
      }
      own = Math.max(own, ownMemory());
      rss = Math.max(rss, residentMib());
      await bench.pass(START_MS + hour * HOUR_MS);
      rows.push({ hour, ...bench.counted(), own_mib: own, rss_mib: rss });
    }
    const { steps } = bench;
    return { chains_per_day: perDay, steps, hours: rows, cpu_us_each: bench.cpuPerStep() };
  } finally {
    bench.close();
  }
}
