/** What the log answers within a bound below that of readiness, so that it is the log that is named. */
const LOG_MS_MAX = 2_500;

/** The one reason that is a metric of its own, `waywarden_log_up`, whoever finds it out. */
export const LOG_UNAVAILABLE = {
  reason: 'log_unavailable',
  sentence: 'The event log does not answer: nothing is read, decided or written.',
} as const;

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
