/** The options of a receiver, where its orders come from, and what it answers of a call. */
import type {
  JwsKeyRing,
  JwsSigningKey,
  ProbeAnswer,
  Receipt,
  RevocationCommand,
} from '@waywarden/schemas';
import { type CallFacts, factsOfTarget } from './call-facts.ts';
import type { StateStore } from './consumer-state.ts';
import type { ReceiptVerdict } from './deny-list.ts';
import type { SignedReceipt, SignedRecord } from './signed-record.ts';

/** Whether a call may be made, why not, and how fresh that is. */
export interface Judgement {
  readonly allowed: boolean;
  readonly command?: RevocationCommand;
  /** What the call would have to say to be told from those that the order is about; empty: it is one. */
  readonly missing?: readonly string[];
  /** Nothing was heard for too long: this rests on an old view. */
  readonly stale: boolean;
  /** When Waywarden was last heard, Unix ms; 0: not since the start. */
  readonly asOfMs: number;
}

/**
 * Where commands come from and receipts go to: HTTP long-poll or Kafka. Only its source understands
 * a cursor; kept beside what it led to, nothing is lost or doubled.
 */
export interface CommandBatch {
  readonly records: readonly SignedRecord[];
  /** To go on from once these are done. */
  readonly cursor: string;
}

export interface RefusedReceipt {
  /** Its place among those that were sent. */
  readonly index: number;
  readonly reason: string;
}

export interface CommandSource {
  /** Waits for what comes after `cursor` (null: the beginning); an empty batch when nothing came. */
  next(cursor: string | null, signal: AbortSignal): Promise<CommandBatch>;
  /** Those that were refused, where the source says so at once. */
  send(receipts: readonly SignedReceipt[], signal: AbortSignal): Promise<readonly RefusedReceipt[]>;
  /** The responder's public keys, where the source can ask for them. */
  commandKeys?(signal: AbortSignal): Promise<JwsKeyRing>;
  close(): Promise<void>;
}

/** Called when something happened; none may throw. */
interface ConsumerEvents {
  readonly onRefused?: (reason: string) => void;
  /** Waywarden did not take a receipt, so what it says counts nothing there. */
  readonly onReceiptRefused?: (receipt: Receipt, reason: string) => void;
  readonly onApplied?: (command: RevocationCommand, verdict: ReceiptVerdict) => void;
  readonly onError?: (error: unknown) => void;
}

interface CarryOutOptions {
  /**
   * What this receiver can do; default: `REFUSING_ACTIONS`. Add `block_issuance` for an issuer, and of
   * `PROVENANCE_ACTIONS` those whose facts you give.
   */
  readonly supports?: readonly string[];
  /** Further work of an order, before it is `applied`. */
  readonly apply?: Apply;
  /** How long one may take; then it is answered `failed`, and its signal ends. Default 30 s. */
  readonly applyMs?: number;
  /** Whether access is really gone, where the registry says that this receiver may be asked. */
  readonly probe?: Probe;
  /** Probes begun within a minute at most, whoever asks; default 60. */
  readonly probesPerMinute?: number;
  /** Orders carried out within a second at most, where what stands behind takes no more. */
  readonly ratePerSecond?: number;
}

interface StaleOptions {
  /** When nothing was heard of Waywarden for `staleMs`: let calls pass, or refuse them. */
  readonly whenStale?: 'open' | 'closed';
  readonly staleMs?: number;
  readonly nowMs?: () => number;
}

export interface ConsumerOptions extends ConsumerEvents, CarryOutOptions, StaleOptions {
  readonly source: CommandSource;
  readonly store: StateStore;
  readonly receiver: string;
  readonly tenantId: string;
  readonly signingKey: JwsSigningKey;
  /** The responder's public keys; absent: the source is asked, and again when a key is unknown. */
  readonly commandKeys?: JwsKeyRing;
}

/**
 * Answers whether access that was taken is really gone: tries it without effect, or asks whether
 * the token is good. Beside the orders: a probe that hangs must not keep a revocation waiting.
 */

/** What was found, and how: `call` and `introspection` tried it, `own_list` only looked. */
export type ProbeFinding = Pick<ProbeAnswer, 'outcome' | 'method'>;

/** `probe.probes` names the order, `probe.target` whom it is about; it must have no effect. */
export type Probe = (probe: RevocationCommand, signal: AbortSignal) => Promise<ProbeFinding>;

const MINUTE_MS = 60_000;
export const PROBE_MS_MAX = 10_000;

