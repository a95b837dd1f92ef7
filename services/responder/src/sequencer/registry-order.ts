/** Whether a signed registry record is a replayed old one. */
import type { LogRecord } from '@waywarden/event-log';

interface High {
  readonly offset: number;
  readonly iat: number;
  readonly value: LogRecord['value'];
}

function isSameValue(a: LogRecord['value'], b: LogRecord['value']): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

export class RegistryOrder {
  /** Later than all before. */
  readonly #highs = new Map<string, High[]>();

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
