/** Asks a chain again after something was added or taken away, under every policy version it carries. */
import type { Alert } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { policyAt, registryAt } from '../policy-versions.ts';
import { stageTime } from '../stage-clock.ts';
import type { AlertHead } from './alert/revise-alert.ts';
import { assessChain } from './assess-chain.ts';
import type { ChainMeta } from './chain/chain-meta.ts';
import type { ChainStore } from './chain/chain-store.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { possibleCombinations } from './proof/possible-combinations.ts';
import { count } from './stage-counters.ts';
import { noteCompleted } from './usual-assemblies.ts';

/** Log time of a conclusion: the stage's clock, or the chain's own newest event where later. */
export function logTime(draft: Draft, meta: ChainMeta): string {
  const clock = stageTime(draft);
  return clock !== undefined && clock.ms > meta.lastMs ? clock.time : meta.lastTime;
}

export interface ChainQuestion {
  readonly draft: Draft;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  /** Policy versions, the one of the record at hand first. */
  readonly versions: readonly string[];
  /** Calls that may complete something now, or may no longer. */
  readonly affected: ReadonlySet<number> | 'all';
  readonly work: WorkCounter;
}

/** Remembers of a workflow what it has completed, when it does so for the first time in a chain. */
function noteUsual({ draft, store, meta }: ChainQuestion, alerts: readonly Alert[]): void {
  for (const { rule_id: combination, revision, state } of alerts) {
    const first = revision === 1 && state === 'open' && store.head<AlertHead>(combination)?.first;
    const call = typeof first === 'number' ? store.step(first)?.wire : undefined;
    if (call === undefined) continue;
    const registry = registryAt(draft, meta.tenant, call.registry_version);
    noteCompleted({ draft, registry, combination, call });
  }
}

/** The alert revisions that follow; keeps what is now known of the chain. */
export function concludeChain(question: ChainQuestion): readonly Alert[] {
  const { draft, store, meta, affected, work } = question;
  const alerts: Alert[] = [];
  const heads = new Set(meta.heads);
  const of = (version: string | undefined) => registryAt(draft, meta.tenant, version);
  for (const version of question.versions) {
    const atHand = policyAt(draft, meta.tenant, version);
    if (atHand === undefined) continue;
    const { policy, known: policyKnown } = atHand;
    // Nothing was concluded, and nothing can be: so it is for most chains to which something leads.
    if (heads.size === 0 && possibleCombinations(meta, policy).length === 0) continue;
    const detectedAt = logTime(draft, meta);
    const input = { store, meta, policy, policyKnown, version, registryAt: of };
    const assessed = assessChain({ ...input, affected, work, detectedAt });
    for (const id of assessed.heads) heads.add(id);
    noteUsual(question, assessed.alerts);
    alerts.push(...assessed.alerts);
  }
  if (heads.size > meta.heads.length || work.exceeded) {
    const workExceeded = meta.workExceeded + (work.exceeded ? 1 : 0);
    store.changeMeta(meta, { heads: [...heads], workExceeded });
  }
  if (work.done > 0) count(draft, { work: work.done });
  return alerts;
}
