/**
 * Which steps of a chain are stored, and what goes when there is no more room: first what is too old for
 * every combination, then what no combination names and relays nothing, then relays, then the rest. In each
 * group the agent with most steps gives up, of its own what it did most often, the oldest first. All but
 * the first are counted by agent; the chain is then not evaluable, and an alert says so.
 */
import { crowdedOut } from '../../crowded-out.ts';
import {
  CHAIN_AGENTS_MAX,
  CHAIN_GRANTEES_MAX,
  CHAIN_PRINCIPALS_MAX,
  CHAIN_STEPS_MAX,
  EVICTION_BATCH,
} from '../assembly-limits.ts';
import { saysWhoGoesOn } from '../gap-gauge.ts';
import type { CompiledPolicy } from '../proof/compile-combination.ts';
import { isNamedSymbol } from '../proof/possible-combinations.ts';
import { beginsLineage, bringsForPrincipal, provenPrincipal } from '../proof/slow-lineage.ts';
import { carriedValues } from './carried-out.ts';
import type { Loss } from './chain-meta.ts';
import { type ChainMeta, copyOfMeta, type Opener } from './chain-meta.ts';
import { type ChainStep, compareSteps, isHandOver } from './chain-step.ts';
import type { ChainStore } from './chain-store.ts';
import { keepTextOf } from './chain-texts.ts';
import { lossOf, withLosses } from './lost-evidence.ts';
import { isProvenCall } from './proven-call.ts';
import type { ChainName } from './requested-calls.ts';
import { symbolKeys } from './step-keys.ts';

type ChainSymbols = ChainMeta['symbols'];

const NO_SYMBOLS: ChainSymbols = {};

/** With these; the same set where it has them all. */
function withSymbols(symbols: ChainSymbols, keys: readonly string[]): ChainSymbols {
  const fresh = keys.filter((key) => !Object.hasOwn(symbols, key));
  if (fresh.length === 0) return symbols;
  return { ...symbols, ...Object.fromEntries(fresh.map((key) => [key, true as const])) };
}

export function newMeta({ tenant, chain }: ChainName, opener: Opener): ChainMeta {
  return copyOfMeta({
    tenant,
    chain,
    next: 0,
    indexed: 0,
    live: 0,
    agents: 0,
    evicted: 0,
    agentsRefused: 0,
    workExceeded: 0,
    hubs: 0,
    opener,
    isUnheld: true,
    grantees: [],
    lastMs: Number.MIN_SAFE_INTEGER,
    lastTime: '',
    horizonMs: 0,
    versions: [],
    symbols: NO_SYMBOLS,
    heads: [],
  });
}

/** A call without capability takes part only as a hand-over, as a relay of values, or where it carries some out. */
export function canTakePart(step: ChainStep): boolean {
  const { capabilities, arg_values: used, result_values: made } = step.wire;
  if (capabilities.length > 0 || isHandOver(step)) return true;
  return (used.length > 0 && made.length > 0) || carriedValues(step.wire).length > 0;
}

function isNamed(step: ChainStep, policy: CompiledPolicy): boolean {
  return symbolKeys(step).some((key) => isNamedSymbol(policy, key));
}

/** Least needed first. */
function needOf(step: ChainStep, meta: ChainMeta, policy: CompiledPolicy): number {
  const horizonMs = Math.max(meta.horizonMs, beginsLineage(step) ? (meta.lineageMs ?? 0) : 0);
  if (step.ms < meta.lastMs - horizonMs) return 0;
  if (isNamed(step, policy) || isHandOver(step)) return 3;
  return step.wire.arg_values.length > 0 && step.wire.result_values.length > 0 ? 2 : 1;
}

/** Counted anew, since a step is seldom taken away. */
function symbolsOf(steps: Iterable<ChainStep>): ChainSymbols {
  let symbols = NO_SYMBOLS;
  for (const step of steps) symbols = withSymbols(symbols, symbolKeys(step));
  return symbols;
}

/** The latest of each sort of call of an agent first, then the second latest of each, and so on. */
function rarestFirst(steps: readonly ChainStep[]): (a: ChainStep, b: ChainStep) => number {
  const latest = (a: ChainStep, b: ChainStep) => compareSteps(b, a);
  const counts = new Map<string, number>();
  const ranks = new Map<number, number>();
  for (const step of [...steps].sort(latest)) {
    const sort = `${step.wire.agent_uid}/${isHandOver(step)}/${symbolKeys(step).join()}`;
    const rank = counts.get(sort) ?? 0;
    counts.set(sort, rank + 1);
    ranks.set(step.n, rank);
  }
  return (a, b) => (ranks.get(a.n) ?? 0) - (ranks.get(b.n) ?? 0) || latest(a, b);
}

/**
 * What is only asserted takes no room from a proven call that a combination names, or that relays to one:
 * else whoever may only assert washes out what would prove an assembly.
 */
const EVICTED_FIRST = [
  { need: 0, areProven: false },
  { need: 0, areProven: true },
  { need: 1, areProven: false },
  { need: 1, areProven: true },
  { need: 2, areProven: false },
  { need: 3, areProven: false },
  { need: 2, areProven: true },
  { need: 3, areProven: true },
] as const;

/** Least needed first; of those alike, what whoever has most of them did most often. */
function* leastNeeded(
  steps: readonly ChainStep[],
  meta: ChainMeta,
  policy: CompiledPolicy,
): Generator<{ readonly step: ChainStep; readonly need: number }> {
  let room = EVICTION_BATCH;
  const needs = steps.map((step) => ({ step, need: needOf(step, meta, policy) }));
  for (const { need, areProven } of EVICTED_FIRST) {
    const alike = needs
      .filter((one) => one.need === need && isProvenCall(one.step.wire) === areProven)
      .map((one) => one.step);
    const out = crowdedOut(alike, {
      owner: (step) => step.wire.agent_uid,
      order: rarestFirst(alike),
      max: Math.max(0, alike.length - room),
    });
    room -= out.length;
    for (const step of out) yield { step, need };
  }
}

