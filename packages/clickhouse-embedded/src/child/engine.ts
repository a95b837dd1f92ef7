// chDB through its native addon, one connection per request: each has its own settings, parameters
// and database. The addon's own parameter binding mixes concurrent queries up. Its calls are not
// exported by name, so the version is pinned exactly.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asFailure, CODES } from './failure.ts';

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