/** So many within a minute, whoever asks. */
export class ProbePace {
  readonly #perMinute: number;
  #startedMs: number[] = [];

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  isWithin(nowMs: number): boolean {
    this.#startedMs = this.#startedMs.filter((ms) => nowMs - ms < MINUTE_MS);
    if (this.#startedMs.length >= this.#perMinute) return false;
    this.#startedMs.push(nowMs);
    return true;
  }
}

/** Never rejects: what can't be found out is `unable`. */
export async function answerProbe(
  probe: Probe,
  command: RevocationCommand,
  stopping: AbortSignal,
): Promise<ProbeFinding> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(PROBE_MS_MAX)]);
  const overdue = new Promise<ProbeFinding>((resolve) => {
    const giveUp = () => resolve({ outcome: 'unable', method: 'timeout' });
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
  const tried = probe(command, signal).catch(
    (): ProbeFinding => ({ outcome: 'unable', method: 'error' }),
  );
  return Promise.race([tried, overdue]);
}

export interface IntrospectionOptions {
  /** The token service's introspection endpoint (RFC 7662). */
  readonly url: string;
  readonly authorization: string;
  /** A token of the subject that you hold; undefined: none, and nothing can be told. */
  readonly tokenOf: (facts: CallFacts) => string | undefined;
}

export function introspectionProbe({ url, authorization, tokenOf }: IntrospectionOptions): Probe {
  return async ({ target }, signal) => {
    const token = tokenOf(factsOfTarget(target));
    if (token === undefined) return { outcome: 'unable', method: 'introspection' };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization, accept: 'application/json' },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
      signal,
    });
    if (!answer.ok) return { outcome: 'unable', method: 'introspection' };
    const { active } = (await answer.json()) as { active?: unknown };
    if (typeof active !== 'boolean') return { outcome: 'unable', method: 'introspection' };
    return { outcome: active ? 'open' : 'refused', method: 'introspection' };
  };
}

/**
 * The owner's work behind a command, for a limited time: past it the answer is `failed`, but a
 * restore is tried again. The agent's next command waits for work that goes on, for its own time.
 */

/** Retries later and later until one is told to stop. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 10_000;

export const retryAfterMs = (failures: number) => Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures);

/** For so long (for ever, where it is infinite), or until one of these says otherwise. */
export async function pause(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const one of signals) one.removeEventListener('abort', done);
      resolve();
    };
    const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined;
    for (const one of signals) one.addEventListener('abort', done);
  });
}

export async function untilStopped(
  signal: AbortSignal,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await step();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await pause(retryAfterMs(failures++), signal);
    }
  }
}

/** As `signal` ends, so should the work: nobody hears its answer any more. */
export type Apply = (
  command: RevocationCommand,
  signal: AbortSignal,
) => Promise<Partial<Receipt> | undefined>;

const APPLY_MS = 30_000;

export class LimitedApply {
  readonly #apply: Apply;
  readonly #limitMs: number;
  readonly #stopping: AbortSignal;
  /** By agent: given up, and not ended as far as is known. */
  readonly #hanging = new Map<string, Promise<unknown>>();

  constructor(apply: Apply, limitMs: number, stopping: AbortSignal) {
    this.#apply = apply;
    this.#limitMs = limitMs;
    this.#stopping = stopping;
  }

  /** Undefined where no order has any work. */
  static of(
    { apply, applyMs = APPLY_MS }: { readonly apply?: Apply; readonly applyMs?: number },
    stopping: AbortSignal,
  ): LimitedApply | undefined {
    return apply && new LimitedApply(apply, applyMs, stopping);
  }

  async run(command: RevocationCommand): Promise<Partial<Receipt> | undefined> {
    const { agent_uid: agent } = command.target;
    const earlier = this.#hanging.get(agent);
    if (earlier !== undefined && (await this.#within(earlier)) === undefined) {
      return this.#giveUp(command, 'Work of an earlier order still hangs');
    }
    const overdue = new AbortController();
    const work = this.#apply(command, overdue.signal);
    const done = await this.#within(work.then((value) => ({ value })));
    if (done !== undefined) return done.value;
    overdue.abort();
    const ended = work
      .catch(() => undefined)
      .then(() => {
        if (this.#hanging.get(agent) === ended) this.#hanging.delete(agent);
        return {};
      });
    this.#hanging.set(agent, ended);
    return this.#giveUp(command, 'Its work was not done');
  }

  /** Undefined when its time is over first. */
  async #within<T>(work: Promise<T>): Promise<T | undefined> {
    const ended = new AbortController();
    const over = pause(this.#limitMs, this.#stopping, ended.signal).then(() => undefined);
    try {
      const done = await Promise.race([work, over]);
      if (done === undefined && this.#stopping.aborted) throw new Error('It was stopped.');
      return done;
    } finally {
      ended.abort();
    }
  }

  #giveUp({ action }: RevocationCommand, what: string): Partial<Receipt> {
    const detail = `${what} within ${this.#limitMs} ms.`;
    if (action === 'restore') throw new Error(detail);
    return { state: 'failed', detail };
  }
}
