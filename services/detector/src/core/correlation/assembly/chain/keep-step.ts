/**
 * Which steps of a chain are stored; evicted: too old, then unnamed, then relays, then the rest. The chain is then
 * not evaluable.
 */
import { carriedValues } from '../../../domain/carried-out.ts';
import { evictedOf } from '../../../state/crowded-out.ts';
import {
  CHAIN_AGENTS_MAX,
  CHAIN_GRANTEES_MAX,
  CHAIN_PRINCIPALS_MAX,
  CHAIN_STEPS_MAX,
  EVICTION_BATCH,
} from '../model/assembly-limits.ts';
import { type ChainMeta, type Loss, withTime } from '../model/chain-meta.ts';
import { type ChainStep, compareSteps, isDelegating, isProvenCall } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { keepTextOf } from '../model/chain-texts.ts';
import { lossOf, withLosses } from '../model/lost-evidence.ts';
import { symbolKeys } from '../model/step-keys.ts';
import type { CompiledPolicy } from '../proof/compile-combination.ts';
import { isNamedSymbol } from '../proof/possible-combinations.ts';
import { beginsLineage, bringsForPrincipal, provenPrincipal } from '../proof/slow-lineage.ts';

type ChainSymbols = ChainMeta['symbols'];

function withSymbols(symbols: ChainSymbols, keys: readonly string[]): ChainSymbols {
  return { ...symbols, ...Object.fromEntries(keys.map((key) => [key, true as const])) };
}

export function canTakePart(step: ChainStep): boolean {
  const { capabilities, arg_values: used, result_values: made } = step.wire;
  if (capabilities.length > 0 || isDelegating(step)) return true;
  return (used.length > 0 && made.length > 0) || carriedValues(step.wire).length > 0;
}

function isNamed(step: ChainStep, policy: CompiledPolicy): boolean {
  return symbolKeys(step).some((key) => isNamedSymbol(policy, key));
}

function needOf(step: ChainStep, meta: ChainMeta, policy: CompiledPolicy): number {
  const horizonMs = Math.max(meta.horizonMs, beginsLineage(step) ? (meta.lineageMs ?? 0) : 0);
  if (step.ms < meta.lastMs - horizonMs) return 0;
  if (isNamed(step, policy) || isDelegating(step)) return 3;
  return step.wire.arg_values.length > 0 && step.wire.result_values.length > 0 ? 2 : 1;
}

function symbolsOf(steps: Iterable<ChainStep>): ChainSymbols {
  return withSymbols(
    {},
    [...steps].flatMap((step) => symbolKeys(step)),
  );
}

function rarestFirst(steps: readonly ChainStep[]): (a: ChainStep, b: ChainStep) => number {
  const latest = (a: ChainStep, b: ChainStep) => compareSteps(b, a);
  const counts = new Map<string, number>();
  const ranks = new Map<number, number>();
  for (const step of [...steps].sort(latest)) {
    const sort = `${step.wire.agent_uid}/${isDelegating(step)}/${symbolKeys(step).join()}`;
    const rank = counts.get(sort) ?? 0;
    counts.set(sort, rank + 1);
    ranks.set(step.n, rank);
  }
  return (a, b) => (ranks.get(a.n) ?? 0) - (ranks.get(b.n) ?? 0) || latest(a, b);
}

/** Who may only assert must not wash out what would prove an assembly. */
const EVICTED_FIRST = ['0 asserted', '0', '1 asserted', '1', '2 asserted', '3 asserted', '2', '3'];

function* leastNeeded(
  steps: readonly ChainStep[],
  meta: ChainMeta,
  policy: CompiledPolicy,
): Generator<{ readonly step: ChainStep; readonly isMissed: boolean }> {
  let room = EVICTION_BATCH;
  const needs = steps.map((step) => {
    const need = needOf(step, meta, policy);
    return { step, name: isProvenCall(step.wire) ? `${need}` : `${need} asserted` };
  });
  for (const name of EVICTED_FIRST) {
    const alike = needs.filter((one) => one.name === name).map((one) => one.step);
    const out = evictedOf(alike, {
      owner: (step) => step.wire.agent_uid,
      order: rarestFirst(alike),
      max: Math.max(0, alike.length - room),
    });
    room -= out.length;
    for (const step of out) yield { step, isMissed: !name.startsWith('0') };
  }
}

