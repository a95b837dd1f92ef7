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
