/**
 * Would these alerts still come under another registry? Their chains are decided twice by the code that runs for real:
 * under the registry in force and under the other. Only what the first run raises counts.
 */

import { decideAssembly } from '@waywarden/detector';
import type { EventLog } from '@waywarden/event-log';
import {
  type Alert,
  HEADERS,
  type Policy,
  type PrivilegeLink,
  type PrivilegeStep,
  type Registry,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryTransaction, type StageRecord } from '@waywarden/stage';
import { scanTopic } from '../runtime/scan-topic.ts';
import { isChainStep } from './stored-history.ts';

/** Of all chains together; beyond, the rest is not replayed. */
const STEPS_MAX = 50_000;
const DECODER = new TextDecoder();
const TOPIC = TOPICS.privilegeSteps.name;

type RecordedStep = PrivilegeStep | PrivilegeLink;

export interface ReplayRules {
  readonly policy: Policy;
  readonly registry: Registry | undefined;
}

/** What was recorded for the assembly stage, by chain, in the order of the log; the key of a record names its chain. */
export async function stepsOfChains(
  log: EventLog,
  tenant: string,
  chains: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly RecordedStep[]>> {
  const found = new Map<string, RecordedStep[]>();
  let steps = 0;
  for await (const { key, value, headers } of scanTopic(log, TOPIC)) {
    const [of = '', chain = ''] = key?.split('|') ?? [];
    const isAsked = of === tenant && chains.has(chain);
    if (!isAsked || value === null || headers[HEADERS.type] !== 'event') continue;
    if (steps >= STEPS_MAX) break;
    steps += 1;
    const recorded: RecordedStep = JSON.parse(DECODER.decode(value));
    found.set(chain, [...(found.get(chain) ?? []), recorded]);
  }
  return found;
}

export const callsAmong = (recorded: readonly RecordedStep[]): readonly PrivilegeStep[] =>
  recorded.filter((one): one is PrivilegeStep => isChainStep(one));

function record(type: 'event' | 'control', value: unknown): StageRecord {
  return { topic: TOPIC, partition: 0, offset: 0, key: null, type, value, source: 'replay/0' };
}

const isAlert = (value: unknown): value is Alert =>
  typeof value === 'object' && value !== null && 'alert_id' in value;
const isAsk = (value: unknown): value is RecordedStep =>
  typeof value === 'object' && value !== null && 'ask' in value;

/** Ids of the alerts that these steps raise and that stay open. */
function raised(
  recorded: readonly RecordedStep[],
  tenant: string,
  { policy, registry }: ReplayRules,
): ReadonlySet<string> {
  const transaction = new MemoryTransaction();
  const control = {
    tenant_id: tenant,
    version: callsAmong(recorded)[0]?.policy_version ?? 'replay',
  };
  decideAssembly(transaction, record('control', { ...control, kind: 'policy', seq: 1, policy }));
  if (registry !== undefined) {
    const published = { ...control, version: 'replay', kind: 'registry', seq: 2, registry };
    decideAssembly(transaction, record('control', published));
  }
  const last = new Map<string, Alert>();
  const waiting: unknown[] = [...recorded];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    for (const { value } of decideAssembly(transaction, record('event', one))) {
      if (isAlert(value)) last.set(value.alert_id, value);
      else if (isAsk(value)) waiting.push(value);
    }
  }
  return new Set([...last.values()].filter((one) => one.state === 'open').map((a) => a.alert_id));
}

export interface ReplayedAlerts {
  readonly gone: ReadonlySet<string>;
  readonly notReplayed: ReadonlySet<string>;
}

export async function replayAlerts(
  log: EventLog,
  tenant: string,
  alerts: readonly Alert[],
  { inForce, other }: { readonly inForce: ReplayRules; readonly other: ReplayRules },
): Promise<ReplayedAlerts> {
  const chains = new Set(alerts.flatMap(({ subject }) => subject.chain_id ?? []));
  const recorded = await stepsOfChains(log, tenant, chains);
  const before = new Set<string>();
  const after = new Set<string>();
  for (const steps of recorded.values()) {
    for (const id of raised(steps, tenant, inForce)) before.add(id);
    for (const id of raised(steps, tenant, other)) after.add(id);
    // Between two chains, live traffic is served.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ids = alerts.map((one) => one.alert_id);
  return {
    gone: new Set(ids.filter((id) => before.has(id) && !after.has(id))),
    notReplayed: new Set(ids.filter((id) => !before.has(id))),
  };
}
