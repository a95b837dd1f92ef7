/**
 * Answers whether access that was taken is really gone: tries it without effect, or asks whether
 * the token is good. Beside the orders: a probe that hangs must not keep a revocation waiting.
 */
import type { ProbeAnswer, RevocationCommand } from '@waywarden/schemas';
import { type CallFacts, factsOfTarget } from './call-facts.ts';

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
