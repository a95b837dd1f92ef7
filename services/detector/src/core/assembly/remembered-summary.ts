/**
 * What leads to a call, remembered for as long as nothing that it was found from has changed.
 *
 * A value that one call made is used in many chains, long after its own chain has ended, and each use
 * asks anew what led there: seven of eight summaries are the one of before. Kept beside the call in
 * memory and not in the state: it is a function of what is compared here (the chain's steps, by how
 * many came and how many are left; the links from other chains; the times of the common values that
 * it asked about; the policy), so a process that has forgotten it finds the same.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import { type AncestorSummary, ancestorSummary, type SummaryQuestion } from './ancestor-summary.ts';
import type { ChainMeta } from './chain/chain-meta.ts';
import type { ChainStep } from './chain/chain-step.ts';
import type { AskedValues } from './chain/hub-values.ts';
import type { CompiledPolicy } from './proof/compile-combination.ts';

interface Remembered {
  readonly summary: AncestorSummary;
  readonly next: number;
  readonly live: number;
  readonly imports: readonly PrivilegeLink[];
  readonly policy: CompiledPolicy;
  readonly asked: AskedValues;
  /** What it took: it counts again, so that a bound is reached where it was reached before. */
  readonly work: number;
}

const known = new WeakMap<ChainStep, Remembered>();

function recall(question: SummaryQuestion, { next, live }: ChainMeta): AncestorSummary | undefined {
  const { store, policy, call, work } = question;
  const before = known.get(call);
  if (before === undefined || before.policy !== policy) return undefined;
  if (before.next !== next || before.live !== live) return undefined;
  if (before.imports !== store.imports() || work.done + before.work > work.max) return undefined;
  if (!store.hubs.isAnsweredAs(before.asked)) return undefined;
  work.done += before.work;
  return before.summary;
}

/** Of a call by itself: what is told of a hand-over, or goes back to one, differs by the link. */
export function callSummary(question: SummaryQuestion, meta: ChainMeta): AncestorSummary {
  const before = recall(question, meta);
  if (before !== undefined) return before;
  const { store, policy, call, work } = question;
  const from = work.done;
  const { value: summary, asked } = store.hubs.during(() => ancestorSummary(question));
  const { next, live } = meta;
  const imports = store.imports();
  // What was cut short depends on what was asked before it.
  if (!work.exceeded) {
    known.set(call, { summary, next, live, imports, policy, asked, work: work.done - from });
  }
  return summary;
}
