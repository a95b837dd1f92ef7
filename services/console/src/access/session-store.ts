/** Sessions in memory: a restart ends them; of too many the one used longest ago goes. */
import type { Session } from 'fastify';

const SESSIONS_MAX = 2_000;

export class SessionStore {
  readonly #sessions = new Map<string, Session>();

  set(id: string, session: Session, done: (error?: unknown) => void): void {
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    if (this.#sessions.size > SESSIONS_MAX) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    done();
  }

  get(id: string, done: (error: unknown, session?: Session | null) => void): void {
    const session = this.#sessions.get(id);
    const expires = session?.cookie.expires;
    if (session === undefined || (expires != null && new Date(expires).valueOf() <= Date.now())) {
      this.#sessions.delete(id);
      done(null, null);
      return;
    }
    done(null, session);
  }

  destroy(id: string, done: (error?: unknown) => void): void {
    this.#sessions.delete(id);
    done();
  }
}