function evict(
  store: ChainStore,
  meta: ChainMeta,
  policy: CompiledPolicy,
  pinned: ReadonlySet<number>,
): ChainMeta {
  const free = store.all(meta).filter((step) => !pinned.has(step.n));
  const losses: Loss[] = [];
  let { live, agents } = meta;
  for (const { step, isMissed } of leastNeeded(free, meta, policy)) {
    keepTextOf(store, step);
    store.remove(step, meta);
    live -= 1;
    if (isMissed) losses.push(lossOf(step, 'calls'));
    if (store.numbersBy(step.wire.agent_uid).length === 0) agents -= 1;
  }
  const evicted = meta.evicted + losses.length;
  const symbols = symbolsOf(store.all(meta));
  return withLosses({ ...meta, symbols, evicted, live, agents }, losses);
}

export function dropStep(store: ChainStore, meta: ChainMeta, step: ChainStep): ChainMeta {
  keepTextOf(store, step);
  store.remove(step, meta);
  const isLast = store.numbersBy(step.wire.agent_uid).length === 0;
  return {
    ...meta,
    symbols: symbolsOf(store.all(meta)),
    live: meta.live - 1,
    agents: meta.agents - (isLast ? 1 : 0),
  };
}

function withPrincipal(
  { principals = [] }: ChainMeta,
  step: ChainStep,
  policy: CompiledPolicy,
): Pick<ChainMeta, 'principals'> {
  if (principals.length >= CHAIN_PRINCIPALS_MAX || !bringsForPrincipal(step, policy)) return {};
  const principal = provenPrincipal(step.wire);
  if (principal === undefined || principals.includes(principal)) return {};
  return { principals: [...principals, principal] };
}

/** Null: too many to name. */
function withGrantee(before: ChainMeta['grantees'], { wire }: ChainStep): ChainMeta['grantees'] {
  const { grantee_uid: grantee } = wire;
  if (before === null || grantee === undefined || before.includes(grantee)) return before;
  return before.length < CHAIN_GRANTEES_MAX ? [...before, grantee] : null;
}

/** Asserted agents take no proven one's place. */
function hasRoomFor(store: ChainStore, meta: ChainMeta, { wire }: ChainStep): boolean {
  if (meta.agents < CHAIN_AGENTS_MAX) return true;
  if (!isProvenCall(wire)) return false;
  const proven = store.all(meta).filter((one) => isProvenCall(one.wire));
  return new Set(proven.map((one) => one.wire.agent_uid)).size < CHAIN_AGENTS_MAX;
}

interface StoredStep {
  readonly meta: ChainMeta;
  readonly retained: boolean;
}

export function keepStep(parts: {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  readonly policy: CompiledPolicy;
  readonly pinned: () => ReadonlySet<number>;
}): StoredStep {
  const { store, step, policy, pinned } = parts;
  const isNewAgent = store.numbersBy(step.wire.agent_uid).length === 0;
  if (isNewAgent && !hasRoomFor(store, parts.meta, step)) {
    const counted = { ...parts.meta, agentsRefused: parts.meta.agentsRefused + 1 };
    const meta = withLosses(counted, [lossOf(step, 'agents')]);
    store.putMeta(meta);
    return { meta, retained: false };
  }
  const full = parts.meta.live >= CHAIN_STEPS_MAX;
  const room = full ? evict(store, parts.meta, policy, pinned()) : parts.meta;
  store.add(step);
  const { policy_version: version } = step.wire;
  const { versions, lineageMs = 0 } = room;
  const meta: ChainMeta = {
    ...withTime(room, step, policy.horizonMs),
    next: room.next + 1,
    live: room.live + 1,
    agents: room.agents + (isNewAgent ? 1 : 0),
    firstMs: Math.min(room.firstMs ?? step.ms, step.ms),
    versions: versions.includes(version) ? versions : [...versions, version],
    symbols: withSymbols(room.symbols, symbolKeys(step)),
    grantees: withGrantee(room.grantees, step),
    ...withPrincipal(room, step, policy),
    ...(beginsLineage(step) ? { lineageMs: Math.max(lineageMs, policy.lineageMs) } : {}),
  };
  store.putMeta(meta);
  return { meta, retained: true };
}
