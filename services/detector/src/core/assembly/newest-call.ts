/**
 * Whether a new call is the last thing that happened in a chain of one agent: then nothing that is
 * kept can follow from it, and only what it completes itself is to be asked.
 *
 * That is so for most calls of most chains, and told from the chain's record and its agent's table
 * alone. So such a chain need not be put into the tables by which links are found before a call comes
 * that can be the last of something: until then a call costs the same however many there were.
 */
import type { ChainMeta } from './chain-meta.ts';
import { type ChainStep, DERIVED_MARK } from './chain-step.ts';
import type { StepTable } from './chain-tables.ts';
import type { CompiledCombination, CompiledPolicy } from './compile-combination.ts';
import { mayComplete } from './possible-combinations.ts';
import { symbolKeys } from './step-keys.ts';
import { matchedSymbols } from './step-match.ts';

/** Calls that may wait for the tables: as many are put there at once, by the one that asks. */
const WAITING_MAX = 32;

/** Whether every step of a table came before this one by its clock, told from their last time and number. */
export function isAfterAll(table: StepTable, step: ChainStep, skewMs: number): boolean {
  const { source_seq: seq, event_time_quality: quality } = step.wire;
  if (table.steps.length === 0) return true;
  // One agent has one clock, but for mixed qualities: those are told apart only beyond the skew.
  const margin = table.quality === quality ? 0 : skewMs;
  if (step.ms <= table.lastMs + margin) return false;
  return seq === undefined || seq.seq > table.lastSeq;
}

export interface NewCall {
  /** With the call in it. */
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  /** Its agent's steps before it came. */
  readonly before: StepTable;
  readonly policy: CompiledPolicy;
  /** It brought a symbol that the chain had not. */
  readonly isNews: boolean;
}

/** Nothing that is kept can come after it: no other agent's call, nor another chain's, nor inside its span. */
export function isLastOfOne({ meta, step, before, policy }: Omit<NewCall, 'isNews'>): boolean {
  return (
    meta.agents === 1 &&
    meta.imported === undefined &&
    step.wire.span_id === undefined &&
    !Object.hasOwn(meta.symbols, DERIVED_MARK) &&
    isAfterAll(before, step, policy.skewMs)
  );
}

/** Nothing stands that it could take back, nobody hears of the chain, and the tables may wait. */
function mayWait(call: NewCall): boolean {
  const { heads, leads = 0, versions, next, indexed = 0 } = call.meta;
  if (heads.length > 0 || leads > 0 || versions.length > 1) return false;
  return next - indexed <= WAITING_MAX && isLastOfOne(call);
}

/**
 * Whether such a call is one of many alike, told without asking which combinations are possible: they
 * are as they were, since it brings no symbol, and none of its own may be the last.
 */
export function isOneMore(call: NewCall): boolean {
  const { meta, step, policy, isNews } = call;
  if (isNews || meta.isPossible !== true || !mayWait(call)) return false;
  return symbolKeys(step).every((key) => !mayComplete(policy, key));
}

/** Whether what the chain amounts to is as before, of all combinations that are possible in it. */
export function changesNothing(call: NewCall, possible: readonly CompiledCombination[]): boolean {
  if (!mayWait(call)) return false;
  const { step } = call;
  return possible.every(
    ({ asksIndependence, steps, variants }) =>
      !asksIndependence &&
      variants.every(({ completing }) => {
        const last = steps[completing];
        return last === undefined || matchedSymbols(last, step).length === 0;
      }),
  );
}
