/**
 * Ends a service in time: what it waits for may never answer, and a supervisor starts again only
 * what has ended.
 */
const END_MS_MAX = 8_000;

/** The process ends after at most `msMax`, with `code` where nobody set another. */
export function endWithin(code: number, msMax = END_MS_MAX): void {
  setTimeout(() => process.exit(process.exitCode ?? code), msMax).unref();
}

/** `stop` is asked once by the first signal; then the process ends in time. */
export function endOnSignals(stop: () => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      endWithin(1);
      stop();
    });
  }
}

export async function runToEnd(main: () => Promise<number>): Promise<void> {
  process.exitCode = await main();
  endWithin(process.exitCode, 1_000);
}
