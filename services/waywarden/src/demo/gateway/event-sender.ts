/** Sends events over HTTP and waits while ingest is busy; repeats are harmless. */
import { setTimeout as wait } from 'node:timers/promises';
import type { InputEvent } from '@waywarden/schemas';

const BUSY: ReadonlySet<number> = new Set([429, 503]);
const TRIES_MAX = 30;
const WAIT_MS = 500;
const WAIT_MS_MAX = 5_000;

interface Answer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly event_ids: readonly string[];
}

export interface EventSenderOptions {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

export class EventSender {
  readonly #options: EventSenderOptions;

  constructor(options: EventSenderOptions) {
    this.#options = options;
  }

  /** Throws on refusal, or when told to stop. */
  async send(events: readonly InputEvent[]): Promise<readonly string[]> {
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    for (let tries = 1; ; tries++) {
      const response = await this.#post(body).catch((error: unknown) => {
        if (this.#options.signal.aborted || tries >= TRIES_MAX) throw error;
        return undefined;
      });
      if (response?.status === 202) {
        const answer = (await response.json()) as Answer;
        if (answer.dead_lettered === 0) return answer.event_ids;
        throw new Error(`Ingest set ${answer.dead_lettered} events aside.`);
      }
      const reported =
        response === undefined ? 'no answer' : `${response.status} ${await response.text()}`;
      const again = response === undefined || BUSY.has(response.status);
      if (!again || tries >= TRIES_MAX) throw new Error(`Ingest refused events: ${reported}`);
      const asked = Number(response?.headers.get('retry-after') ?? 0) * 1000;
      const pause = Math.min(WAIT_MS_MAX, asked > 0 ? asked : WAIT_MS);
      await wait(pause, undefined, { signal: this.#options.signal });
    }
  }

  #post(body: string): Promise<Response> {
    const { url, token, signal } = this.#options;
    return fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
      body,
      signal,
    });
  }
}
