/**
 * The assembly stage: from privilege steps to alerts about what the agents of one chain did
 * together that none of them was granted (`privilege.steps` → `alerts`, key `tenant|chain`).
 *
 * A pure decision over a draft. Steps change a chain; control records bring the policy by version;
 * watermarks move the clock and let chains expire. What is concluded of a chain is a function of
 * the set of its steps (`assess-chain.ts`), so order of arrival, repeats and late records don't
 * matter once the input has settled.
 */
import {
  type Alert,
  alertKey,
  type ControlRecord,
  epochMs,
  type PrivilegeStep,
  TOPICS,
  type Watermark,
} from '@waywarden/schemas';
import type { Draft, Output, StageRecord } from '@waywarden/stage';
import { schedule, takeDue, takeEarliest } from '../due-items.ts';
import { keepControl, policyAt, registryAt } from '../policy-versions.ts';
import { acceptNumber, advanceClock, stageTime } from '../stage-clock.ts';
import { affectedCalls } from './affected-calls.ts';
import { CHAINS_MAX, WORK_MAX } from './assembly-limits.ts';
import { assessChain } from './assess-chain.ts';
import { type ChainStep, chainStep } from './chain-step.ts';
import { type ChainMeta, ChainStore, type StepTable } from './chain-store.ts';
import { countUnregistered } from './count-unregistered.ts';
import { WorkCounter } from './find-proof.ts';
import { canTakePart, keepStep, newMeta } from './keep-step.ts';
import { possibleCombinations } from './possible-combinations.ts';
import type { AlertHead } from './revise-alert.ts';

/** What the stage counts about itself, for metrics; part of the state, not of any decision. */
export interface AssemblyCounters {
  readonly chains: number;
  readonly chainsEvicted: number;
  readonly steps: number;
  /** Links looked at, in all: the work done. */
  readonly work: number;
}

const COUNTERS = 'counters';
const NO_COUNTERS: AssemblyCounters = { chains: 0, chainsEvicted: 0, steps: 0, work: 0 };
/** A chain with an alert is remembered longer, so that a late record revises it. */
const ALERTED_HORIZON_MS = 7 * 86_400_000;

export function assemblyCounters(draft: Draft): AssemblyCounters {
  return draft.get<AssemblyCounters>(COUNTERS) ?? NO_COUNTERS;
}

function count(draft: Draft, by: Partial<AssemblyCounters>): void {
  const now = assemblyCounters(draft);
  draft.put(COUNTERS, {
    chains: now.chains + (by.chains ?? 0),
    chainsEvicted: now.chainsEvicted + (by.chainsEvicted ?? 0),
    steps: now.steps + (by.steps ?? 0),
    work: now.work + (by.work ?? 0),
  });
}

/** A chain among what falls due. */
interface DueChain {
  readonly tenant: string;
  readonly chain: string;
}

function dropChains(draft: Draft, chains: readonly DueChain[]): number {
  let dropped = 0;
  for (const { tenant, chain } of chains) {
    const store = new ChainStore(draft, tenant, chain);
    const meta = store.meta();
    if (meta === undefined) continue;
    store.drop(meta);
    dropped += 1;
  }
  return dropped;
}

function openChain(draft: Draft, store: ChainStore, wire: PrivilegeStep): ChainMeta {
  const known = store.meta();
  if (known !== undefined) return known;
  if (assemblyCounters(draft).chains >= CHAINS_MAX) {
    const dropped = dropChains(draft, takeEarliest<DueChain>(draft));
    count(draft, { chains: -dropped, chainsEvicted: dropped });
  }
  count(draft, { chains: 1 });
  return newMeta(wire.tenant_id, wire.chain_id);
}

/** Steps of standing proofs: the last to be evicted. */
function pinnedSteps(store: ChainStore, meta: ChainMeta): ReadonlySet<number> {
  const pinned = new Set<number>();
  const proofs = new Set<string>();
  for (const id of meta.heads) {
    const head = store.head<AlertHead>(id);
    const standing = head?.open == null ? undefined : head.last[head.open];
    for (const event of standing?.assembly?.proof ?? []) proofs.add(event);
  }
  for (const event of proofs) {
    const n = store.numberOf(event);
    if (n !== undefined) pinned.add(n);
  }
  return pinned;
}

function alertOutput(alert: Alert): Output {
  return {
    topic: TOPICS.alerts.name,
    key: alertKey(alert.tenant_id, alert.alert_id),
    type: 'event',
    value: alert,
    id: `${alert.alert_id}/${alert.revision}`,
    subject: alert.subject.agent_uid,
    time: alert.detected_at,
  };
}

/** Log time of a conclusion: the stage's clock, or the chain's own newest event where later. */
function logTime(draft: Draft, meta: ChainMeta): string {
  const clock = stageTime(draft);
  return clock !== undefined && clock.ms > meta.lastMs ? clock.time : meta.lastTime;
}

