/**
 * Which calls a new step can have made into completions: itself, and all that it may lead to. Usually a
 * step arrives after everything that it could lead to. When something kept can stand behind it, whatever
 * links can reach from it is asked again. The reach may be too wide, which is slow but right; too narrow
 * would make the result depend on arrival.
 */

import type { ChainMeta } from './chain/chain-meta.ts';
import {
  type ChainStep,
  compareSteps,
  DERIVED_MARK,
  isHandOver,
  lateMsOf,
  tookPlace,
  writes,
} from './chain/chain-step.ts';
import type { ChainStore } from './chain/chain-store.ts';
import type { StepTable } from './chain/chain-tables.ts';
import { isAfterAll, isLastOfOne } from './chain/newest-call.ts';
import { handOversTo, hasHandOver, underHandOver } from './proof/chain-links.ts';
import type { CompiledCombination, CompiledPolicy } from './proof/compile-combination.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { possibleCombinations, symbolsFor } from './proof/possible-combinations.ts';
import { matchedSymbols } from './proof/step-match.ts';
import { orderOf } from './proof/step-order.ts';
import { tieBetween } from './proof/step-ties.ts';
import { createdCredential, resourceLink } from './proof/value-links.ts';

interface Reach {
  readonly store: ChainStore;
  readonly policy: CompiledPolicy;
  readonly work: WorkCounter;
}

/** Whether every step of a table came before this one, told from its last time and number. */
function isPast(reach: Reach, table: StepTable, step: ChainStep): boolean {
  const { span_id: span } = step.wire;
  if (table.steps.length === 0) return true;
  if (!isAfterAll(table, step, reach.policy.skewMs)) return false;
  // What runs inside this step's span came after it, whatever the clocks say.
  const inside = span === undefined ? [] : reach.store.tables.bySpan(span).under;
  return inside.every((n) => n === step.n);
}

/** Steps of a list that may have come after `step`. */
function notBefore(reach: Reach, step: ChainStep, numbers: readonly number[]): number[] {
  const { store, policy, work } = reach;
  const found: number[] = [];
  for (const other of store.stepsOf(numbers)) {
    work.done += 1;
    if (other.n !== step.n && orderOf(other, step, policy.skewMs) !== 'before') found.push(other.n);
  }
  return found;
}

function usersOf({ store }: Reach, step: ChainStep): number[] {
  if (!tookPlace(step)) return [];
  const values = [...step.wire.result_values, ...step.wire.arg_values];
  return values.flatMap(({ fp }) => {
    const table = store.tables.value(fp);
    return table.made.includes(step.n) ? [...table.used, ...table.credential] : [];
  });
}

function childrenOf({ store }: Reach, handOver: ChainStep, byName: boolean): number[] {
  const { span_id: span, native_id: native, delegate_uid: delegate } = handOver.wire;
  const bySpan = span === undefined ? [] : store.tables.bySpan(span).under;
  if (!isHandOver(handOver)) return [...bySpan];
  return [
    ...bySpan,
    ...(native === undefined ? [] : store.tables.byRef(native).under),
    ...(delegate === undefined || !byName ? [] : store.agent(delegate).steps),
  ];
}

/** Children of this step, and of its agent's later hand-overs. */
function sentTo(reach: Reach, step: ChainStep, later: readonly number[]): number[] {
  const { store, policy, work } = reach;
  const found: number[] = [];
  const handOvers = [step, ...store.stepsOf(later)].sort(compareSteps);
  const followed = new Set<string>();
  for (const handOver of handOvers) {
    // An earlier hand-over to the same agent, by the same clock, explains whatever a later one does.
    const { delegate_uid: to, event_time_quality: quality, source_seq: seq } = handOver.wire;
    const key = JSON.stringify([to, quality, seq?.source ?? null, lateMsOf(handOver)]);
    const isNew = to === undefined || seq !== undefined || !followed.has(key);
    followed.add(key);
    for (const child of store.stepsOf(childrenOf(reach, handOver, isNew))) {
      work.done += 1;
      if (underHandOver(handOver, child, policy) !== undefined) found.push(child.n);
    }
  }
  const agent = step.wire.agent_uid;
  const named = [...store.stepsOf(store.tables.byParent(agent).under)].filter(
    (child) => !hasHandOver(store, agent, child.wire.agent_uid),
  );
  return [
    ...found,
    ...notBefore(
      reach,
      step,
      named.map((child) => child.n),
    ),
  ];
}

