/**
 * Which calls a new step can have completed. Too wide a reach is slow but right; too narrow would make the result
 * depend on arrival.
 */
import type { ChainMeta } from './model/chain-meta.ts';
import {
  type ChainStep,
  compareSteps,
  DERIVED_MARK,
  isDelegating,
  tookPlace,
  writes,
} from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import { valuesOf } from './model/step-keys.ts';
import { childrenOf, handOversTo, underDelegation } from './proof/chain-links.ts';
import type { CompiledCombination, CompiledPolicy } from './proof/compile-combination.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { createdCredential, resourceLink } from './proof/in-chain-links.ts';
import { possibleCombinations, symbolsFor } from './proof/possible-combinations.ts';
import { matchedSymbols } from './proof/step-match.ts';
import { orderOf } from './proof/step-order.ts';
import { tieBetween } from './proof/step-ties.ts';

interface Reach {
  readonly store: ChainStore;
  readonly policy: CompiledPolicy;
  readonly work: WorkCounter;
}

function notBefore({ policy, work }: Reach, step: ChainStep, calls: readonly ChainStep[]) {
  const found = calls.filter(
    (other) => other.n !== step.n && orderOf(other, step, policy.skewMs) !== 'before',
  );
  work.done += found.length;
  return found;
}

function handedOn(reach: Reach, step: ChainStep, later: readonly ChainStep[]): ChainStep[] {
  const { store, policy, work } = reach;
  const { parent_agent_uid: parent, agent_uid: agent, delegators = [] } = step.wire;
  const sent = [step, ...later].flatMap((delegating) => {
    const children = store.stepsOf(childrenOf(store, delegating));
    work.done += children.length;
    return children.filter((child) => underDelegation(delegating, child, policy) !== undefined);
  });
  const named = store.stepsOf(store.tables.byParent(agent).under);
  const handOvers = store
    .stepsOf(handOversTo(store, step))
    .filter((delegating) => underDelegation(delegating, step, policy) !== undefined);
  const above = [
    parent,
    ...[...delegators, ...handOvers.map(({ wire }) => wire)].map((one) => one.agent_uid),
  ];
  const back = [...new Set(above)].flatMap((one) => (one === undefined ? [] : store.stepsBy(one)));
  return [...sent, ...notBefore(reach, step, [...named, ...back])];
}

function handedDown({ store, policy }: Reach, meta: ChainMeta, step: ChainStep): ChainStep[] {
  const tables = tookPlace(step)
    ? [...valuesOf(step).made].map((fp) => store.tables.value(fp))
    : [];
  const holds = tables.filter(({ made }) => made.includes(step.n));
  const users = store.stepsOf(holds.flatMap(({ used, credential }) => [...used, ...credential]));
  const readers = writes(step)
    ? store
        .stepsOf(tables.flatMap(({ made }) => made))
        .filter((one) => resourceLink(step, one, policy))
    : [];
  const uid = createdCredential(step);
  const created = uid === undefined ? [] : store.all(meta);
  return [...users, ...readers, ...created.filter(({ wire }) => wire.credential_uid === uid)];
}

function tiedTo(
  { store, policy, work }: Reach,
  meta: ChainMeta,
  combinations: readonly CompiledCombination[],
  step: ChainStep,
): ChainStep[] {
  return combinations.flatMap(({ steps, ties }) =>
    ties.flatMap(({ from, to, via }) => {
      const [first, second] = [steps[from], steps[to]];
      if (first === undefined || second === undefined) return [];
      if (matchedSymbols(first, step).length === 0) return [];
      const keys = via === 'derived_credential' ? [DERIVED_MARK] : symbolsFor(meta, second);
      const others = store.stepsOf(keys.flatMap((key) => store.tables.bySymbol(key)));
      work.done += others.length;
      return others.filter((other) => tieBetween(via, step, other, policy) !== undefined);
    }),
  );
}

/** A checker's own reading decides its independence, without a link to the completing call. */
function judgedAnew(
  { store }: Reach,
  meta: ChainMeta,
  combinations: readonly CompiledCombination[],
) {
  return combinations
    .filter((one) => one.asksIndependence)
    .flatMap((one) => one.variants.flatMap((variant) => one.steps[variant.completing] ?? []))
    .flatMap((step) => symbolsFor(meta, step).flatMap((symbol) => store.tables.bySymbol(symbol)));
}

/** Ties from the former first call fall. */
function replacesFirst({ store }: Reach, { wire: { credential_uid: uid }, n }: ChainStep): boolean {
  if (uid === undefined || store.tables.firstWith(uid) !== n) return false;
  return store
    .stepsOf(store.tables.bySymbol(DERIVED_MARK))
    .some((other) => other.wire.credential_parent_uid === uid);
}

/** Links from farther delegators fall when a nearer one logged. */
function replacesFarther({ store, policy }: Reach, step: ChainStep): boolean {
  const { agent_uid: agent, native_id: native, span_id: span, delegate_uid: delegate } = step.wire;
  const declared = store.stepsOf(store.tables.byParent(agent).under);
  const isOver = isDelegating(step) && delegate !== undefined;
  const others = store.stepsBy(agent).filter((one) => one.n !== step.n && isDelegating(one));
  const isFirst = isOver && !others.some(({ wire }) => wire.delegate_uid === delegate);
  if (isFirst && declared.some(({ wire }) => wire.agent_uid === delegate)) return true;
  const inSpan = span === undefined ? [] : store.stepsOf(store.tables.bySpan(span).under);
  const named = delegate === undefined ? [] : store.stepsBy(delegate);
  return [...declared, ...inSpan, ...named].some((child) => {
    const { delegators, delegation_ref: ref, parent_span_id: inside, agent_uid: own } = child.wire;
    if (delegators === undefined) return false;
    const refs = [ref, ...delegators.map((one) => one.ref)];
    const isNamed = native !== undefined && isDelegating(step) && refs.includes(native);
    if (isNamed || delegate === own || (span !== undefined && span === inside)) return true;
    return orderOf(step, child, policy.skewMs) !== 'after';
  });
}

/** `all` where a link may have fallen. */
export function affectedCalls(
  reach: Reach,
  meta: ChainMeta,
  step: ChainStep,
): ReadonlySet<number> | 'all' {
  const { store, policy, work } = reach;
  if (replacesFirst(reach, step) || replacesFarther(reach, step)) return 'all';
  if (store.foreign().leading.has(step.wire.event_id)) return 'all';
  const possible = possibleCombinations(meta, policy);
  const reached = new Set([step.n]);
  let edge: readonly ChainStep[] = [step];
  for (let hop = 0; hop < policy.hopsMax && edge.length > 0; hop += 1) {
    const next = new Map<number, ChainStep>();
    for (const one of edge) {
      const later = notBefore(reach, one, store.stepsBy(one.wire.agent_uid));
      const found = [...later, ...handedOn(reach, one, later), ...handedDown(reach, meta, one)];
      for (const other of [...found, ...tiedTo(reach, meta, possible, one)]) {
        if (!reached.has(other.n)) next.set(other.n, other);
      }
    }
    for (const n of next.keys()) reached.add(n);
    edge = [...next.values()].sort(compareSteps);
    if (work.exceeded) return 'all';
  }
  // Not followed, so they join last.
  for (const n of judgedAnew(reach, meta, possible)) reached.add(n);
  return reached;
}
