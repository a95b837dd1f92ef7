/**
 * Learns from some runs and scores others with the detector's own core, frozen: what is scored is
 * observed (a run's later calls are judged by what its earlier ones read) but never learnt.
 */
import { learnCall, scoreCall } from '@waywarden/detector';
import { MemoryTransaction, type Transaction } from '@waywarden/stage';
import type { Run } from './agentdojo-runs.ts';

export interface RunScore {
  readonly traceId: string;
  /** The maximum over the run's calls. */
  readonly score: number;
  /** The call that has it; the first of equals. */
  readonly topStep: number;
  /** With a high hijack alert, the only one that may carry a command. */
  readonly alarmed: boolean;
}

/** Reads fall through to what was learnt; writes stay here and go with the run. */
class RunTransaction implements Transaction {
  readonly #learnt: Transaction;
  readonly #own = new MemoryTransaction();

  constructor(learnt: Transaction) {
    this.#learnt = learnt;
  }

  get<T>(key: string): T | undefined {
    return this.#own.get<T>(key) ?? this.#learnt.get<T>(key);
  }

  put(key: string, value: unknown): void {
    this.#own.put(key, value);
  }

  delete(key: string): void {
    this.#own.delete(key);
  }
}

/** History of benign runs: every call is learnt as one that nobody flagged. */
export function learnRuns(runs: readonly Run[]): MemoryTransaction {
  const transaction = new MemoryTransaction();
  for (const run of runs) for (const event of run.events) learnCall(transaction, event, 'clear');
  return transaction;
}

/** `flagged` calls are observed and not learnt, which is what frozen means. */
export function scoreRun(learnt: Transaction, run: Run): RunScore {
  const transaction = new RunTransaction(learnt);
  let score = Number.NEGATIVE_INFINITY;
  let topStep = 0;
  let alarmed = false;
  run.events.forEach((event, step) => {
    const call = scoreCall(transaction, event);
    if (call.score > score) {
      score = call.score;
      topStep = step;
    }
    const isHigh = call.features.some(
      ({ alarm }) => alarm?.kind === 'hijack_suspected' && alarm.severity === 'high',
    );
    if (isHigh) alarmed = true;
    learnCall(transaction, event, 'flagged');
  });
  return { traceId: run.traceId, score: Math.max(score, 0), topStep, alarmed };
}