/** Calls that a parent made after a hand-over under which this step was done. */
function returnedTo(reach: Reach, step: ChainStep): number[] {
  const { store, policy } = reach;
  const { parent_agent_uid: named, agent_uid: agent, delegators = [] } = step.wire;
  const found: number[] = [];
  for (const one of delegators) {
    found.push(...notBefore(reach, step, store.agent(one.agent_uid).steps));
  }
  for (const handOver of store.stepsOf(handOversTo(store, step))) {
    if (underHandOver(handOver, step, policy) === undefined) continue;
    const own = store.agent(handOver.wire.agent_uid).steps.filter((n) => n !== handOver.n);
    for (const call of store.stepsOf(notBefore(reach, step, own))) {
      if (orderOf(handOver, call, policy.skewMs) !== 'after') found.push(call.n);
    }
  }
  if (named === undefined || hasHandOver(store, named, agent)) return found;
  return [...found, ...notBefore(reach, step, store.agent(named).steps)];
}

/** The combinations that this chain can have completed: no other can gain anything by a step. */
interface Possible {
  readonly meta: ChainMeta;
  readonly combinations: readonly CompiledCombination[];
}

/** Calls to which a tie that a combination names leads from this step. */
function tiedTo(reach: Reach, possible: Possible, step: ChainStep): number[] {
  const { meta, combinations } = possible;
  const found: number[] = [];
  for (const { steps, ties } of combinations) {
    for (const { from, to, via } of ties) {
      const [first, second] = [steps[from], steps[to]];
      if (first === undefined || second === undefined) continue;
      if (matchedSymbols(first, step).length === 0) continue;
      const keys = via === 'derived_credential' ? [DERIVED_MARK] : symbolsFor(meta, second);
      for (const other of reach.store.stepsOf(
        keys.flatMap((key) => reach.store.tables.bySymbol(key)),
      )) {
        reach.work.done += 1;
        if (tieBetween(via, step, other, reach.policy) !== undefined) found.push(other.n);
      }
    }
  }
  return found;
}

/** Calls that use the credential which this step created. */
function usersOfCreated(reach: Reach, meta: ChainMeta, step: ChainStep): number[] {
  const uid = createdCredential(step);
  if (uid === undefined) return [];
  const found: number[] = [];
  for (const other of reach.store.all(meta)) {
    reach.work.done += 1;
    if (other.wire.credential_uid === uid) found.push(other.n);
  }
  return found;
}

/** Reads of what this step wrote to the same resource. */
function readersOf({ store, policy }: Reach, step: ChainStep): number[] {
  if (step.wire.target?.resource_id === undefined || !writes(step)) return [];
  return step.wire.arg_values.flatMap(({ fp }) =>
    [...store.stepsOf(store.tables.value(fp).made)]
      .filter((reader) => resourceLink(step, reader, policy) !== undefined)
      .map((reader) => reader.n),
  );
}

/**
 * A checker's own reading decides whether it is independent, and no link leads from there to the
 * completing call: where such a combination can be complete at all, its completing calls are asked.
 */
function judgedAnew({ store }: Reach, { meta, combinations }: Possible): number[] {
  return combinations
    .filter((one) => one.asksIndependence)
    .flatMap((one) => one.variants.flatMap((variant) => one.steps[variant.completing] ?? []))
    .flatMap((step) => symbolsFor(meta, step).flatMap((symbol) => store.tables.bySymbol(symbol)));
}

/** It takes the place of a later call as the first with its credential: ties from that one fall. */
function replacesFirst({ store, policy }: Reach, step: ChainStep): boolean {
  const uid = step.wire.credential_uid;
  if (uid === undefined || store.tables.firstWith(uid) !== step.n) return false;
  if (!policy.combinations.some((one) => one.ties.some((t) => t.via === 'derived_credential'))) {
    return false;
  }
  return [...store.stepsOf(store.tables.bySymbol(DERIVED_MARK))].some(
    (other) => other.wire.credential_parent_uid === uid,
  );
}

/** Where hand-overs and contexts have been followed from: by agent, the earliest of each clock. */
type Followed = Map<string, ChainStep>;

/** Whether all that `step` leads to but by its values was reached from an earlier step of its agent. */
function isFollowed({ store }: Reach, followed: Followed, step: ChainStep): boolean {
  const {
    agent_uid: agent,
    event_time_quality: quality,
    source_seq: seq,
    span_id: span,
  } = step.wire;
  const key = JSON.stringify([agent, quality, seq?.source ?? null, lateMsOf(step)]);
  const earlier = followed.get(key);
  const spanLeadsOn = span !== undefined && store.tables.bySpan(span).under.length > 0;
  const named = step.wire.parent_span_id ?? step.wire.delegation_ref ?? step.wire.parent_agent_uid;
  if (earlier === undefined || earlier.ms > step.ms) followed.set(key, step);
  if (earlier === undefined || spanLeadsOn || named !== undefined || isHandOver(step)) return false;
  return earlier.ms <= step.ms && (earlier.wire.source_seq?.seq ?? 0) <= (seq?.seq ?? 0);
}

