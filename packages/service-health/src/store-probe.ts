/**
 * Whether the store answers `/ping` within a bound: one that hangs takes the connection and says
 * nothing.
 */
import type { ServiceHealth } from './health-server.ts';
import type { ReadinessProblem } from './readiness.ts';

const STORE_MS_MAX = 2_500;

/** A condition of readiness, and `waywarden_store_up`. */
export function watchStore(url: string, { metrics, readiness }: ServiceHealth): void {
  let isUp = true;
  metrics.observe('waywarden_store_up', () => [{ labels: {}, value: isUp ? 1 : 0 }]);
  readiness.check('store', async () => {
    const why = await whyAway(new URL('/ping', url).href);
    isUp = why === undefined;
    return why === undefined ? undefined : problemOf(why);
  });
}

async function whyAway(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(STORE_MS_MAX) });
    await answer.text();
    return answer.ok ? undefined : `it answers ${answer.status}`;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate ? `no answer in ${STORE_MS_MAX / 1000} s` : 'no connection';
  }
}

function problemOf(why: string): ReadinessProblem {
  const sentence = `The store does not answer (${why}). Events are still decided and stay in the log; nothing new is stored or shown.`;
  return { reason: 'store_unavailable', sentence };
}
