/**
 * Decodes zstd beside the event loop, in threads that are ended when one takes too long: a few
 * kilobytes of sequences keep `fzstd` copying for minutes, which no header foretells.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Decompress } from 'fzstd';
import { z } from 'zod';

const THREADS = 2;
/** For one body; 8 MiB that pack honestly take a tenth of a second. */
export const ZSTD_BODY_MS_MAX = 2_000;
const HEAP_MB_MAX = 64;

const PACKAGE: keyof { fzstd: typeof Decompress } = 'fzstd';

/** In a string: a thread has no loader for what stands in a TypeScript file. */
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const { Decompress } = require(workerData);
parentPort.on('message', ({ body, bytesMax }) => {
  let left = bytesMax;
  try {
    const decoder = new Decompress((out) => {
      if (out.length === 0) return;
      const copy = out.slice();
      left -= copy.length;
      parentPort.postMessage({ out: copy }, [copy.buffer]);
      if (left < 0) throw new Error('enough');
    });
    decoder.push(body, true);
    parentPort.postMessage({ is: 'done' });
  } catch {
    parentPort.postMessage({ is: 'damaged' });
  }
});
`;

const answer = z.union([
  z.object({ out: z.instanceof(Uint8Array) }),
  z.object({ is: z.enum(['done', 'damaged']) }),
]);

export type ZstdEnd = 'done' | 'damaged' | 'too_slow';

interface ZstdJob {
  readonly body: Uint8Array;
  readonly bytesMax: number;
  readonly out: (chunk: Uint8Array) => void;
  readonly ended: (how: ZstdEnd) => void;
}

class Thread {
  readonly #worker: Worker;
  #job: ZstdJob | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #free: (isAlive: boolean) => void;

  /** `free`: its job has ended; not alive: it did so by ending the thread. */
  constructor(free: (thread: Thread, isAlive: boolean) => void) {
    this.#free = (isAlive) => free(this, isAlive);
    this.#worker = new Worker(CODE, {
      eval: true,
      workerData: createRequire(import.meta.url).resolve(PACKAGE),
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#worker.on('message', (message: unknown) => this.#receive(message));
    this.#worker.on('error', () => this.#give('damaged', false));
    this.#worker.unref();
  }

  begin(job: ZstdJob): void {
    this.#job = job;
    this.#timer = setTimeout(() => this.#give('too_slow', false), ZSTD_BODY_MS_MAX);
    const body = new Uint8Array(job.body);
    this.#worker.postMessage({ body, bytesMax: job.bytesMax }, [body.buffer]);
  }

  #receive(message: unknown): void {
    const parsed = answer.parse(message);
    if ('out' in parsed) this.#job?.out(parsed.out);
    else this.#give(parsed.is, true);
  }

  #give(how: ZstdEnd, isAlive: boolean): void {
    const job = this.#job;
    this.#job = undefined;
    clearTimeout(this.#timer);
    if (!isAlive) void this.#worker.terminate();
    this.#free(isAlive);
    job?.ended(how);
  }
}

class Threads {
  readonly #idle: Thread[] = [];
  readonly #waiting: ZstdJob[] = [];
  #alive = 0;

  add(job: ZstdJob): void {
    this.#waiting.push(job);
    this.#next();
  }

  #next(): void {
    const [job] = this.#waiting;
    if (job === undefined) return;
    const thread = this.#idle.pop() ?? this.#made();
    if (thread === undefined) return;
    this.#waiting.shift();
    thread.begin(job);
  }

  #made(): Thread | undefined {
    if (this.#alive >= THREADS) return undefined;
    this.#alive += 1;
    return new Thread((thread, isAlive) => {
      if (isAlive) this.#idle.push(thread);
      else this.#alive -= 1;
      this.#next();
    });
  }
}

const threads = new Threads();

export function decodeZstd(job: ZstdJob): void {
  threads.add(job);
}
