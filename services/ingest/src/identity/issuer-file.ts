/**
 * The issuers as they are now. An absent file means none; one that can't be read leaves those of
 * before.
 */
import { statSync } from 'node:fs';
import { type Issuer, loadIssuers } from './issuers.ts';

const LOOK_MS = 500;

export interface IssuerFileEvents {
  readonly issuersReloaded: (count: number) => void;
  readonly issuersUnreadable: (cause: unknown) => void;
}

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino}/${stat.size}/${stat.mtimeMs}`;
}

export class IssuerFile {
  readonly #path: string;
  readonly #events: IssuerFileEvents;
  #issuers: readonly Issuer[];
  #mark: string;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(path: string, events: IssuerFileEvents) {
    this.#path = path;
    this.#events = events;
    this.#mark = markOf(path);
    this.#issuers = this.#mark === '' ? [] : loadIssuers(path);
  }

  current(nowMs: number): readonly Issuer[] {
    const passed = nowMs - this.#lookedAtMs;
    if (passed >= 0 && passed < LOOK_MS) return this.#issuers;
    this.#lookedAtMs = nowMs;
    const mark = markOf(this.#path);
    if (mark === this.#mark) return this.#issuers;
    this.#mark = mark;
    try {
      this.#issuers = mark === '' ? [] : loadIssuers(this.#path);
      this.#events.issuersReloaded(this.#issuers.length);
    } catch (cause) {
      this.#events.issuersUnreadable(cause);
    }
    return this.#issuers;
  }
}
