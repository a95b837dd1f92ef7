/**
 * The store as the archiver needs it: insert a batch under a token, run a statement; both repeated
 * with growing waits until ClickHouse is back or the archiver stops.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { ArchiverError, isRetryable } from './clickhouse-errors.ts';
import type { Cells } from './rows/archived-topic.ts';

const RETRY_MS_FIRST = 50;
const RETRY_MS_MAX = 5_000;
const REQUEST_MS_MAX = 120_000;
/** An insert that took so long has lost its server. */
const INSERT_MS_MAX = 15_000;

export interface StoreAddress {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface InsertBatch {
  readonly table: string;
  readonly columns: readonly string[];
  /** TabSeparated rows with cells in the order of `columns`. */
  readonly blocks: readonly Buffer[];
  readonly token: string;
}

export interface RetryNote {
  readonly what: string;
  readonly attempt: number;
  readonly waitMs: number;
  readonly error: unknown;
}

export function clickhouseClient(address: StoreAddress): ClickHouseClient {
  return createClient({
    url: address.url,
    database: address.database,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    request_timeout: REQUEST_MS_MAX,
    // What fails is told by our own events.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

export class ClickHouseStore {
  readonly #client: ClickHouseClient;
  readonly #stopping: AbortSignal;
  readonly #onRetry: (note: RetryNote) => void;

  constructor(
    client: ClickHouseClient,
    stopping: AbortSignal,
    onRetry: (note: RetryNote) => void = () => undefined,
  ) {
    this.#client = client;
    this.#stopping = stopping;
    this.#onRetry = onRetry;
  }

  /** The number of attempts: of more than one, nobody saw what the others did. */
  async insert(batch: InsertBatch): Promise<number> {
    const query = `INSERT INTO ${batch.table} (${batch.columns.join(', ')}) FORMAT TabSeparated`;
    let attempts = 0;
    await this.#retried(`insert into ${batch.table}`, async () => {
      attempts += 1;
      const { stream } = await this.#client.exec({
        query,
        values: Readable.from(batch.blocks, { objectMode: false }),
        abort_signal: AbortSignal.timeout(INSERT_MS_MAX),
        clickhouse_settings: {
          // An asynchronous insert is merged with others', and then the token covers no batch.
          async_insert: 0,
          insert_deduplicate: 1,
          insert_deduplication_token: batch.token,
          // Whoever chooses event times would otherwise have a batch refused (code 252) for ever.
          max_partitions_per_insert_block: '0',
          // One batch is one block, or the token would be numbered by block.
          max_insert_block_size: '1048576',
          input_format_parallel_parsing: 0,
          // Nobody may choose names that make the first row look like a heading.
          input_format_tsv_detect_header: 0,
        },
      });
      await finished(stream.resume());
    });
    return attempts;
  }

  async run(what: string, statement: string): Promise<void> {
    await this.#retried(what, async () => {
      await this.#client.command({ query: statement });
    });
  }

  async select(
    what: string,
    query: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<readonly Cells[]> {
    return this.#retried(what, async () => {
      const format = 'JSONCompactEachRow';
      const result = await this.#client.query({ query, format, query_params: { ...params } });
      return result.json<Cells>();
    });
  }

  async #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error)) {
          const message = error instanceof Error ? error.message : String(error);
          throw new ArchiverError('store_refused', `ClickHouse refuses to ${what}: ${message}`, {
            cause: error,
          });
        }
        const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (count - 1));
        this.#onRetry({ what, attempt: count, waitMs, error });
        await this.#pause(waitMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopping });
    } catch (cause) {
      throw new ArchiverError('stopped', 'The archiver stops while ClickHouse is away.', { cause });
    }
  }
}
