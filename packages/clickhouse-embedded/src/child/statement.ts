// Reads enough of one SQL statement to route it: INSERT and where its data starts, FORMAT, a single
// statement. It reads latin1, so that offsets are byte offsets.
import { refuse } from './failure.ts';

export interface Statement {
  readonly kind: 'select' | 'insert' | 'other';
  readonly format: string | undefined;
  /** Where the statement's text ends (before a closing semicolon). */
  readonly end: number;
  /** Only of an INSERT … FORMAT x or INSERT … VALUES: where its data starts. */
  readonly dataStart: number | undefined;
}

interface Token {
  readonly text: string;
  readonly isWord: boolean;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<skip>\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/)|(?<heredoc>\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)|(?<quoted>'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*")|(?<word>[A-Za-z_][\w$]*)|(?<number>\d[\w.]*)|(?<other>[\s\S])/y;

function* tokensOf(sql: string): Generator<Token> {
  const pattern = new RegExp(TOKEN.source, 'y');
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    if (match.groups?.['skip'] !== undefined) continue;
    yield {
      text: match[0],
      isWord: match.groups?.['word'] !== undefined,
      start: match.index,
      end: pattern.lastIndex,
    };
  }
}

const upper = (token: Token | undefined): string =>
  token?.isWord === true ? token.text.toUpperCase() : (token?.text ?? '');

const SELECT_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'FROM']);

const kindOf = (first: string): Statement['kind'] => {
  if (first === 'INSERT') return 'insert';
  return SELECT_WORDS.has(first) ? 'select' : 'other';
};

// chDB accepts INSERT … SELECT FROM input(…) and inserts nothing; INTO OUTFILE would write a file
// with the rights of this process.
const refuseUnsafe = (kind: Statement['kind'], previous: string, token: string): void => {
  if (kind === 'insert' && previous === 'INPUT' && token === '(')
    throw refuse('NOT_IMPLEMENTED', 'INSERT … SELECT FROM input() loses its rows in chDB.');
  if (previous === 'INTO' && token === 'OUTFILE')
    throw refuse('NOT_IMPLEMENTED', 'INTO OUTFILE is not allowed over HTTP.');
};

class Reader {
  kind: Statement['kind'] | undefined;
  format: string | undefined;
  end: number | undefined;
  dataStart: number | undefined;
  private depth = 0;
  private previous: Token | undefined;
  /** A word after FORMAT, which is the clause only if the statement ends, or SETTINGS follows, after it. */
  private candidate: string | undefined;

  /** Returns false when the rest is data and must not be read. */
  take(token: Token): boolean {
    const text = upper(token);
    if (this.end !== undefined)
      throw refuse('SYNTAX_ERROR', 'Syntax error: Multi-statements are not allowed.');
    if (this.kind === undefined && text !== '(') this.kind = kindOf(text);
    const before = upper(this.previous);
    refuseUnsafe(this.kind ?? 'other', before, text);
    if (text === ')' || text === ']') this.depth -= 1;
    const atTop = this.depth === 0;
    if (text === '(' || text === '[') this.depth += 1;
    this.previous = token;
    if (!atTop) return true;
    if (this.candidate !== undefined) {
      if (text === ';' || text === 'SETTINGS') this.format = this.candidate;
      this.candidate = undefined;
    }
    if (text === ';') this.end = token.start;
    else if (before === 'FORMAT' && token.isWord) return this.takeFormat(token);
    else if (this.kind === 'insert' && text === 'VALUES') return this.takeData(token);
    return true;
  }

  finish(length: number): Statement {
    return {
      kind: this.kind ?? 'other',
      format: this.format ?? this.candidate,
      end: this.end ?? length,
      dataStart: this.dataStart,
    };
  }

  private takeFormat(token: Token): boolean {
    if (this.kind !== 'insert') {
      this.candidate = token.text;
      return true;
    }
    this.format = token.text;
    return this.takeData(token);
  }

  private takeData(token: Token): boolean {
    this.dataStart = token.end;
    return false;
  }
}

export const parseStatement = (sql: string): Statement => {
  const reader = new Reader();
  for (const token of tokensOf(sql)) {
    if (!reader.take(token)) break;
  }
  return reader.finish(sql.length);
};
