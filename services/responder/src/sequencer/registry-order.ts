/**
 * Whether a signed registry record stands where it was first put, or is an old one put there again:
 * what is not signed later than an earlier record of its key is refused.
 */
import type { LogRecord } from '@waywarden/event-log';

interface High {
  readonly offset: number;
  readonly iat: number;
  readonly value: LogRecord['value'];
}

/** Byte for byte. */
function isSameValue(a: LogRecord['value'], b: LogRecord['value']): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

export class RegistryOrder {
  /** Of each key, the records that were signed later than all before them. */
  readonly #highs = new Map<string, High[]>();

  /** Notes the record, whose signature is good. */
  isReplayed({ key, offset, value }: Pick<LogRecord, 'key' | 'offset' | 'value'>, iat: number) {
    const highs = this.#highs.get(key ?? '') ?? [];
    const before = highs.findLast((one) => one.offset < offset);
    if (before !== undefined && before.iat > iat) return true;
    if (before?.iat === iat && !isSameValue(before.value, value)) return true;
    const last = highs.at(-1);
    if (last === undefined || (offset > last.offset && iat > last.iat)) {
      this.#highs.set(key ?? '', [...highs, { offset, iat, value }]);
    }
    return false;
  }
}
