/** Whether one call by itself satisfies a step of a combination. */
import { type CombinationStep, matchesGrant } from '@waywarden/schemas';
import {
  ATTEMPTED,
  CARRIED,
  carriedValues,
  carrierSymbol,
  SENDING,
} from '../../../domain/carried-out.ts';
import { SYMBOLS_REMEMBERED_MAX } from '../model/assembly-limits.ts';
import type { ChainStep } from '../model/chain-step.ts';

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
  /** `attempted:` when it was denied. */
  readonly accepts: (key: string) => boolean;
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
    const plain = attempted ? key.slice(ATTEMPTED.length) : key;
    if (plain === CARRIED && (step.after ?? []).length === 0) return false;
    const symbol = plain === CARRIED ? SENDING : plain;
    return patterns.some((one) => one.attempted === attempted && matchesGrant(one.symbol, symbol));
  });
}

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

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

/** Empty when it does not satisfy the step. */
export function matchedSymbols(step: StepMatcher, call: ChainStep): readonly string[] {
  const direct = directSymbols(step, call);
  if (direct.length > 0 || !step.accepts(CARRIED)) return direct;
  if (carriedValues(call.wire).length === 0) return direct;
  return step.conditions.every((holds) => holds(call)) ? [carrierSymbol(call.wire)] : direct;
}

export function directSymbols(step: StepMatcher, call: ChainStep): readonly string[] {
  const prefix = call.wire.exercise === 'attempted' ? ATTEMPTED : '';
  const found: string[] = [];
  for (const { symbol } of call.wire.capabilities) {
    const key = prefix + symbol;
    if (step.accepts(key) && !found.includes(key)) found.push(key);
  }
  return found.length > 0 && step.conditions.every((holds) => holds(call)) ? found : [];
}

export function isDoubtfulClaim(event: ChainStep, symbols: readonly string[]): boolean {
  if (event.wire.exercise === 'possibly') return true;
  const prefix = event.wire.exercise === 'attempted' ? ATTEMPTED : '';
  return !event.wire.capabilities.some(
    (claim) => symbols.includes(prefix + claim.symbol) && claim.basis !== 'inferred',
  );
}
