// chDB through its native addon, one connection per request: each has its own settings, parameters
// and database. The addon's own parameter binding mixes concurrent queries up. Its calls are not
// exported by name, so the version is pinned exactly.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// ClickHouseError. Status by HTTPHandler's exceptionCodeToHTTPStatus; unlisted codes are 500.

// Errors as ClickHouse's HTTP interface words them, which @clickhouse/client parses into
export const CODES = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  NO_DATA_TO_INSERT: 108,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  CANNOT_DECOMPRESS: 271,
  AUTHENTICATION_FAILED: 516,
  QUERY_IS_TOO_LARGE: 377,
  REQUIRED_PASSWORD: 194,
  STD_EXCEPTION: 1001,
} as const;

const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map(
  Object.entries({
    400: [6, 26, 27, 32, 33, 36, 38, 41, 43, 53, 62, 69, 72, 117, 130, 131, 167, 168, 456, 457],
    401: [194],
    403: [192, 193, 497, 516],
    404: [46, 47, 50, 56, 60, 63, 73, 81, 115, 511],
    408: [159],
    413: [377],
    501: [48],
    503: [202],
  }).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

export const statusOf = (code: number): number => STATUS_BY_CODE.get(code) ?? 500;

export class Failure extends Error {
  readonly code: number;
  constructor(code: number, text: string, options?: { readonly cause?: unknown }) {
    super(text, options);
    this.name = 'Failure';
    this.code = code;
  }
}

/** A failure of this front, in ClickHouse's words. */
export const refuse = (name: keyof typeof CODES, message: string): Failure =>
  new Failure(CODES[name], `Code: ${CODES[name]}. DB::Exception: ${message} (${name})`);

// The engine's texts start with "Code: 62.
export const asFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\b/.exec(text)?.[1];
  return code === undefined
    ? refuse('STD_EXCEPTION', text)
    : new Failure(Number(code), text, { cause: error });
};

type Handle = { readonly brand: 'connection' };
type StreamHandle = { readonly brand: 'stream' };

interface QueryResult {
  readonly bytes: Uint8Array;
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

interface InsertResult {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

type StreamPart =
  | { readonly done: true }
  | { readonly done?: false; readonly bytes: Uint8Array; readonly numRows: number };

interface Addon {
  CreateConnection(path: string): Handle;
  CloseConnection(connection: Handle): void;
  QueryAsyncConnection(connection: Handle, sql: string, format: string): Promise<QueryResult>;
  InsertRawAsyncConnection(
    connection: Handle,
    head: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<InsertResult>;
  StreamQuery(connection: Handle, sql: string, format: string): StreamHandle;
  StreamFetch(stream: StreamHandle): Promise<StreamPart>;
  StreamCancel(stream: StreamHandle): void;
}

const loadAddon = (): Addon => {
  const require = createRequire(import.meta.url);
  const loader: { loadNative(): Addon } = require(
    join(dirname(require.resolve('chdb')), 'dist', 'loader.js'),
  );
  return loader.loadNative();
};

export class EngineConnection {
  private readonly addon: Addon;
  private readonly handle: Handle;

  constructor(addon: Addon, folder: string) {
    this.addon = addon;
    this.handle = addon.CreateConnection(folder);
  }

  async query(sql: string, format: string): Promise<QueryResult> {
    return this.addon.QueryAsyncConnection(this.handle, sql, format);
  }

  /** `head` ends before the data; the data goes to the engine's parser as bytes, never through a JS string. */
  async insert(head: string, data: Buffer): Promise<InsertResult> {
    try {
      return await this.addon.InsertRawAsyncConnection(this.handle, head, data, false);
    } catch (error) {
      // A server answers 200 to an INSERT without rows.
      if (asFailure(error).code !== CODES.NO_DATA_TO_INSERT) throw error;
      return { elapsed: 0, rowsWritten: 0, bytesWritten: 0 };
    }
  }

  /** The parts of a result as they are made: the next is asked for only when the last was taken. */
  async *stream(sql: string, format: string): AsyncGenerator<Uint8Array> {
    const stream = this.addon.StreamQuery(this.handle, sql, format);
    try {
      for (;;) {
        const part = await this.addon.StreamFetch(stream);
        if (part.done === true) return;
        yield part.bytes;
      }
    } finally {
      this.addon.StreamCancel(stream);
    }
  }

  close(): void {
    this.addon.CloseConnection(this.handle);
  }
}

export interface Engine {
  connect(): EngineConnection;
  close(): void;
}

export const openEngine = (folder: string): Engine => {
  const addon = loadAddon();
  // The first connection opens the folder and the last one closes the engine, so one is held for as long as we live.
  const root = addon.CreateConnection(folder);
  return {
    connect: () => new EngineConnection(addon, folder),
    close: () => addon.CloseConnection(root),
  };
};
