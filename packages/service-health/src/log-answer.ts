/** What the log answers within a bound below that of readiness, so that it is the log that is named. */
const LOG_MS_MAX = 2_500;

/** Undefined when it fails or takes longer. */
export async function logAnswer<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LOG_MS_MAX);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
