/**
 * The yardsticks: LMDB without anything of ours around it. The very lmdb that the event log uses, each
 * transaction flushed before the next. (lmdb flushes within the transaction whatever its flag says; see
 * event-log's background-commit.ts. The yardstick stays as it was, so that its figures compare.)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TRANSACTION_RECORDS = 1000;
const KEY_BYTES = 16;
/** lmdb's TransactionFlags: ABORTABLE | SYNCHRONOUS_COMMIT | NO_SYNC_FLUSH. */
const COMMIT_WITHOUT_FLUSH = 0x1 | 0x2 | 0x10000;

interface RawDatabase {
  readonly env: { sync(done: (error?: Error) => void): void };
  putSync(key: Buffer, value: Uint8Array): void;
  transactionSync(work: () => void, flags: number): void;
  close(): Promise<void>;
}

interface Lmdb {
  open(options: Readonly<Record<string, unknown>>): RawDatabase;
}

function loadLmdb(): Lmdb {
  return createRequire(import.meta.resolve('@waywarden/event-log/lmdb'))('lmdb') as Lmdb;
}

/** Puts every value under its number, a thousand a transaction; `before` is done to each first. */
export async function putAll(
  values: readonly Uint8Array[],
  before: (value: Uint8Array) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-bench-raw-'));
  const database = loadLmdb().open({
    path: folder,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const key = Buffer.alloc(KEY_BYTES);
  try {
    for (let from = 0; from < values.length; from += TRANSACTION_RECORDS) {
      const chunk = values.slice(from, from + TRANSACTION_RECORDS);
      for (const value of chunk) before(value);
      database.transactionSync(() => {
        chunk.forEach((value, at) => {
          key.writeUInt32BE(from + at, KEY_BYTES - 4);
          database.putSync(key, value);
        });
      }, COMMIT_WITHOUT_FLUSH);
      await new Promise<void>((resolve, reject) => {
        database.env.sync((error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
