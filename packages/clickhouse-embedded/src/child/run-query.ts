// Runs one query: prepares a connection, chooses between insert, stream and whole result, answers, closes.
import type { EngineConfig } from '../messages.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { asFailure, CODES, refuse } from './failure.ts';
import { preparationOf, type QueryRequest, requireText, SQL_BYTES_MAX } from './request.ts';
import { isStreamedFormat, type QueryExchange, sendStream, sendWhole } from './response.ts';
import { parseStatement, type Statement } from './statement.ts';

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
