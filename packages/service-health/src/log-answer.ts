/** What the log answers within a bound below that of readiness, so that it is the log that is named. */
import type { EventLog } from '@waywarden/event-log';

const LOG_MS_MAX = 2_500;

/** The one reason that is a metric of its own, `waywarden_log_up`, whoever finds it out. */
export const LOG_UNAVAILABLE = {
  reason: 'log_unavailable',
  sentence: 'The event log does not answer: nothing is read, decided or written.',
} as const;

/** Undefined when it fails or takes longer. */
async function logAnswer<T>(work: Promise<T>): Promise<T | undefined> {
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

/** Each topic is asked for once at a time: a log that is away answers all questions when it is back. */
export class TopicEnds {
  readonly #log: Pick<EventLog, 'endOffsets'>;
  readonly #asked = new Map<string, Promise<readonly number[]>>();

  constructor(log: Pick<EventLog, 'endOffsets'>) {
    this.#log = log;
  }

  /** By topic; undefined when not all answer within the bound. */
  of(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
    const ends = topics.map(async (topic) => [topic, await this.#ask(topic)] as const);
    return logAnswer(Promise.all(ends).then((all) => new Map(all)));
  }

  #ask(topic: string): Promise<readonly number[]> {
    const known = this.#asked.get(topic);
    if (known !== undefined) return known;
    const asked = this.#log.endOffsets(topic).finally(() => this.#asked.delete(topic));
    asked.catch(() => undefined);
    this.#asked.set(topic, asked);
    return asked;
  }
}