/** The steps that one link may lead to from here; too many rather than too few. */
function nextOf(reach: Reach, step: ChainStep, isNewest: boolean): number[] {
  const own = reach.store.agent(step.wire.agent_uid).steps;
  const later = isNewest ? [] : notBefore(reach, step, own);
  return [...later, ...sentTo(reach, step, later), ...returnedTo(reach, step)];
}

/** A nearer delegator of a kept call is found to have logged: links from farther ones fall. */
function replacesFarther({ store, policy }: Reach, step: ChainStep): boolean {
  const { agent_uid: agent, native_id: native, span_id: span, delegate_uid: delegate } = step.wire;
  const declared = store.tables.byParent(agent).under;
  const inSpan = span === undefined ? [] : store.tables.bySpan(span).under;
  const named = delegate === undefined ? [] : store.agent(delegate).steps;
  return store.stepsOf([...declared, ...inSpan, ...named]).some((child) => {
    const { delegators, delegation_ref: ref, parent_span_id: inside, agent_uid: own } = child.wire;
    if (delegators === undefined) return false;
    const refs = [ref, ...delegators.map((one) => one.ref)];
    if (delegate === own || (span !== undefined && span === inside)) return true;
    if (native !== undefined && isHandOver(step) && refs.includes(native)) return true;
    if (orderOf(step, child, policy.skewMs) === 'after') return false;
    return !store
      .stepsOf(store.agent(agent).steps)
      .some((one) => one.n !== step.n && orderOf(one, child, policy.skewMs) !== 'after');
  });
}

/** A first hand-over from parent to child replaces the links that the parent's name alone gave. */
function replacesNamedParent({ store }: Reach, step: ChainStep): boolean {
  const { delegate_uid: delegate, agent_uid: agent } = step.wire;
  if (!isHandOver(step) || delegate === undefined) return false;
  for (const other of store.stepsOf(store.tables.byDelegate(delegate).over)) {
    if (other.n !== step.n && other.wire.agent_uid === agent) return false;
  }
  for (const child of store.stepsOf(store.tables.byParent(agent).under)) {
    if (child.wire.agent_uid === delegate) return true;
  }
  return false;
}

export interface AffectedQuestion extends Reach {
  /** Already in the store. */
  readonly step: ChainStep;
  /** Its agent's table before it came. */
  readonly before: StepTable;
}

/** Arrival numbers of the calls to ask about, or `all` where a link may have fallen. */
export function affectedCalls(question: AffectedQuestion): ReadonlySet<number> | 'all' {
  const { store, policy, step, before } = question;
  const meta = store.meta();
  if (meta === undefined) return new Set([step.n]);
  const possible = { meta, combinations: possibleCombinations(meta, policy) };
  const reached = new Set([step.n]);
  if (isLastOfOne({ meta, step, before, policy, foreign: () => store.foreign() })) {
    for (const n of judgedAnew(question, possible)) reached.add(n);
    return reached;
  }
  if (replacesNamedParent(question, step) || replacesFirst(question, step)) return 'all';
  if (replacesFarther(question, step)) return 'all';
  const followed: Followed = new Map();
  let edge = [step];
  for (let hop = 0; hop < policy.hopsMax && edge.length > 0; hop += 1) {
    const next = new Set<number>();
    for (const one of edge) {
      const isNewest = one === step && isPast(question, before, step);
      const isDone = !isNewest && isFollowed(question, followed, one);
      const linked = isDone ? [] : nextOf(question, one, isNewest);
      const held = [...usersOf(question, one), ...readersOf(question, one)];
      const tied = [...tiedTo(question, possible, one), ...usersOfCreated(question, meta, one)];
      for (const n of [...linked, ...held, ...tied]) if (!reached.has(n)) next.add(n);
    }
    for (const n of next) reached.add(n);
    edge = [...store.stepsOf(next)].sort(compareSteps);
    if (question.work.exceeded) return 'all';
  }
  // Only asked, not followed: so they join last.
  for (const n of judgedAnew(question, possible)) reached.add(n);
  return reached;
}
