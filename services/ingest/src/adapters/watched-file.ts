/**
 * A file as it is now, looked at on requests at most every half second. One that can't be read leaves
 * the value of before in force: a mistake in it must not silence every source.
 */
import { statSync } from 'node:fs';

/** Also how long a revoked token may still be taken. */
export const TOKENS_LOOK_MS = 500;

export interface WatchedFileParts<T> {
  readonly path: string;
  readonly read: (path: string) => T;
  readonly onRead: (value: T) => void;
  readonly onUnreadable: (cause: unknown) => void;
}

export class WatchedFile<T> {
  readonly #parts: WatchedFileParts<T>;
  #value: T;
  #mark: string;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws what `read` throws: a service without tokens should not look as if it ran. */
  constructor(parts: WatchedFileParts<T>) {
    this.#parts = parts;
    this.#mark = this.#markNow();
    this.#value = parts.read(parts.path);
  }

  current(nowMs: number): T {
    const passed = nowMs - this.#lookedAtMs;
    if (passed >= 0 && passed < TOKENS_LOOK_MS) return this.#value;
    this.#lookedAtMs = nowMs;
    if (this.#markNow() !== this.#mark) this.reload();
    return this.#value;
  }

  reload(): void {
    const { path, read, onRead, onUnreadable } = this.#parts;
    // Before reading: a change in between is then seen at the next look.
    this.#mark = this.#markNow();
    try {
      this.#value = read(path);
      onRead(this.#value);
    } catch (cause) {
      onUnreadable(cause);
    }
  }

  #markNow(): string {
    const stat = statSync(this.#parts.path, { throwIfNoEntry: false });
    return stat === undefined ? 'absent' : `${stat.ino}/${stat.size}/${stat.mtimeMs}/${stat.mode}`;
  }
}
