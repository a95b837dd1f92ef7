/** Sessions in memory: a restart ends them, as does a while without use; of too many the least used goes. */
import { createHash } from 'node:crypto';
import type { FastifyRequest, Session } from 'fastify';

const IDLE_MS = 8 * 3_600_000;
const SESSIONS_MAX = 2_000;

interface Stored {
  readonly session: Session;
  readonly usedMs: number;
}

/** Cookies know no ports: each console needs its own name. */
export function sessionCookie(publicUrl: string, keyId: string): string {
  const digest = createHash('sha256').update(`${publicUrl} ${keyId}`).digest('hex').slice(0, 8);
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}ww_session_${digest}`;
}

export class SessionStore {
  readonly cookieName: string;
  readonly #sessions = new Map<string, Stored>();
  readonly #nowMs: () => number;

  constructor(cookieName: string, nowMs: () => number) {
    this.cookieName = cookieName;
    this.#nowMs = nowMs;
  }

  find(id: string | undefined): Session | undefined {
    const stored = id === undefined ? undefined : this.#sessions.get(id);
    if (stored === undefined || stored.usedMs + IDLE_MS <= this.#nowMs()) return undefined;
    return stored.session;
  }

  /** While the request waited. */
  hasEnded({ session, cookies }: FastifyRequest): boolean {
    const { [this.cookieName]: given } = cookies;
    if (given === undefined || given !== session?.encryptedSessionId) return false;
    return this.find(session.sessionId) === undefined;
  }

  /** Only this keeps a session from ending unused. */
  touch(id: string | undefined): void {
    const session = this.find(id);
    if (id === undefined || session === undefined) return;
    this.#sessions.delete(id);
    this.#sessions.set(id, { session, usedMs: this.#nowMs() });
  }

  set(id: string, session: Session, done: (error?: unknown) => void): void {
    const usedMs = this.#sessions.get(id)?.usedMs ?? this.#nowMs();
    this.#sessions.set(id, { session, usedMs });
    if (this.#sessions.size > SESSIONS_MAX) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    done();
  }

  get(id: string, done: (error: unknown, session?: Session | null) => void): void {
    const session = this.find(id);
    if (session === undefined) this.#sessions.delete(id);
    done(null, session ?? null);
  }

  destroy(id: string, done: (error?: unknown) => void): void {
    this.#sessions.delete(id);
    done();
  }
}
