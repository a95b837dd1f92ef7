// Writes results and errors as @clickhouse/client reads them. Only formats whose parts can be laid
// end to end stream; the others are built whole in memory, as `wait_end_of_query=1` asks for.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import { type Failure, statusOf } from './failure.ts';

const STREAMED_FORMATS: ReadonlySet<string> = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'JSONStringsEachRow',
  'JSONCompactStringsEachRow',
  'NDJSON',
  'JSONLines',
  'CSV',
  'TabSeparated',
  'TSV',
  'TabSeparatedRaw',
  'TSVRaw',
]);

export const isStreamedFormat = (format: string): boolean => STREAMED_FORMATS.has(format);

export interface Summary {
  readonly elapsedSeconds: number;
  readonly rowsRead?: number;
  readonly bytesRead?: number;
  readonly rowsWritten?: number;
  readonly bytesWritten?: number;
  readonly resultBytes?: number;
}

// Numbers as strings, as the server writes them.
const summaryHeader = (summary: Summary): string =>
  JSON.stringify({
    read_rows: String(summary.rowsRead ?? 0),
    read_bytes: String(summary.bytesRead ?? 0),
    written_rows: String(summary.rowsWritten ?? 0),
    written_bytes: String(summary.bytesWritten ?? 0),
    total_rows_to_read: '0',
    result_rows: String(summary.rowsWritten ?? 0),
    result_bytes: String(summary.resultBytes ?? summary.bytesWritten ?? 0),
    elapsed_ns: String(Math.round(summary.elapsedSeconds * 1e9)),
  });

const contentTypeOf = (format: string): string => {
  if (/EachRow|NDJSON|JSONLines/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8';
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return 'application/octet-stream';
};

const encodingFor = (request: IncomingMessage, wanted: boolean): string | undefined => {
  if (!wanted) return undefined;
  const accepted = String(request.headers['accept-encoding'] ?? '').toLowerCase();
  return ['gzip', 'deflate', 'br'].find((name) => accepted.includes(name));
};

const encoderFor = (encoding: string): Transform => {
  if (encoding === 'br')
    return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  // Level 3 is the server's default (http_zlib_compression_level).
  return encoding === 'deflate' ? createDeflate({ level: 3 }) : createGzip({ level: 3 });
};

export interface QueryExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly queryId: string;
  readonly format: string;
  readonly compress: boolean;
}

const writeHead = (answer: QueryExchange, extra: Record<string, string>): Transform | undefined => {
  const encoding = encodingFor(answer.request, answer.compress);
  answer.response.writeHead(200, {
    'Content-Type': contentTypeOf(answer.format),
    'X-ClickHouse-Query-Id': answer.queryId,
    'X-ClickHouse-Format': answer.format,
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Server-Display-Name': 'waywarden-embedded',
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
    ...extra,
  });
  return encoding === undefined ? undefined : encoderFor(encoding);
};

export const sendWhole = async (
  answer: QueryExchange,
  bytes: Uint8Array,
  summary: Summary,
): Promise<void> => {
  const encoder = writeHead(answer, { 'X-ClickHouse-Summary': summaryHeader(summary) });
  if (encoder === undefined) {
    // Waits until the bytes are with the kernel, so that a stop of the child cannot cut off an acknowledgement.
    await new Promise<void>((resolve) => {
      answer.response.once('close', resolve);
      answer.response.end(bytes, () => resolve());
    });
    return;
  }
  await pipeline([bytes], encoder, answer.response);
};

// ClickHouse since 25.11 ends a broken stream with this block, whose tag stands in a header, so
// that a row that happens to look like an error is not taken for one.
const exceptionBlock = (tag: string, failure: Failure): Buffer => {
  const message = Buffer.from(`${failure.message}\n`);
  return Buffer.concat([
    Buffer.from(`\r\n__exception__\r\n${tag}\r\n`),
    message,
    Buffer.from(`${message.length} ${tag}\r\n__exception__\r\n`),
  ]);
};

export const sendStream = async (
  answer: QueryExchange,
  parts: AsyncIterable<Uint8Array>,
  asFailure: (error: unknown) => Failure,
): Promise<void> => {
  const tag = randomBytes(8).toString('hex');
  const encoder = writeHead(answer, {
    'X-ClickHouse-Summary': summaryHeader({ elapsedSeconds: 0 }),
    'X-ClickHouse-Exception-Tag': tag,
  });
  async function* guarded(): AsyncGenerator<Uint8Array> {
    try {
      yield* parts;
    } catch (error) {
      yield exceptionBlock(tag, asFailure(error));
    }
  }
  const source = guarded() as unknown as Readable;
  await (encoder === undefined
    ? pipeline(source, answer.response)
    : pipeline(source, encoder, answer.response));
};

export const sendFailure = (response: ServerResponse, failure: Failure, queryId: string): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(statusOf(failure.code), {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(failure.code),
    'X-ClickHouse-Query-Id': queryId,
  });
  response.end(`${failure.message}\n`);
};
