/** Depth, values and names before parsing: `JSON.parse` explodes brackets and merges names. */

export const JSON_VALUES_MAX = 250_000;

interface JsonScan {
  readonly depth: number;
  readonly values: number;
  readonly names: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The index of the quote that ends the string which begins before `from`; the length if none does. */
function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at > 0) {
    let slashes = 0;
    for (let i = at - 1; i >= from && text.charCodeAt(i) === BACKSLASH; i--) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

export function scanJson(text: string): JsonScan {
  let depth = 0;
  let deepest = 0;
  let values = 0;
  let names = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at + 1);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        values += 1;
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
      case COLON:
        names += 1;
        break;
    }
  }
  return { depth: deepest, values, names };
}

interface ValueTally {
  names: number;
  /** 1e999. */
  infinite: number;
}

export function tallyValue(value: unknown, tally: ValueTally = { names: 0, infinite: 0 }) {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) tally.infinite += 1;
  } else if (Array.isArray(value)) {
    for (const item of value) tallyValue(item, tally);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      tally.names += 1;
      tallyValue((value as Record<string, unknown>)[name], tally);
    }
  }
  return tally;
}
