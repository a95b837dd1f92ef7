/** From bytes to an item: UTF-8, size, depth, JSON, no key twice. */
import type { CutPiece } from './cut-lines.ts';
import type { ReadItem } from './format-reader.ts';
import type { LineProblem } from './read-line.ts';

/** Deeper JSON is refused: canonical JSON and the validators walk it recursively. */
export const NESTING_DEPTH_MAX = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const problem = (code: LineProblem['code'], detail: string): LineProblem => ({
  code,
  field: '',
  detail,
});

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: LineProblem };

const refused = (code: LineProblem['code'], detail: string): Parsed => ({
  ok: false,
  problem: problem(code, detail),
});

/** 1e999 can't be compared. */
function finite(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

export function parseBounded(text: string): Parsed {
  const { depth, values, names } = scanJson(text);
  if (depth > NESTING_DEPTH_MAX) {
    return refused('too_deep', `nested deeper than ${NESTING_DEPTH_MAX}`);
  }
  if (values > JSON_VALUES_MAX) {
    return refused('too_many_values', `more than ${JSON_VALUES_MAX} members and elements`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser would quote.
    return refused('not_json', 'the line is not JSON');
  }
  const tally = tallyValue(value);
  if (tally.names === names) {
    return { ok: true, value: tally.infinite === 0 ? value : JSON.parse(text, finite) };
  }
  return refused('duplicate_key', 'an object names a key twice, so that readers may differ');
}

export function readPiece({ line, bytes, size }: CutPiece): ReadItem {
  if (bytes === undefined) {
    const tooLong = problem('line_too_long', `${size} bytes are more than one event may have`);
    return { input: undefined, line, bytes: '', size, problem: tooLong };
  }
  const text = decoded(bytes);
  if (text === undefined) {
    return { input: undefined, line, bytes, problem: problem('not_utf8', 'not UTF-8') };
  }
  const parsed = parseBounded(text);
  return parsed.ok
    ? { input: parsed.value, line, bytes: text }
    : { input: undefined, line, bytes: text, problem: parsed.problem };
}

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

function tallyValue(value: unknown, tally: ValueTally = { names: 0, infinite: 0 }) {
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
