/** A file as it is now, looked at every half second at most; a broken one changes nothing. */
import { statSync } from 'node:fs';

/** Also how long a revoked token may still be taken. */
export const TOKENS_LOOK_MS = 500;

interface WatchedFileParts<T> {
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

  /** Throws what `read` throws. */
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
    // Changes meanwhile are seen next.
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
