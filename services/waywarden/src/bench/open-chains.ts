/**
 * How much memory chains take that stay open: so many of them over two partitions of the assembly
 * stage, on its real state. What is measured is the process; cold state lies on disk.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideAssembly } from '@waywarden/detector';
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

/** All chains stay open: none of a day has expired when the last of them begins. */
export function runOpenChains(chains: number, policy: Policy): OpenChainsReport {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-open-chains-'));
  const state = LocalState.open(folder);
  const topic = TOPICS.privilegeSteps.name;
  const take = (partition: number, type: StageRecord['type'], value: unknown) => {
    const draft = state.draft(`bench/${partition}`);
    decideAssembly(draft, { topic, partition, offset: 0, key: null, type, value, source: 's' });
    draft.keep();
  };
  const rss = () => process.memoryUsage.rss() / 1024 ** 2;
  const from = process.cpuUsage();
  let [most, own, tenth] = [0, 0, 0];
  try {
    const control = { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p', policy };
    for (let at = 0; at < PARTITIONS; at += 1) take(at, 'control', control);
    const commit = () => {
      for (let at = 0; at < PARTITIONS; at += 1) {
        state.commit(`bench/${at}`, { nextOffset: 0, marks: {} });
      }
      most = Math.max(most, rss());
      own = Math.max(own, ownMemory());
    };
    for (let chain = 0; chain < chains; chain += 1) {
      for (let call = 0; call < STEPS_EACH; call += 1) {
        take(chain % PARTITIONS, 'event', stepOf(chain, call, chains));
      }
      if (((chain + 1) * STEPS_EACH) % BATCH_RECORDS === 0) commit();
      if (chain === Math.floor(chains / 10)) tenth = ownMemory();
    }
    commit();
    const { user, system } = process.cpuUsage(from);
    const steps = chains * STEPS_EACH;
    const report = { chains, steps, cpu_us_each: (user + system) / steps };
    return { ...report, own_max_mib: own, own_tenth_mib: tenth, rss_max_mib: most };
  } finally {
    void state.close().then(() => rmSync(folder, { recursive: true, force: true }));
  }
}
