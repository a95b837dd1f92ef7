// Runs one query: prepares a connection, chooses between insert, stream and whole result, answers, closes.
import type { EngineConfig } from '../messages.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { asFailure, CODES, refuse } from './failure.ts';
import { preparationOf, type QueryRequest, requireText, SQL_BYTES_MAX } from './request.ts';
import { isStreamedFormat, type QueryExchange, sendStream, sendWhole } from './response.ts';

interface Prepared {
  readonly statement: Statement;
  readonly sql: string;
  readonly data: Buffer;
}

const EMPTY = Buffer.alloc(0);

// A name can hold UTF-8, the scan is in bytes; so the text is cut as bytes and only then decoded.
const textOf = (bytes: Buffer, end: number): string => bytes.toString('utf8', 0, end);

/** The server's rule: the text is the `query` parameter, a line break, and the body. */
export const prepare = (query: string, body: Buffer): Prepared => {
  const start = Buffer.from(query);
  const fromUrl = start.length > 0;
  const source = fromUrl ? start : body;
  const statement = parseStatement(source.toString('latin1', 0, SQL_BYTES_MAX));
  if (statement.dataStart !== undefined) {
    const sql = textOf(source, statement.dataStart);
    const inline = source.subarray(statement.dataStart);
    if (!fromUrl) return { statement, sql, data: inline };
    // Only white space after FORMAT is the usual case, and then the body is not copied.
    const data =
      inline.toString('latin1').trim() === ''
        ? body
        : Buffer.concat([inline, Buffer.from('\n'), body]);
    return { statement, sql, data };
  }
  const whole =
    fromUrl && body.length > 0 ? Buffer.concat([start, Buffer.from('\n'), body]) : source;
  if (whole.length > SQL_BYTES_MAX)
    throw refuse('SYNTAX_ERROR', `Syntax error: the query is longer than ${SQL_BYTES_MAX} bytes.`);
  const all = whole === source ? statement : parseStatement(whole.toString('latin1'));
  const sql = textOf(whole, all.end);
  requireText(sql);
  return { statement: all, sql, data: EMPTY };
};

export interface InsertHooks {
  received(): void;
  applied(): void;
}

export interface QueryJob {
  readonly engine: Engine;
  readonly config: EngineConfig;
  readonly request: QueryRequest;
  readonly body: Buffer;
  readonly answer: QueryExchange;
  readonly hooks: InsertHooks;
}

const runInsert = async (
  job: QueryJob,
  connection: EngineConnection,
  prepared: Omit<Prepared, 'statement'>,
) => {
  job.hooks.received();
  const result = await connection.insert(prepared.sql, prepared.data);
  job.hooks.applied();
  await sendWhole(job.answer, EMPTY, {
    elapsedSeconds: result.elapsed,
    rowsWritten: result.rowsWritten,
    bytesWritten: result.bytesWritten,
  });
};

const runWhole = async (
  job: QueryJob,
  connection: EngineConnection,
  sql: string,
): Promise<void> => {
  const result = await connection.query(sql, job.answer.format);
  await sendWhole(job.answer, result.bytes, {
    elapsedSeconds: result.elapsed,
    rowsRead: result.rowsRead,
    bytesRead: result.bytesRead,
    resultBytes: result.bytes.length,
  });
};

// Waits for the first part before the head is sent, so that a query that fails at once gets a status of its own.
const runStream = async (
  job: QueryJob,
  connection: EngineConnection,
  sql: string,
): Promise<boolean> => {
  const parts = connection.stream(sql, job.answer.format);
  let first: IteratorResult<Uint8Array>;
  try {
    first = await parts.next();
  } catch (error) {
    // WITH … INSERT and a few more look like SELECT and cannot be streamed; chDB says so before it starts anything.
    const failure = asFailure(error);
    if (
      failure.code === CODES.BAD_ARGUMENTS &&
      /Streaming query is not supported/.test(failure.message)
    )
      return false;
    throw error;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (first.done !== true) {
        yield first.value;
        yield* parts;
      }
    } finally {
      await parts.return(undefined);
    }
  }
  await sendStream(job.answer, all(), asFailure);
  return true;
};

export const runQuery = async (job: QueryJob): Promise<void> => {
  const { statement, ...prepared } = prepare(job.request.query, job.body);
  const format = statement.format ?? job.request.format;
  const streams =
    statement.kind === 'select' && isStreamedFormat(format) && !job.request.waitEndOfQuery;
  const { maxMemoryBytesPerQuery } = job.config;
  const connection = job.engine.connect();
  try {
    for (const sql of preparationOf(job.request, { maxMemoryBytesPerQuery, streams }))
      await connection.query(sql, 'Null');
    if (statement.kind === 'insert') return await runInsert(job, connection, prepared);
    const answered = { ...job, answer: { ...job.answer, format } };
    if (streams && (await runStream(answered, connection, prepared.sql))) return;
    await runWhole(answered, connection, prepared.sql);
  } finally {
    connection.close();
  }
};

// Reads enough of one SQL statement to route it: INSERT and where its data starts, FORMAT, a single
// statement. It reads latin1, so that offsets are byte offsets.
interface Statement {
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
