/**
 * Words of an SQL text, read as three dialect families, against hiding in strings. Bounded work
 * (docs/measurements/ingest-derive.md).
 */

interface SqlToken {
  /** Capitals, one sign, `'` string, `"` name. */
  readonly kind: string;
  readonly text: string;
}

export type SqlStatement = readonly SqlToken[];

interface Family {
  readonly escapes: boolean;
  /** `$tag$ … $tag$` and `E'…'`. */
  readonly dollars: boolean;
  /** `[name]` and `q'[…]'`. */
  readonly brackets: boolean;
  /** `--` needs a space; `/*!` is run. */
  readonly hashes: boolean;
}

/** PostgreSQL, SQLite, Snowflake and most others. */
const STANDARD: Family = { escapes: false, dollars: true, brackets: false, hashes: false };
/** MySQL, MariaDB, ClickHouse, BigQuery. */
const ESCAPING: Family = { escapes: true, dollars: false, brackets: false, hashes: true };
/** SQL Server, Oracle. */
const BRACKETED: Family = { escapes: false, dollars: false, brackets: true, hashes: false };
/** Where a text holds none of these, the families read it alike. */
const DIFFERS = /[\\#[$]|--|\/\*|[qQ]'/;

const WORD_LENGTH_MAX = 32;
const SPACE = /\s+/y;
const WORD = /[A-Za-z_@#\u0080-\uffff][\w@#$\u0080-\uffff]*|\d[\w.]*/y;
const DOLLAR = /\$(?:[A-Za-z_]\w*)?\$/y;
const RUN_COMMENT = /\/\*M?!\d*/y;
const COMMENT_MARK = /\/\*|\*\//g;
const PAIRS = new Map(['[]', '{}', '()', '<>'].map((pair) => [pair[0], pair[1]]));

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function behindComment(text: string, at: number, nests: boolean): number | undefined {
  COMMENT_MARK.lastIndex = at + 2;
  let depth = 1;
  for (let mark = COMMENT_MARK.exec(text); mark !== null; mark = COMMENT_MARK.exec(text)) {
    if (mark[0] === '*/') depth -= 1;
    else if (nests) depth += 1;
    if (depth === 0) return COMMENT_MARK.lastIndex;
  }
  return undefined;
}

function isEscaped(text: string, at: number, from: number): boolean {
  let before = at;
  while (before > from && text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

/** Doubled stands for itself. */
function closing(text: string, from: number, quote: string, escapes: boolean): number | undefined {
  for (let at = from; ; ) {
    const end = text.indexOf(quote, at);
    if (end < 0) return undefined;
    if (escapes && isEscaped(text, end, from)) at = end + 1;
    else if (text[end + 1] === quote) at = end + 2;
    else return end;
  }
}

interface Found {
  readonly kind: string;
  readonly text: string;
  readonly behind: number | undefined;
}

const NOTHING = '';
const skipped = (behind: number | undefined): Found => ({ kind: NOTHING, text: NOTHING, behind });

function quoted(text: string, from: number, quote: string, escapes: boolean): Found {
  const end = closing(text, from, quote, escapes);
  const isName = quote === '`' || quote === ']' || (quote === '"' && !escapes);
  const inner = end === undefined || isName ? NOTHING : text.slice(from, end);
  return {
    kind: isName ? '"' : "'",
    text: inner.replaceAll("''", "'"),
    behind: end === undefined ? undefined : end + 1,
  };
}

function markedOff(text: string, from: number, mark: string): Found {
  const end = text.indexOf(mark, from);
  return end < 0
    ? skipped(undefined)
    : { kind: "'", text: text.slice(from, end), behind: end + mark.length };
}

function introduced(text: string, at: number, of: Family): Found | undefined {
  const first = text[at] ?? '';
  const isBeforeQuote = text[at + 1] === "'";
  if (of.dollars && isBeforeQuote && /[eE]/.test(first)) return quoted(text, at + 2, "'", true);
  if (of.brackets && isBeforeQuote && /[qQ]/.test(first)) {
    const open = text[at + 2] ?? '';
    return markedOff(text, at + 3, `${PAIRS.get(open) ?? open}'`);
  }
  const tag = of.dollars && first === '$' ? matched(DOLLAR, text, at) : undefined;
  return tag === undefined ? undefined : markedOff(text, at + tag.length, tag);
}

function comment(text: string, at: number, of: Family): Found | undefined {
  if (text.startsWith('/*', at)) {
    const run = of.hashes ? matched(RUN_COMMENT, text, at) : undefined;
    return skipped(run === undefined ? behindComment(text, at, !of.hashes) : at + run.length);
  }
  const isDashed =
    text.startsWith('--', at) && (!of.hashes || /^\s?$/.test(text.slice(at + 2, at + 3)));
  if (!isDashed && !(of.hashes && text[at] === '#')) return undefined;
  const end = text.indexOf('\n', at);
  return skipped(end < 0 ? text.length : end);
}

function next(text: string, at: number, of: Family): Found {
  const space = matched(SPACE, text, at);
  if (space !== undefined) return skipped(at + space.length);
  const found = comment(text, at, of) ?? introduced(text, at, of);
  if (found !== undefined) return found;
  const first = text[at] ?? '';
  if (first === "'" || first === '"' || first === '`') {
    return quoted(text, at + 1, first, of.escapes);
  }
  if (first === '[' && of.brackets) return quoted(text, at + 1, ']', false);
  const word = matched(WORD, text, at) ?? first;
  const kind = word.length > WORD_LENGTH_MAX ? 'X' : word.toUpperCase();
  return { kind, text: NOTHING, behind: at + word.length };
}

interface Reading {
  readonly statements: readonly SqlStatement[];
  readonly ends: boolean;
}

function readAs(text: string, of: Family): Reading {
  const statements: SqlToken[][] = [[]];
  for (let at = 0; at < text.length; ) {
    const { behind, ...token } = next(text, at, of);
    if (behind === undefined) return { statements, ends: false };
    at = behind;
    if (token.kind === ';') statements.push([]);
    else if (token.kind !== NOTHING) statements.at(-1)?.push(token);
  }
  return { statements, ends: true };
}

export function sqlReadings(text: string): readonly (readonly SqlStatement[])[] {
  const families = DIFFERS.test(text) ? [STANDARD, ESCAPING, BRACKETED] : [STANDARD];
  const readings = families.map((of) => readAs(text, of));
  const whole = readings.filter(({ ends }) => ends);
  return (whole.length > 0 ? whole : readings).map(({ statements }) =>
    statements.filter((tokens) => tokens.length > 0),
  );
}
