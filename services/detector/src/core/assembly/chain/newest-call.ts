/**
 * Whether a new call is the last thing that happened in a chain of one agent: then nothing that is
 * kept can follow from it, and only what it completes itself is to be asked.
 *
 * That is so for most calls of most chains, and told from the chain's record and its agent's table
 * alone. So such a chain need not be put into the tables by which links are found before a call comes
 * that can be the last of something: until then a call costs the same however many there were.
 */

import type { CompiledCombination, CompiledPolicy } from '../proof/compile-combination.ts';
import { mayComplete } from '../proof/possible-combinations.ts';
import type { ChainMeta } from './chain-meta.ts';
import { type ChainStep, DERIVED_MARK } from './chain-step.ts';
import type { StepTable } from './chain-tables.ts';
import type { ForeignCalls } from './foreign-calls.ts';
import { mayBeLast } from './last-call.ts';
import { symbolKeys } from './step-keys.ts';

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
  /** It brought a symbol that the chain had not, or named a grantee that it had not. */
  readonly isNews: boolean;
  /** What leads into the chain; asked only where something does. */
  readonly foreign: () => ForeignCalls;
  /** Whether another chain is to hear of this very call; asked only where links lead from its chain. */
  readonly isHeardOf: () => boolean;
}

/**
 * Nothing that is kept can come after it: no other agent's call, nor one inside its span; nor another
 * chain's, since nothing that came from there leads on from it.
 */
export function isLastOfOne(call: Omit<NewCall, 'isNews' | 'isHeardOf'>): boolean {
  const { meta, step, before, policy, foreign } = call;
  return (
    meta.agents === 1 &&
    (meta.imported === undefined || !foreign().leading.has(step.wire.event_id)) &&
    step.wire.span_id === undefined &&
    !Object.hasOwn(meta.symbols, DERIVED_MARK) &&
    isAfterAll(before, step, policy.skewMs)
  );
}

/** Nothing stands that it could take back, nobody hears of the call, and the tables may wait. */
function mayWait(call: NewCall): boolean {
  const { heads, leads = 0, versions, next, indexed = 0 } = call.meta;
  if (heads.length > 0 || versions.length > 1 || next - indexed > WAITING_MAX) return false;
  return isLastOfOne(call) && (leads === 0 || !call.isHeardOf());
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
  const { meta, step, foreign } = call;
  const isEntered = meta.imported !== undefined && foreign().entries.has(step.wire.event_id);
  const around = { meta, isEntered };
  return possible.every((one) => !one.asksIndependence && !mayBeLast(one, step, around));
}
