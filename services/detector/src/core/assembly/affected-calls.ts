/**
 * Which calls a new step can have made into completions: itself, and those that it may lead to.
 *
 * Usually a step arrives after all that it could lead to, and only itself is asked about. Only when
 * something already kept can stand behind it (a late record, a value that was used before its
 * maker was seen, a hand-over that explains calls) are the chain's other calls asked again. Too
 * many is slow but right; too few would make the result depend on arrival.
 */
import { type ChainStep, isHandOver, tookPlace } from './chain-step.ts';
import type { ChainStore } from './chain-store.ts';
import type { CompiledPolicy } from './compile-combination.ts';
import { orderOf } from './step-order.ts';

/** `own`: the step alone; `behind`: also calls that may follow it; `all`: a link may have fallen. */
export type Reach = 'own' | 'behind' | 'all';

interface Question {
  readonly store: ChainStore;
  readonly policy: CompiledPolicy;
  readonly step: ChainStep;
}

/** Whether any step of a list, other than this one, may come after it. Looks from the end. */
function anyNotBefore(question: Question, numbers: readonly number[]): boolean {
  const { store, step, policy } = question;
  for (let at = numbers.length - 1; at >= 0; at -= 1) {
    const other = store.step(numbers[at] ?? -1);
    if (other === undefined || other.n === step.n) continue;
    if (orderOf(other, step, policy.skewMs) !== 'before') return true;
    // Lists are in order of arrival, nearly that of time: far enough back, nothing is after.
    if (step.ms - other.ms > policy.skewMs * (policy.hopsMax + 1)) return false;
  }
  return false;
}

function hasOther(question: Question, numbers: readonly number[]): boolean {
  return numbers.some((n) => n !== question.step.n);
}

function valuesLeadOn(question: Question): boolean {
  const { store, step } = question;
  if (!tookPlace(step)) return false;
  const made = [...step.wire.result_values, ...step.wire.arg_values];
  return made.some(({ fp }) => {
    const table = store.value(fp);
    if (!table.made.includes(step.n)) return false;
    return hasOther(question, table.used) || hasOther(question, table.credential);
  });
}

function handOverLeadsOn(question: Question): boolean {
  const { store, step } = question;
  const { span_id: span, native_id: native, delegate_uid: delegate } = step.wire;
  if (span !== undefined && hasOther(question, store.bySpan(span).under)) return true;
  if (!isHandOver(step)) return false;
  if (native !== undefined && hasOther(question, store.byRef(native).under)) return true;
  return delegate !== undefined && anyNotBefore(question, store.agent(delegate).steps);
}

/** Whether a parent may have gone on after this step, or a child have been sent after it. */
function kinLeadsOn(question: Question): boolean {
  const { store, step } = question;
  const { parent_agent_uid: named, parent_span_id: span, delegation_ref: ref } = step.wire;
  const parents = new Set<string>(named === undefined ? [] : [named]);
  const over = [
    ...(span === undefined ? [] : store.bySpan(span).over),
    ...(ref === undefined ? [] : store.byRef(ref).over),
    ...store.byDelegate(step.wire.agent_uid).over,
  ];
  const handOvers = new Set<number>();
  for (const handOver of store.stepsOf(over)) {
    handOvers.add(handOver.n);
    parents.add(handOver.wire.agent_uid);
  }
  for (const parent of parents) {
    const own = store.agent(parent).steps.filter((n) => !handOvers.has(n));
    if (anyNotBefore(question, own)) return true;
  }
  return anyNotBefore(question, store.byParent(step.wire.agent_uid).under);
}

/** A first hand-over from parent to child replaces the links that the parent's name alone gave. */
function replacesNamedParent(question: Question): boolean {
  const { store, step } = question;
  const { delegate_uid: delegate, agent_uid: agent } = step.wire;
  if (!isHandOver(step) || delegate === undefined) return false;
  for (const other of store.stepsOf(store.byDelegate(delegate).over)) {
    if (other.n !== step.n && other.wire.agent_uid === agent) return false;
  }
  for (const child of store.stepsOf(store.byParent(agent).under)) {
    if (child.wire.agent_uid === delegate) return true;
  }
  return false;
}

/** `step` is already in the store. */
export function reachOf(store: ChainStore, policy: CompiledPolicy, step: ChainStep): Reach {
  const question = { store, policy, step };
  if (replacesNamedParent(question)) return 'all';
  const leadsOn =
    anyNotBefore(question, store.agent(step.wire.agent_uid).steps) ||
    valuesLeadOn(question) ||
    handOverLeadsOn(question) ||
    kinLeadsOn(question);
  return leadsOn ? 'behind' : 'own';
}

/** Earliest time that a call behind `step` can bear: each link may go back by the skew bound. */
export function earliestBehind(policy: CompiledPolicy, step: ChainStep): number {
  return step.ms - policy.skewMs * (policy.hopsMax + 1);
}
