/**
 * The owner's work behind a command, for a limited time: past it the answer is `failed`, but a
 * restore is tried again. The agent's next command waits for work that goes on, for its own time.
 */
import type { Receipt, RevocationCommand } from '@waywarden/schemas';

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
