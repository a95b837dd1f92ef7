/**
 * Whether one call satisfies a step of a combination, looked at by itself: the capability that it
 * did or was denied, and the conditions that need no other call.
 *
 * What a symbol matches is remembered: attackers and large fleets repeat few symbols in very many
 * calls. The memory is bounded and a function of the policy alone, so it changes no result.
 */
import { type CombinationStep, matchesGrant } from '@waywarden/schemas';
import { SYMBOLS_REMEMBERED_MAX } from '../assembly-limits.ts';
import type { ChainStep } from '../chain/chain-step.ts';

export const ATTEMPTED = 'attempted:';

/** A function of a text, remembered. */
export function remembered<T>(decide: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= SYMBOLS_REMEMBERED_MAX) known.clear();
    const value = decide(text);
    known.set(text, value);
    return value;
  };
}

export interface StepMatcher {
  readonly id: string;
  /** Whether a symbol (`attempted:` before it when it was denied) is an alternative of the step. */
  readonly accepts: (key: string) => boolean;
  /** Conditions on the call itself; null: none. */
  readonly conditions: readonly ((call: ChainStep) => boolean)[];
}

function acceptor(step: CombinationStep): (key: string) => boolean {
  const patterns = step.any.map((text) => {
    const isAttempt = text.startsWith(ATTEMPTED);
    const symbol = isAttempt ? text.slice(ATTEMPTED.length) : text;
    return { symbol, attempted: isAttempt || step.attempted === true };
  });
  return remembered((key) => {
    const attempted = key.startsWith(ATTEMPTED);
    const symbol = attempted ? key.slice(ATTEMPTED.length) : key;
    return patterns.some((one) => one.attempted === attempted && matchesGrant(one.symbol, symbol));
  });
}

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

/** A person approved this very call, and that is proven. */
function isApprovedByHuman({ wire }: ChainStep): boolean {
  const { approval, claims } = wire;
  return (
    approval?.mode === 'human' && approval.by !== undefined && PROVEN.has(claims.approval ?? '')
  );
}

function conditionsOf(step: CombinationStep, bulkRecords: number) {
  const { records_min: records, plane, result_trust: trust, unless } = step;
  const least = records === 'bulk' ? bulkRecords : records;
  const conditions: ((call: ChainStep) => boolean)[] = [];
  if (least !== undefined) conditions.push(({ wire }) => (wire.records ?? -1) >= least);
  if (plane !== undefined) conditions.push(({ wire }) => wire.plane === plane);
  if (trust !== undefined) conditions.push(({ wire }) => wire.result_trust === trust);
  if (unless?.approved_by_human === true) conditions.push((call) => !isApprovedByHuman(call));
  return conditions;
}

export function stepMatcher(step: CombinationStep, bulkRecords: number): StepMatcher {
  return {
    id: step.id,
    accepts: acceptor(step),
    conditions: conditionsOf(step, bulkRecords),
  };
}

/**
 * The alternatives of a step that this call exercised, or with `attempted:` before them was denied;
 * empty when it does not satisfy the step.
 */
export function matchedSymbols(step: StepMatcher, call: ChainStep): readonly string[] {
  const prefix = call.wire.exercise === 'attempted' ? ATTEMPTED : '';
  const found: string[] = [];
  for (const { symbol } of call.wire.capabilities) {
    const key = prefix + symbol;
    if (step.accepts(key) && !found.includes(key)) found.push(key);
  }
  return found.length > 0 && step.conditions.every((holds) => holds(call)) ? found : [];
}