/** Makes room for `EVICTION_BATCH` steps. `pinned`: those of proofs that stand. */
function evict(
  store: ChainStore,
  meta: ChainMeta,
  policy: CompiledPolicy,
  pinned: ReadonlySet<number>,
): ChainMeta {
  const free = [...store.all(meta)].filter((step) => !pinned.has(step.n));
  const losses: Loss[] = [];
  let { live, agents } = meta;
  for (const { step, need } of leastNeeded(free, meta, policy)) {
    keepTextOf(store, step);
    store.remove(step, meta);
    live -= 1;
    if (need > 0) losses.push(lossOf(step, 'calls'));
    if (store.agent(step.wire.agent_uid).steps.length === 0) agents -= 1;
  }
  const evicted = meta.evicted + losses.length;
  const symbols = symbolsOf(store.all(meta));
  return withLosses({ ...meta, symbols, evicted, live, agents }, losses);
}

/** Takes one step away again: the chain is then as if it had never come. */
export function dropStep(store: ChainStore, meta: ChainMeta, step: ChainStep): ChainMeta {
  keepTextOf(store, step);
  store.remove(step, meta);
  const isLast = store.agent(step.wire.agent_uid).steps.length === 0;
  return {
    ...meta,
    symbols: symbolsOf(store.all(meta)),
    live: meta.live - 1,
    agents: meta.agents - (isLast ? 1 : 0),
  };
}

/** With the principal for whom the step brought something that he may go on with days later; undefined: no other. */
function withPrincipal(
  before: readonly string[] | undefined,
  step: ChainStep,
  policy: CompiledPolicy,
): readonly string[] | undefined {
  if ((before?.length ?? 0) >= CHAIN_PRINCIPALS_MAX) return undefined;
  if (!bringsForPrincipal(step, policy)) return undefined;
  const principal = provenPrincipal(step.wire);
  if (principal === undefined || before?.includes(principal) === true) return undefined;
  return [...(before ?? []), principal];
}

/** With whom the step gave access; null: too many to name. */
function withGrantee(before: ChainMeta['grantees'], { wire }: ChainStep): ChainMeta['grantees'] {
  const { grantee_uid: grantee } = wire;
  if (before == null || grantee === undefined || before.includes(grantee)) return before;
  return before.length < CHAIN_GRANTEES_MAX ? [...before, grantee] : null;
}

/** Whether one agent more may act in the chain: agents that are only asserted take no proven one's place. */
function hasRoomFor(store: ChainStore, meta: ChainMeta, { wire }: ChainStep): boolean {
  if (meta.agents < CHAIN_AGENTS_MAX) return true;
  if (!isProvenCall(wire)) return false;
  const proven = [...store.all(meta)].filter((one) => isProvenCall(one.wire));
  return new Set(proven.map((one) => one.wire.agent_uid)).size < CHAIN_AGENTS_MAX;
}

export interface KeptStep {
  readonly meta: ChainMeta;
  /** False: refused for want of room; it is counted. */
  readonly kept: boolean;
  /** It brought a symbol that the chain had not, or named a grantee that it had not. */
  readonly isNews: boolean;
}

/** Keeps the step if there is room, and what is then known of the chain. */
export function keepStep(parts: {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  readonly policy: CompiledPolicy;
  readonly pinned: () => ReadonlySet<number>;
}): KeptStep {
  const { store, step, policy, pinned } = parts;
  const isNewAgent = store.agent(step.wire.agent_uid).steps.length === 0;
  if (isNewAgent && !hasRoomFor(store, parts.meta, step)) {
    const counted = { ...parts.meta, agentsRefused: parts.meta.agentsRefused + 1 };
    const meta = withLosses(counted, [lossOf(step, 'agents')]);
    store.putMeta(meta);
    return { meta, kept: false, isNews: false };
  }
  const full = parts.meta.live >= CHAIN_STEPS_MAX;
  const room = full ? evict(store, parts.meta, policy, pinned()) : parts.meta;
  store.add(step);
  const { policy_version: version } = step.wire;
  const isLast = step.ms > room.lastMs;
  const symbols = withSymbols(room.symbols, symbolKeys(step));
  const grantees = withGrantee(room.grantees, step);
  const isNews = symbols !== room.symbols || grantees !== room.grantees;
  const principals = withPrincipal(room.principals, step, policy);
  // Field by field: every step changes all of these.
  const meta = store.ownMeta(room);
  meta.indexed = room.indexed ?? room.next;
  meta.next += 1;
  meta.live += 1;
  if (isNewAgent) meta.agents += 1;
  meta.firstMs = Math.min(room.firstMs ?? step.ms, step.ms);
  if (isLast) {
    meta.lastMs = step.ms;
    meta.lastTime = step.wire.event_time;
  }
  meta.horizonMs = Math.max(room.horizonMs, policy.horizonMs);
  if (!room.versions.includes(version)) meta.versions = [...room.versions, version];
  meta.symbols = symbols;
  meta.grantees = grantees;
  if (saysWhoGoesOn(step)) meta.isUnheld = undefined;
  if (principals !== undefined) meta.principals = principals;
  if (beginsLineage(step)) {
    meta.lineageMs = Math.max(meta.lineageMs ?? 0, policy.lineageMs);
  }
  return { meta, kept: true, isNews };
}
