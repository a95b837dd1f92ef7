/**
 * Tells Waywarden what became of each call: without it nobody can see that a containment holds. Sent
 * in the background, in order and at most so many; a call never waits for it.
 */
import type { ToldCall } from './told-calls.ts';

const WAITING_MAX = 1_000;
const TRIES_MAX = 5;
const RETRY_MS = 500;

export interface ReporterOptions {
  readonly url: string;
  /** An ingest token of this source. */
  readonly token: string;
  readonly nowMs?: () => number;
  readonly onError?: (error: unknown) => void;
}

export class EventReporter {
  readonly #options: ReporterOptions;
  #waiting: object[] = [];
  #sending: Promise<void> | undefined;
  #number = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  report({ facts, tool, commandId, outcome, status }: ToldCall) {
    if (facts === undefined || this.#waiting.length >= WAITING_MAX) return;
    const atMs = (this.#options.nowMs ?? Date.now)();
    const [server = '', ...name] = tool.split('/');
    this.#waiting.push({
      event_time: new Date(atMs).toISOString(),
      native_id: `${atMs}-${process.pid}-${this.#number++}`,
      activity: 'tool_call',
      agent: { uid: facts.agentUid, ...(facts.instanceUid && { instance_uid: facts.instanceUid }) },
      tool: { server, name: name.join('/') },
      outcome,
      ...(facts.taskId && { task: { id: facts.taskId } }),
      ...(facts.credentialUid && { credential: { uid: facts.credentialUid } }),
      ...(commandId && { policy: { decision: 'deny', id: commandId } }),
      // Refused although no order is known to be about it: that proves none.
      ...(outcome === 'denied' && !commandId && !status && { error: { type: 'not_decided' } }),
      // By the server behind, which says why no better.
      ...(status && { error: { type: String(status) } }),
    });
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const events = this.#waiting;
      this.#waiting = [];
      await this.#post(events).catch((error: unknown) => this.#options.onError?.(error));
    }
  }

  async #post(events: readonly object[]): Promise<void> {
    const { url, token } = this.#options;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    for (let tries = 1; ; tries++) {
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
      if (answer.ok) return;
      const text = `Events were not taken: ${answer.status} ${await answer.text()}`;
      if (tries >= TRIES_MAX || ![429, 503].includes(answer.status)) throw new Error(text);
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS * tries);
      });
    }
  }
}
