/** Asks a chain again, under every policy version it carries. */
import { type Alert, SEVERITIES, type Severity } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { stageTime } from '../../state/stage-clock.ts';
import { assessChain } from './assess-chain.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import type { ChainStore } from './model/chain-store.ts';
import type { AlertHead } from './model/revise-alert.ts';
import { count } from './model/stage-counters.ts';
import type { CompiledPolicy } from './proof/compile-combination.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { policyAt, registryAt } from './proof/policy-versions.ts';
import { possibleCombinations } from './proof/possible-combinations.ts';
import { isFirstDay, isRare, noteCompleted, unlessUsual } from './usual-assemblies.ts';

export function logTime(transaction: Transaction, meta: ChainMeta): string {
  const clock = stageTime(transaction);
  return clock !== undefined && clock.ms > meta.lastMs ? clock.time : meta.lastTime;
}

interface ChainQuestion {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly versions: readonly string[];
  readonly affected: ReadonlySet<number> | 'all';
  readonly work: WorkCounter;
}

function completionOf(
  { transaction, store, meta }: ChainQuestion,
  { rule_id: combination }: Alert,
) {
  const first = store.head<AlertHead>(combination)?.first;
  const call = typeof first === 'number' ? store.step(first)?.wire : undefined;
  if (call === undefined) return undefined;
  return {
    transaction,
    registry: registryAt(transaction, meta.tenant, call.registry_version),
    combination,
    call,
  };
}

const withSeverity = (alert: Alert, severity: Severity): Alert => ({
  ...alert,
  ...{ severity, score: SEVERITIES.indexOf(severity) / (SEVERITIES.length - 1) },
});

/** First completions are remembered of the workflow. */
function ranked(question: ChainQuestion, policy: CompiledPolicy, alert: Alert): Alert {
  const completion = completionOf(question, alert);
  if (completion === undefined || alert.state !== 'open') return alert;
  const { source } = policy.combinations.find((one) => one.source.id === alert.rule_id) ?? {};
  const severity = source?.severity_usual;
  const isLowered = severity !== undefined && !isRare(completion);
  if (alert.revision === 1) noteCompleted(completion);
  return unlessUsual(completion, isLowered ? withSeverity(alert, severity) : alert);
}

export function concludeChain(question: ChainQuestion): readonly Alert[] {
  const { transaction, store, meta, affected, work } = question;
  const alerts: Alert[] = [];
  const heads = new Set(meta.heads);
  const of = (version: string | undefined) => registryAt(transaction, meta.tenant, version);
  for (const version of question.versions) {
    const atHand = policyAt(transaction, meta.tenant, version);
    if (atHand === undefined) continue;
    const { policy, known: policyKnown } = atHand;
    // So it is for most chains.
    if (heads.size === 0 && possibleCombinations(meta, policy).length === 0) continue;
    const detectedAt = logTime(transaction, meta);
    const isNewHere = (ms: number) => isFirstDay(transaction, meta.tenant, ms);
    const input = { isNewHere, store, meta, policy, policyKnown, version, registryAt: of };
    const assessed = assessChain({ ...input, affected, work, detectedAt });
    for (const id of assessed.heads) heads.add(id);
    alerts.push(...assessed.alerts.map((alert) => ranked(question, policy, alert)));
  }
  if (heads.size > meta.heads.length || work.exceeded) {
    const workExceeded = meta.workExceeded + (work.exceeded ? 1 : 0);
    store.changeMeta(meta, { heads: [...heads], workExceeded });
  }
  if (work.done > 0) count(transaction, { work: work.done });
  return alerts;
}
