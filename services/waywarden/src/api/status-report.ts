/**
 * `GET /v1/status`: whether events are taken, decided and stored, in numbers and a sentence. What can't be asked is
 * unknown.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Condition } from '@waywarden/service-health';
import type { CanaryReport } from '../canary/canary-state.ts';
import type { DiskWatch } from '../runtime/disk-watch.ts';
import type { EventRate, PipelineProgress, StageLag } from './pipeline-progress.ts';
import type { StoredCounts, StoreReader } from './store-reader.ts';

const COUNTS_AGE_MS_MAX = 1000;
const COUNTS_COST_FACTOR = 10;
/** Then the last ones are given, with their time. */
const COUNTS_WAIT_MS_MAX = 50;
const BEHIND_S = 10;

export interface LastError {
  readonly at: string;
  readonly message: string;
}

export interface StatusReportParts {
  readonly version: string;
  readonly tenant: string;
  readonly data: string;
  readonly store: StoreReader;
  readonly progress: Pick<PipelineProgress, 'stages'>;
  readonly rate: Pick<EventRate, 'perSecond'>;
  readonly proof: () => CanaryReport | null;
  readonly readiness: () => readonly Condition[];
  readonly disk: Pick<DiskWatch, 'hasRoom' | 'sentence'>;
  readonly nowMs: () => number;
  /** All that can be said while nothing is amiss, where the stages run elsewhere. */
  readonly quiet?: string;
}

type Health =
  | 'ok'
  | 'behind'
  | 'disk_full'
  | 'not_ready'
  | 'store_unavailable'
  | 'proof_missing'
  | 'stopping';
const OWN_WORDS: ReadonlySet<string> = new Set([
  'starting',
  'behind',
  'disk_full',
  'store_unavailable',
  'canary_missing',
]);

interface RunFacts {
  readonly version: string;
  readonly tenant: string;
  readonly data: string;
  readonly started_at: string;
  readonly uptime_s: number;
}

export interface Status extends RunFacts {
  readonly health: Health;
  readonly sentence: string;
  readonly events_per_s: number;
  readonly counts: StoredCounts | null;
  readonly counts_at: string | null;
  readonly stages: readonly StageLag[];
  readonly store: { readonly reachable: boolean };
  readonly canary: CanaryReport | null;
  readonly last_error: LastError | null;
}

const iso = (ms: number): string => new Date(ms).toISOString();

export class StatusReport {
  readonly #parts: StatusReportParts;
  readonly #startedMs: number;
  #counts: { readonly value: StoredCounts; readonly atMs: number; readonly tookMs: number } | null =
    null;
  #counting: Promise<void> | undefined;
  #reachable = true;
  #lastError: LastError | null = null;
  #stopping = false;

  constructor(parts: StatusReportParts) {
    this.#parts = parts;
    this.#startedMs = parts.nowMs();
  }

  problem(message: string): void {
    this.#lastError = { at: iso(this.#parts.nowMs()), message };
  }

  stopping(): void {
    this.#stopping = true;
  }

  async current(): Promise<Status> {
    await this.#refreshCounts();
    const { version, tenant, data, progress, rate, nowMs } = this.#parts;
    const stages = progress.stages();
    const proof = this.#parts.proof();
    const conditions = this.#parts.readiness();
    const isAway = conditions.some(({ reason }) => reason === 'store_unavailable');
    this.#reachable = this.#parts.store.reachable && !isAway;
    // The archiver only follows an absent store.
    const blocked = conditions.find(
      ({ name, reason }) => !OWN_WORDS.has(reason) && !(isAway && name === 'archiver'),
    );
    const health = this.#health(stages, proof, blocked);
    const low = this.#parts.disk.sentence;
    const sentence =
      health === 'not_ready' && blocked !== undefined
        ? blocked.sentence
        : ((health === 'ok' ? this.#parts.quiet : undefined) ?? sentenceOf(health, stages, proof));
    const eventsPerSecond = Math.round(rate.perSecond() * 10) / 10;
    return {
      version,
      tenant,
      data,
      started_at: iso(this.#startedMs),
      uptime_s: Math.round((nowMs() - this.#startedMs) / 1000),
      health,
      sentence: low === undefined ? sentence : `${low} ${sentence}`.trim(),
      events_per_s: eventsPerSecond,
      counts: this.#counts?.value ?? null,
      counts_at: this.#counts === null ? null : iso(this.#counts.atMs),
      stages,
      store: { reachable: this.#reachable },
      canary: proof,
      last_error: this.#lastError,
    };
  }

  /** Blind before late. */
  #health(
    stages: readonly StageLag[],
    proof: CanaryReport | null,
    blocked: Condition | undefined,
  ): Health {
    if (this.#stopping) return 'stopping';
    if (!this.#parts.disk.hasRoom) return 'disk_full';
    if (blocked !== undefined) return 'not_ready';
    if (proof?.state === 'missing') return 'proof_missing';
    if (!this.#reachable) return 'store_unavailable';
    return stages.some((stage) => stage.behind_s > BEHIND_S) ? 'behind' : 'ok';
  }

  async #refreshCounts(): Promise<void> {
    const { nowMs } = this.#parts;
    if (this.#counts !== null) {
      const { atMs, tookMs } = this.#counts;
      if (nowMs() - atMs < Math.max(COUNTS_AGE_MS_MAX, tookMs * COUNTS_COST_FACTOR)) return;
    }
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    await Promise.race([this.#counting, wait(COUNTS_WAIT_MS_MAX, undefined, { ref: false })]);
  }

  async #count(): Promise<void> {
    const { store, nowMs } = this.#parts;
    const began = nowMs();
    try {
      const value = await store.counts();
      this.#counts = { value, atMs: nowMs(), tookMs: nowMs() - began };
    } catch (error) {
      this.problem(
        `The store does not answer: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
  }
}

function sentenceOf(
  health: Health,
  stages: readonly StageLag[],
  proof: CanaryReport | null,
): string {
  switch (health) {
    case 'proof_missing':
      return proof?.sentence ?? 'The canary is missing.';
    case 'disk_full':
      return '';
    case 'ok':
      return 'Watching: everything that arrived is decided and stored, or is about to be.';
    case 'not_ready':
      return 'Not doing its work.';
    case 'stopping':
      return 'Stopping: what is in hand is finished, nothing new is taken.';
    case 'store_unavailable':
      return 'The store does not answer. Events are still taken, decided and kept in the log; what you see may be old.';
    case 'behind': {
      const names = stages.filter((stage) => stage.behind_s > BEHIND_S);
      return `Behind: ${names.map((s) => `${s.name} by ${s.behind_s} s (${s.lag} records)`).join('; ')}. Nothing is lost; alerts come late.`;
    }
  }
}
