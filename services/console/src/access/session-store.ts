/** Sessions in memory: a restart ends them, as does a while without use; of too many the one used longest ago goes. */
import type { Session } from 'fastify';

const IDLE_MS = 8 * 3_600_000;
const SESSIONS_MAX = 2_000;

interface Stored {
  readonly session: Session;
  readonly usedMs: number;
}

export class SessionStore {
  readonly #sessions = new Map<string, Stored>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  set(id: string, session: Session, done: (error?: unknown) => void): void {
    this.#put(id, session);
    if (this.#sessions.size > SESSIONS_MAX) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    done();
  }

  get(id: string, done: (error: unknown, session?: Session | null) => void): void {
    const stored = this.#sessions.get(id);
    if (stored === undefined || stored.usedMs + IDLE_MS <= this.#nowMs()) {
      this.#sessions.delete(id);
      done(null, null);
      return;
    }
    this.#put(id, stored.session);
    done(null, stored.session);
  }

  destroy(id: string, done: (error?: unknown) => void): void {
    this.#sessions.delete(id);
    done();
  }

  #put(id: string, session: Session): void {
    this.#sessions.delete(id);
    this.#sessions.set(id, { session, usedMs: this.#nowMs() });
  }
}
