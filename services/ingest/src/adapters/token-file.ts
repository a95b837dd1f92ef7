/**
 * The token file as it is now, looked at on requests at most every half second. A file that can't
 * be read leaves the tokens of before in force: a mistake in it must not silence every source.
 */
import { statSync } from 'node:fs';
import { loadTokens, type TokenStore } from './token-store.ts';

/** Also how long a revoked token may still be taken. */
export const TOKENS_LOOK_MS = 500;

export interface TokenFileEvents {
  readonly tokensReloaded: (count: number) => void;
  readonly tokensUnreadable: (cause: unknown) => void;
}

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'absent' : `${stat.ino}/${stat.size}/${stat.mtimeMs}/${stat.mode}`;
}

export class TokenFile {
  readonly #path: string;
  readonly #events: TokenFileEvents;
  #store: TokenStore;
  #mark: string;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws when the file can't be used: a service without tokens should not look as if it ran. */
  constructor(path: string, events: TokenFileEvents) {
    this.#path = path;
    this.#events = events;
    this.#mark = markOf(path);
    this.#store = loadTokens(path);
  }

  current(nowMs: number): TokenStore {
    const passed = nowMs - this.#lookedAtMs;
    if (passed >= 0 && passed < TOKENS_LOOK_MS) return this.#store;
    this.#lookedAtMs = nowMs;
    if (markOf(this.#path) !== this.#mark) this.reload();
    return this.#store;
  }

  reload(): void {
    // Before reading: a change in between is then seen at the next look.
    this.#mark = markOf(this.#path);
    try {
      this.#store = loadTokens(this.#path);
      this.#events.tokensReloaded(this.#store.size);
    } catch (cause) {
      this.#events.tokensUnreadable(cause);
    }
  }
}
