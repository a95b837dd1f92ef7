/**
 * Whether the store answers: asked for `/ping` with a bound, because one that hangs takes the connection
 * and says nothing.
 */

import type { ServiceHealth } from './health-server.ts';
import type { Problem } from './readiness.ts';

const STORE_MS_MAX = 2_500;

export class StoreProbe {
  readonly #url: string;
  #isUp = true;

  constructor(url: string, { metrics, readiness }: ServiceHealth) {
    this.#url = new URL('/ping', url).href;
    metrics.observe('waywarden_store_up', () => [{ labels: {}, value: this.#isUp ? 1 : 0 }]);
    readiness.check('store', () => this.ask());
  }

  async ask(): Promise<Problem | undefined> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(STORE_MS_MAX) });
      await answer.text();
      this.#isUp = answer.ok;
      return answer.ok ? undefined : problemOf(`it answers ${answer.status}`);
    } catch (error) {
      this.#isUp = false;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return problemOf(isLate ? `no answer in ${STORE_MS_MAX / 1000} s` : 'no connection');
    }
  }
}

function problemOf(why: string): Problem {
  const sentence = `The store does not answer (${why}). Events are still decided and stay in the log; nothing new is stored or shown.`;
  return { reason: 'store_unavailable', sentence };
}
