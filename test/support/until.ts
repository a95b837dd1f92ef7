/** Waits for a condition of the world outside: asks again until it holds or patience ends. */
const ASK_EVERY_MS = 250;

/** Rejects after `patienceMs`, with the last failure if there was one. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  patienceMs = 120_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error(`The condition did not come true within ${patienceMs} ms.`, { cause: last });
}
