/**
 * When `up` ends: by signal, or when its npm is gone; at most `STOP_MS_MAX` later. The log has all that was
 * accepted.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { environment } from '../../input/config.ts';

const STOP_MS_MAX = 8_000;
const LOOK_MS = 1_000;
const ANCESTORS_MAX = 16;
/** Set for what npm starts. */
const STARTED_BY_NPM = 'npm_lifecycle_event';

function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // No /proc, another user's, or gone.
    return undefined;
  }
}

function statOf(pid: number) {
  const stat = procFile(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z') return undefined;
  return { parent: Number(fields[1]), started: fields[19] };
}

/** That npm included. */
function starters(): ReadonlyMap<number, string | undefined> {
  const found = new Map<number, string | undefined>();
  let pid = process.ppid;
  while (found.size < ANCESTORS_MAX && pid > 1) {
    const stat = statOf(pid);
    if (stat === undefined) break;
    found.set(pid, stat.started);
    if (procFile(pid, 'environ')?.includes(`${STARTED_BY_NPM}=`) !== true) break;
    pid = stat.parent;
  }
  return found;
}

function watchStarters(onGone: () => void): void {
  if (environment()[STARTED_BY_NPM] === undefined) return;
  const parent = process.ppid;
  const known = starters();
  const timer = setInterval(() => {
    const isThere = [...known].every(([pid, started]) => statOf(pid)?.started === started);
    if (isThere && process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
}

export class UpEnd {
  readonly asked: Promise<void>;
  readonly #logger: Logger;
  #ask: () => void = () => undefined;
  #isAsked = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (this.#isAsked) process.exit(1);
        this.#logger.info({ signal }, 'stopping; once more to force it');
        this.#request();
      });
    }
    watchStarters(() => {
      this.#logger.warn('stopping: who started this process is gone');
      this.#request();
    });
  }

  #request(): void {
    this.#isAsked = true;
    this.begin();
    this.#ask();
  }

  begin(): void {
    this.#deadline ??= setTimeout(() => {
      this.#logger.warn(
        'not all parts stopped in time; what they had in hand is done again at the next start',
      );
      process.exit();
    }, STOP_MS_MAX);
  }

  async within(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, wait(STOP_MS_MAX)]);
  }

  done(): void {
    clearTimeout(this.#deadline);
  }
}
