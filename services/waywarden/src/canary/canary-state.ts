/** Whether made-up attacks are found. Missing: a run's time is over, or one is overdue. Pure. */
import type { Alert } from '@waywarden/schemas';

export const PROOFS = ['hijack', 'assembly', 'leak'] as const;
export type CanaryProof = (typeof PROOFS)[number];

const KINDS: Readonly<Record<string, CanaryProof>> = {
  hijack_suspected: 'hijack',
  privilege_assembly: 'assembly',
  toxic_combination: 'assembly',
  containment_leak: 'leak',
};

export const PATIENCE_MS = 10 * 60_000;

export interface CanaryState {
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly aliveMs?: number;
  readonly run?: { readonly beganMs: number; readonly found: readonly CanaryProof[] };
  /** What the last run that is over lacked, and since when something has been missing. */
  readonly missing: readonly CanaryProof[];
  readonly missingSinceMs?: number;
}

export function newCanaryState(sinceMs: number, everyMs: number): CanaryState {
  return { sinceMs, everyMs, missing: [] };
}

export function beginRun(state: CanaryState, beganMs: number): CanaryState {
  return { ...state, run: { beganMs, found: [] } };
}

/** Alerts of earlier runs prove nothing. */
export function withAlert(state: CanaryState, alert: Alert): CanaryState {
  const { run } = state;
  const proof = KINDS[alert.kind];
  if (run === undefined || proof === undefined || run.found.includes(proof)) return state;
  if (Date.parse(alert.last_event_time) < run.beganMs) return state;
  return { ...state, run: { ...run, found: [...run.found, proof] } };
}

export function lackOf({ run }: CanaryState): readonly CanaryProof[] {
  return PROOFS.filter((one) => run?.found.includes(one) !== true);
}

export function endRun(state: CanaryState, nowMs: number): CanaryState {
  const missing = lackOf(state);
  const { run: _, missingSinceMs: since, ...rest } = state;
  if (missing.length === 0) return { ...rest, missing, aliveMs: nowMs };
  return { ...rest, missing, missingSinceMs: since ?? nowMs };
}

export interface CanaryReport {
  readonly state: 'waiting' | 'alive' | 'missing';
  readonly sentence: string;
  readonly alive_at: string | null;
  readonly missing: readonly CanaryProof[];
}

const iso = (ms: number) => new Date(ms).toISOString();

export function canaryReport(state: CanaryState, nowMs: number): CanaryReport {
  const { aliveMs, missing, missingSinceMs, everyMs, sinceMs } = state;
  const alive_at = aliveMs === undefined ? null : iso(aliveMs);
  const last = alive_at === null ? 'none has been found yet' : `all were last found ${alive_at}`;
  if (missingSinceMs !== undefined) {
    const sentence = `The canary is missing since ${iso(missingSinceMs)}: of the made-up attacks ${missing.join(', ')} ${missing.length === 1 ? 'was' : 'were'} not found (${last}). Real ones may be missed too.`;
    return { state: 'missing', sentence, alive_at, missing };
  }
  if (nowMs - (aliveMs ?? sinceMs) > everyMs + 2 * PATIENCE_MS) {
    const sentence = `The canary is overdue: no made-up attacks were sent in time (${last}). Real ones may be missed.`;
    return { state: 'missing', sentence, alive_at, missing: PROOFS };
  }
  return alive_at === null
    ? { state: 'waiting', sentence: 'The first canary is awaited.', alive_at, missing }
    : { state: 'alive', sentence: `Canary: ${last}.`, alive_at, missing };
}
