/**
 * Fits the evidence weights: logistic regression with L2 whose signs are given (`TERMS`), by Newton steps
 * on one weight at a time (coordinate descent). Sources weigh alike, and obeying and honest calls half
 * each. Calls after the first that obeyed are left out: nobody knows whose they are.
 */
import { type EvidenceModel, TERM_NAMES, TERMS, type Terms } from '@waywarden/detector';
import { sigmoid } from '@waywarden/ingest';
import type { RunRows } from './evidence-rows.ts';

/** What a source weighs in all, obeying and honest calls each; the prior is of unit variance. */
const SOURCE_WEIGHT = 500;
const SWEEPS_MAX = 200;
const CHANGE_MIN = 1e-5;

interface Row {
  readonly values: readonly number[];
  readonly isObeying: boolean;
  weight: number;
}

function rowsOf({ run, calls }: RunRows): Row[] {
  const first = Math.min(...run.malicious);
  const isUnsure = run.kind === 'hijacked' && run.malicious.size === 0;
  return calls.flatMap(({ terms }, at) => {
    const isObeying = run.malicious.has(at);
    if (!isObeying && (isUnsure || at >= first)) return [];
    const values = TERM_NAMES.map((name) => terms[name] * TERMS[name]);
    return [{ values, isObeying, weight: isObeying ? 1 : 1 / Math.sqrt(calls.length) }];
  });
}

function balanced(bySource: ReadonlyMap<string, readonly RunRows[]>): readonly Row[] {
  const all = [...bySource.values()].flatMap((runs) => {
    const rows = runs.flatMap(rowsOf);
    for (const isObeying of [true, false]) {
      const own = rows.filter((row) => row.isObeying === isObeying);
      const sum = own.reduce((total, { weight }) => total + weight, 0);
      for (const row of own) row.weight *= SOURCE_WEIGHT / sum;
    }
    return rows;
  });
  const sumOf = (isObeying: boolean) =>
    all.reduce((sum, row) => sum + (row.isObeying === isObeying ? row.weight : 0), 0);
  const scale = sumOf(false) / sumOf(true);
  for (const row of all) if (row.isObeying) row.weight *= scale;
  return all;
}

/** One Newton step on the weight at `at` (-1: the bias), which stays on its side of 0; how far it went. */
function step(
  rows: readonly Row[],
  logits: Float64Array,
  weights: Float64Array,
  at: number,
): number {
  const before = weights[at + 1] ?? 0;
  let gradient = at < 0 ? 0 : before;
  let curvature = at < 0 ? 1e-9 : 1;
  rows.forEach(({ values, isObeying, weight }, row) => {
    const value = at < 0 ? 1 : (values[at] ?? 0);
    if (value === 0) return;
    const p = sigmoid(logits[row] ?? 0);
    gradient += weight * (p - Number(isObeying)) * value;
    curvature += weight * p * (1 - p) * value * value;
  });
  const wanted = before - gradient / curvature;
  const after = at < 0 ? wanted : Math.max(0, wanted);
  const by = after - before;
  if (by === 0) return 0;
  weights[at + 1] = after;
  rows.forEach(({ values }, row) => {
    logits[row] = (logits[row] ?? 0) + by * (at < 0 ? 1 : (values[at] ?? 0));
  });
  return Math.abs(by);
}

/** The weights that fit `rows` best. */
export function fitWeights(
  bySource: ReadonlyMap<string, readonly RunRows[]>,
): Pick<EvidenceModel, 'bias' | 'weights'> {
  const rows = balanced(bySource);
  const logits = new Float64Array(rows.length);
  const weights = new Float64Array(TERM_NAMES.length + 1);
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let change = 0;
    for (let at = -1; at < TERM_NAMES.length; at++) {
      change = Math.max(change, step(rows, logits, weights, at));
    }
    if (change < CHANGE_MIN) break;
  }
  const rounded = (value: number) => Number(value.toFixed(2)) + 0;
  const named = TERM_NAMES.map((name, at) => [name, rounded((weights[at + 1] ?? 0) * TERMS[name])]);
  return { bias: rounded(weights[0] ?? 0), weights: Object.fromEntries(named) as Terms };
}
