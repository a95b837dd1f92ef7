/**
 * Streams events to `waywarden up` over HTTP at a steady pace while killing it with SIGKILL at given
 * times and starting it again on the same folder. The sender does what every sender must: a batch
 * that was not acknowledged is sent again until it is.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { InputEvent } from '@waywarden/schemas';
import { until } from '../support/until.ts';
import { startUp, type UpFiles, type UpProcess } from './up-process.ts';

const RETRY_MS = 50;
/** Twice the same numbers, so long apart, with nothing behind: nothing will come any more. */
const WARMED_UP_MS = 4_000;
const SETTLE_MS_MAX = 180_000;
const ACCEPTED = 202;

export interface Kill {
  /** After the start of the process or after it answered. */
  readonly from: 'start' | 'ready';
  readonly afterMs: number;
}

export interface StreamOptions extends UpFiles {
  readonly token: string;
  readonly batches: readonly (readonly InputEvent[])[];
  readonly paceMs: number;
  readonly kills: readonly Kill[];
}

export interface Streamed {
  readonly acknowledged: readonly string[];
  /** Batches that had to be sent again. */
  readonly resent: number;
  readonly killed: number;
  readonly exit: number | string;
}

interface Stage {
  readonly name: string;
  readonly end: number;
  readonly lag: number;
}

class KilledStream {
  readonly #options: StreamOptions;
  #current: UpProcess;
  #killed = 0;
  #resent = 0;
  readonly #acknowledged: string[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#current = startUp(options);
  }

  async run(): Promise<Streamed> {
    const killing = this.#killAll();
    await Promise.all([this.#sendAll(), killing]);
    await this.#settled();
    this.#current.child.kill('SIGTERM');
    const exit = await this.#current.ended;
    const result = { acknowledged: this.#acknowledged, resent: this.#resent };
    return { ...result, killed: this.#killed, exit };
  }

  kill(): void {
    this.#current.child.kill('SIGKILL');
  }

  async #killAll(): Promise<void> {
    for (const { from, afterMs } of this.#options.kills) {
      const up = this.#current;
      if (from === 'ready') await this.#url(up);
      await wait(afterMs);
      up.child.kill('SIGKILL');
      const how = await up.ended;
      if (how !== 'SIGKILL') throw new Error(`up ended with ${how} by itself:\n${up.errors()}`);
      this.#killed++;
      this.#current = startUp(this.#options);
    }
  }

  async #sendAll(): Promise<void> {
    for (const batch of this.#options.batches) {
      const body = batch.map((event) => JSON.stringify(event)).join('\n');
      for (let attempt = 1; !(await this.#send(body)); attempt++) {
        if (attempt === 1) this.#resent++;
        await wait(RETRY_MS);
      }
      await wait(this.#options.paceMs);
    }
  }

  /** False when the batch was not acknowledged, so that it may or may not have been taken. */
  async #send(body: string): Promise<boolean> {
    const up = this.#current;
    const url = await up.ready;
    if (url === undefined && this.#current === up && up.child.signalCode === null) {
      throw new Error(`up did not start:\n${up.errors()}`);
    }
    const headers = {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${this.#options.token}`,
    };
    try {
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status !== ACCEPTED) return false;
      const said = JSON.parse(text) as { event_ids: string[]; dead_lettered: number };
      if (said.dead_lettered > 0) throw new TypeError(`dead letters: ${text}`);
      this.#acknowledged.push(...said.event_ids);
      return true;
    } catch (error) {
      // A broken connection is what this is about; anything else is a fault of the test's input.
      if (error instanceof TypeError && error.message.startsWith('dead letters')) throw error;
      return false;
    }
  }

  async #url(up: UpProcess): Promise<string> {
    const url = await up.ready;
    if (url === undefined) throw new Error(`up did not start:\n${up.errors()}`);
    return url;
  }

  /** Until every stage has nothing before it, twice in a row. */
  async #settled(): Promise<void> {
    const url = await this.#url(this.#current);
    let seen = '';
    let seenAtMs = 0;
    await until(async () => {
      const status = (await (await fetch(`${url}/v1/status`)).json()) as { stages: Stage[] };
      const now = JSON.stringify(status.stages.map(({ name, end }) => [name, end]));
      const idle = status.stages.every(({ lag }) => lag === 0);
      if (!idle || now !== seen) {
        seen = now;
        seenAtMs = performance.now();
        return undefined;
      }
      return performance.now() - seenAtMs >= WARMED_UP_MS ? true : undefined;
    }, SETTLE_MS_MAX);
  }
}

/** Ends with `up` stopped; whatever fails, no process is left behind. */
export async function killedStream(options: StreamOptions): Promise<Streamed> {
  const stream = new KilledStream(options);
  try {
    return await stream.run();
  } finally {
    stream.kill();
  }
}
