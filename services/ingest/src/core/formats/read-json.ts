/** From bytes to an item: UTF-8, size, depth, JSON, no key twice. */
import type { CutPiece } from './cut-lines.ts';
import type { ReadItem } from './format-reader.ts';
import type { LineProblem } from './read-line.ts';
import { JSON_VALUES_MAX, scanJson, tallyValue } from './scan-json.ts';

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
