/**
 * Tells Waywarden what became of each call: without it nobody can see that a containment holds. Sent
 * in the background, in order and at most so many; a call never waits for it.
 *
 * While Waywarden is away, or busy, calls wait here and are told later: a restart would else hide the one
 * call that is a leak, and what was lost looks like a silence. What does not fit, or is refused for good,
 * is counted and told to `onLost`, for nobody else can know that it is missing. They wait in memory: what
 * waits when this process is killed is lost.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ToldCall } from './told-calls.ts';

/** Calls that wait; of more, the newest are lost. About 5 MB. */
const WAITING_MAX = 10_000;
const BATCH_MAX = 500;
const RETRY_MS = 500;
const RETRY_MS_MAX = 10_000;
const FLUSH_MS = 10_000;
const BUSY = 429;
const SERVER_FAILS = 500;

export interface ReporterOptions {
  readonly url: string;
  /** An ingest token of this source. */
  readonly token: string;
  readonly nowMs?: () => number;
  readonly onError?: (error: unknown) => void;
  /** So many calls will never be told, and why. */
  readonly onLost?: (calls: number, why: string) => void;
}

function eventOf({ facts, tool, commandId, outcome, status, durationMs }: ToldCall) {
  const [server = '', ...name] = tool.split('/');
  return {
    activity: 'tool_call',
    agent: {
      uid: facts?.agentUid,
      ...(facts?.instanceUid && { instance_uid: facts.instanceUid }),
    },
    tool: { server, name: name.join('/') },
    outcome,
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    ...(facts?.taskId && { task: { id: facts.taskId } }),
    ...(facts?.credentialUid && { credential: { uid: facts.credentialUid } }),
    ...(facts?.approvedBy && { approval: { mode: 'human', by: facts.approvedBy } }),
    ...(commandId && { policy: { decision: 'deny', id: commandId } }),
    // Refused although no order is known to be about it: that proves none.
    ...(outcome === 'denied' && !commandId && !status && { error: { type: 'not_decided' } }),
    // By the server behind, which says why no better.
    ...(status && { error: { type: String(status) } }),
  };
}

export class EventReporter {
  readonly #options: ReporterOptions;
  readonly #closing = new AbortController();
  #waiting: object[] = [];
  #sending: Promise<void> | undefined;
  #number = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  report(call: ToldCall) {
    if (call.facts === undefined) return;
    if (this.#waiting.length >= WAITING_MAX) {
      this.#options.onLost?.(1, `More than ${WAITING_MAX} calls wait to be told.`);
      return;
    }
    const atMs = (this.#options.nowMs ?? Date.now)();
    this.#waiting.push({
      event_time: new Date(atMs).toISOString(),
      native_id: `${atMs}-${process.pid}-${this.#number++}`,
      ...eventOf(call),
    });
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when nothing waits any more, or after `withinMs`: what is left then is lost. */
  async flush(withinMs = FLUSH_MS): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), withinMs);
    await this.#sending;
    clearTimeout(timer);
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      // They stay in their place until they are taken: what comes meanwhile stands behind them.
      const events = this.#waiting.slice(0, BATCH_MAX);
      const refused = await this.#post(events);
      this.#waiting = this.#waiting.slice(events.length);
      if (refused !== undefined) this.#options.onLost?.(events.length, refused);
      if (this.#closing.signal.aborted && this.#waiting.length > 0) {
        this.#options.onLost?.(this.#waiting.length, 'Waywarden did not answer in time.');
        this.#waiting = [];
      }
    }
  }

  /** Until they are taken; why not, where they never will be. */
  async #post(events: readonly object[]): Promise<string | undefined> {
    const { url, token, onError } = this.#options;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    for (let tries = 0; ; tries++) {
      const why = await fetch(`${url}/v1/events`, { method: 'POST', headers, body }).then(
        async (answer) => {
          if (answer.ok) return undefined;
          const text = `Events were not taken: ${answer.status} ${await answer.text()}`;
          const isForNow = answer.status === BUSY || answer.status >= SERVER_FAILS;
          return { text, isForNow };
        },
        (error: unknown) => ({ text: `Events were not taken: ${String(error)}`, isForNow: true }),
      );
      if (why === undefined) return undefined;
      if (!why.isForNow || this.#closing.signal.aborted) return why.text;
      // Once an outage, however long it is.
      if (tries === 0) onError?.(new Error(`${why.text} It is tried again.`));
      const pauseMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** tries);
      await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }
}