interface Kept {
  readonly draft: Draft;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  /** Its agent's steps before it came. */
  readonly before: StepTable;
}

/** Asks every policy version whose calls the step may have completed. */
function assess({ draft, store, meta, step, before }: Kept): readonly Alert[] {
  const { tenant_id: tenant, policy_version: own } = step.wire;
  const work = new WorkCounter(WORK_MAX);
  const alerts: Alert[] = [];
  const heads = new Set(meta.heads);
  const at = policyAt(draft, tenant, own);
  if (at === undefined) return [];
  // Most chains lack a step of every combination: nothing can follow from anything there.
  const isOpen = meta.heads.length > 0 || meta.versions.length > 1;
  if (!isOpen && possibleCombinations(meta, at.policy).length === 0) {
    count(draft, { steps: 1 });
    return [];
  }
  const affected = affectedCalls({ store, policy: at.policy, work, step, before });
  const registryOf = (version: string | undefined) => registryAt(draft, tenant, version);
  const others = meta.versions.filter((version) => version !== own);
  for (const version of [own, ...others]) {
    const atHand = policyAt(draft, tenant, version);
    if (atHand === undefined) continue;
    const { policy, known: policyKnown } = atHand;
    const detectedAt = logTime(draft, meta);
    const of = { store, meta, policy, policyKnown, version, registryAt: registryOf };
    const assessed = assessChain({ ...of, affected, work, detectedAt });
    for (const id of assessed.heads) heads.add(id);
    alerts.push(...assessed.alerts);
  }
  const workExceeded = meta.workExceeded + (work.exceeded ? 1 : 0);
  store.putMeta({ ...meta, heads: [...heads], workExceeded });
  count(draft, { steps: 1, work: work.done });
  return alerts;
}

function decideStep(draft: Draft, wire: PrivilegeStep): readonly Output[] {
  // The sighting of an unregistered agent: counted, and no step of any chain.
  if (wire.workload !== undefined) {
    const clock = stageTime(draft);
    const isLater = clock !== undefined && clock.ms > epochMs(wire.event_time);
    const alert = countUnregistered(draft, wire, isLater ? clock.time : wire.event_time);
    return alert === undefined ? [] : [alertOutput(alert)];
  }
  const store = new ChainStore(draft, wire.tenant_id, wire.chain_id);
  if (store.numberOf(wire.event_id) !== undefined) return [];
  const before = store.meta();
  const step = chainStep(before?.next ?? 0, wire);
  if (!canTakePart(step)) return [];
  const atHand = policyAt(draft, wire.tenant_id, wire.policy_version);
  // Without any policy there is no combination to ask about.
  if (atHand === undefined) return [];
  const opened = openChain(draft, store, wire);
  const own = store.agent(wire.agent_uid);
  const pinned = () => pinnedSteps(store, opened);
  const { policy } = atHand;
  const { meta, kept } = keepStep({ store, meta: opened, step, policy, pinned });
  store.putMeta(meta);
  if (before === undefined) {
    const chain = { tenant: wire.tenant_id, chain: wire.chain_id };
    schedule(draft, chain, meta.lastMs + meta.horizonMs);
  }
  return kept ? assess({ draft, store, meta, step, before: own }).map(alertOutput) : [];
}

function expireChains(draft: Draft, nowMs: number): void {
  for (const { tenant, chain } of takeDue<DueChain>(draft, nowMs)) {
    const store = new ChainStore(draft, tenant, chain);
    const meta = store.meta();
    if (meta === undefined) continue;
    const horizon = meta.heads.length > 0 ? ALERTED_HORIZON_MS : 0;
    const dueMs = meta.lastMs + Math.max(meta.horizonMs, horizon);
    if (dueMs > nowMs) schedule(draft, { tenant, chain }, dueMs);
    else count(draft, { chains: -dropChains(draft, [{ tenant, chain }]) });
  }
}

/** The shell validated the value by the record's topic and type; these name what it then is. */
function isStep(record: StageRecord, value: unknown): value is PrivilegeStep {
  if (record.type !== 'event' || record.topic !== TOPICS.privilegeSteps.name) return false;
  return typeof value === 'object' && value !== null && !('from_event' in value);
}

function isControl(record: StageRecord, value: unknown): value is ControlRecord {
  return record.type === 'control' && value !== null;
}

function isWatermark(record: StageRecord, value: unknown): value is Watermark {
  return record.type === 'watermark' && value !== null;
}

export function decideAssembly(draft: Draft, record: StageRecord): readonly Output[] {
  const { value, source } = record;
  if (isStep(record, value)) return decideStep(draft, value);
  if (isControl(record, value)) {
    if (acceptNumber(draft, source, value.seq)) keepControl(draft, value);
    return [];
  }
  if (isWatermark(record, value) && acceptNumber(draft, source, value.seq)) {
    const nowMs = advanceClock(draft, source, value.time);
    if (nowMs !== undefined) expireChains(draft, nowMs);
  }
  return [];
}
