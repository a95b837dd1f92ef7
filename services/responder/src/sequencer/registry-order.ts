/**
 * Whether a signed record of the topic `registry` stands where it was first put, or is an old one that
 * somebody put there again: its signature is good, and it would bring back rules and keys that were
 * taken away. Told by when it was signed: publishers never sign before what they replace (publish-
 * rules.ts), so what is signed before an earlier record of the same key was there before.
 *
 * The place counts with it, so that whoever reads from the middle, or once more, judges the same.
 */
import type { LogRecord } from '@waywarden/event-log';

interface High {
  readonly offset: number;
  readonly iat: number;
}

export class RegistryOrder {
  /** Of each key, the records that were signed later than all before them. */
  readonly #highs = new Map<string, High[]>();

  /** Notes the record, whose signature is good; true when a record before it was signed later. */
  isReplayed({ key, offset }: Pick<LogRecord, 'key' | 'offset'>, iat: number): boolean {
    const highs = this.#highs.get(key ?? '') ?? [];
    const before = highs.findLast((one) => one.offset < offset);
    if (before !== undefined && before.iat > iat) return true;
    const last = highs.at(-1);
    if (last === undefined || (offset > last.offset && iat > last.iat)) {
      this.#highs.set(key ?? '', [...highs, { offset, iat }]);
    }
    return false;
  }
}
