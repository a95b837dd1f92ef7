/**
 * Wires the archiver: tables, local state, the replay of what a crash left open, the reader.
 * Resolves when the archiver reads; whatever ends it later rejects `done`.
 */

import type { ClickHouseClient } from '@clickhouse/client';
import { type EventLog, ExpiredError, type Reader, type ReaderOptions } from '@waywarden/event-log';
import type { PartitionPosition, Workload } from '@waywarden/service-health';
import { ArchiveLoop, type Failpoint } from './archive-loop.ts';
import { ArchiveState, partitionKey } from './archive-state.ts';
import { ArchiverError } from './clickhouse-errors.ts';
import { ClickHouseStore, clickhouseClient, type StoreAddress } from './clickhouse-store.ts';
import { replayIntent } from './intent-replay.ts';
import { migrate, readMigrations } from './migrations.ts';
import { RollUpRefresh } from './rollup-refresh.ts';
import type { EndOffsets } from './rows/archived-topic.ts';
import { TOPICS_BY_NAME } from './rows/archived-topics.ts';
import { DEAD_LETTERS } from './rows/dead-letter-row.ts';
import { refreshStatements } from './rows/rollup-statements.ts';
import { DEAD_LETTER_MS, deadLetterTtl } from './rows/row-lives.ts';
import { StoredBefore } from './stored-before.ts';
import type { ArchiverEvents, ArchiverStats } from './telemetry.ts';

const GROUP = 'waywarden.archiver';
/** How long `stop` tries to write what was read. */
const STOP_MS_MAX = 5_000;
/** Read at once: building rows must not keep the event loop from senders. */
const READ_RECORDS_MAX = 250;
const DATABASE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface ArchiverOptions {
  readonly log: EventLog;
  readonly clickhouse: StoreAddress;
  readonly stateDir: string;
  /** How long rows of dead letters live, which hold sealed bodies; default 30 days. */
  readonly deadLettersMs?: number;
  /** Wall clock in milliseconds, for `stored_at` only. */
  readonly now: () => number;
  /** For tests: called at named points. */
  readonly failpoint?: (name: Failpoint) => void;
  readonly events?: ArchiverEvents;
}

export interface Archiver {
  /** Writes what was read, brings the roll-ups up, closes. Idempotent. */
  stop(): Promise<void>;
  /** Resolves when everything below `until` (default: the log's ends now) is in the store. */
  flush(until?: EndOffsets): Promise<void>;
  /** Runs `work` while nothing is written to the store. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  stats(): ArchiverStats;
  /** What it reads, and how far each partition is stored. */
  readonly workload: Workload;
  /** Resolves when stopped, rejects with what ended it. */
  readonly done: Promise<void>;
}

async function makeDatabase(options: ArchiverOptions, stopping: AbortSignal): Promise<void> {
  const { database } = options.clickhouse;
  if (!DATABASE_NAME.test(database)) {
    throw new ArchiverError('store_refused', `"${database}" is no name for a database.`);
  }
  const client = clickhouseClient({ ...options.clickhouse, database: 'default' });
  try {
    const store = new ClickHouseStore(client, stopping);
    await store.run('make the database', `CREATE DATABASE IF NOT EXISTS ${database}`);
  } finally {
    await client.close();
  }
}

async function targetsOf(
  log: EventLog,
  topics: Iterable<string>,
  until: EndOffsets | undefined,
): Promise<ReadonlyMap<string, number>> {
  const targets = new Map<string, number>();
  for (const topic of topics) {
    const info = await log.describe(topic);
    const ends = until === undefined ? await log.endOffsets(topic) : (until[topic] ?? []);
    for (const [partition, end] of ends.entries()) {
      if (end > 0) targets.set(partitionKey(topic, info.incarnation, partition), end);
    }
  }
  return targets;
}

/** Sets the table to it when it is set to something else; rows of before are judged anew then. */
async function keepDeadLettersFor(store: ClickHouseStore, ms: number): Promise<void> {
  const wanted = deadLetterTtl(ms);
  const query = `SELECT formatQuerySingleLine(concat('SELECT ', {wanted: String})) AS wanted,
  create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {table: String}`;
  const table = DEAD_LETTERS.table;
  const [row] = await store.select('read the life of dead letters', query, { wanted, table });
  const [written, now] = row ?? [];
  if (String(now).includes(`TTL ${String(written).replace('SELECT ', '')}`)) return;
  await store.run('set the life of dead letters', `ALTER TABLE ${table} MODIFY TTL ${wanted}`);
}

interface Parts {
  readonly options: ArchiverOptions;
  readonly client: ClickHouseClient;
  readonly state: ArchiveState;
  readonly store: ClickHouseStore;
  readonly abort: AbortController;
  readonly failpoint: (name: Failpoint) => void;
  readonly counts: { retries: number; minutes: number };
}

async function openParts(options: ArchiverOptions): Promise<Parts> {
  const abort = new AbortController();
  const counts = { retries: 0, minutes: 0 };
  await makeDatabase(options, abort.signal);
  const client = clickhouseClient(options.clickhouse);
  const store = new ClickHouseStore(client, abort.signal, (note) => {
    counts.retries += 1;
    options.events?.storeRetried?.(note);
  });
  const failpoint = options.failpoint ?? ((): void => undefined);
  let state: ArchiveState | undefined;
  try {
    await migrate(client, store, await readMigrations());
    await keepDeadLettersFor(store, options.deadLettersMs ?? DEAD_LETTER_MS);
    state = ArchiveState.open(options.stateDir);
    const { log, events = {} } = options;
    await replayIntent({ log, state, store, topics: TOPICS_BY_NAME, failpoint, events });
    return { options, client, state, store, abort, failpoint, counts };
  } catch (error) {
    await client.close();
    await state?.close();
    throw error;
  }
}

function rollUpsOf({ options, state, store, failpoint, counts }: Parts): RollUpRefresh {
  return new RollUpRefresh({
    state,
    clockMs: () => performance.now(),
    refresh: async (minutes) => {
      for (const statement of refreshStatements(minutes)) {
        await store.run('refresh the roll-ups', statement);
      }
      failpoint('archiver.rollup.done');
    },
    onRefreshed: (minutes, tookMs) => {
      counts.minutes += minutes;
      options.events?.rollUpsRefreshed?.({ minutes, tookMs });
    },
  });
}

interface Following {
  readonly run: Promise<void>;
  positions(): readonly PartitionPosition[];
  stop(): Promise<void>;
}

/** Reads from where the state says; what the log holds no longer is told and left out. */
function follow(parts: Parts, stored: StoredBefore, loop: ArchiveLoop): Following {
  const { options, state } = parts;
  const { log, events } = options;
  let stopping = false;
  let current: Reader | undefined;
  const assigned = new Map<string, PartitionPosition & { readonly key: string }>();
  const startAt: ReaderOptions['startAt'] = async ({ name: topic, incarnation }, partition) => {
    const key = partitionKey(topic, incarnation, partition);
    const start = (await log.startOffsets(topic))[partition] ?? 0;
    const end = (await log.endOffsets(topic))[partition] ?? 0;
    // A log that was cut off behind us goes on from its end: new records must not be skipped.
    const next = Math.min(loop.positionOf(key), end);
    if (next < start) {
      events?.historyShortened?.({ topic, partition, missingFrom: next, beginsAt: start });
    }
    const from = Math.max(start, next);
    const archived = TOPICS_BY_NAME.get(topic);
    if (archived !== undefined && end > from) {
      await stored.begin(archived, { topic, incarnation, partition }, from);
    }
    loop.seek(key, from);
    assigned.set(`${topic}/${partition}`, { key, topic, partition, next: from });
    return from;
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      current = log.reader({
        group: GROUP,
        topics: [...TOPICS_BY_NAME.keys()],
        batchRecordsMax: READ_RECORDS_MAX,
        startAt,
        committed: ({ name, incarnation }, partition) =>
          state.nextOffset(partitionKey(name, incarnation, partition)) ?? 0,
        onRevoked: (topic, partition) => assigned.delete(`${topic}/${partition}`),
      });
      try {
        return await current.run((batch) => loop.take(batch));
      } catch (error) {
        if (!(error instanceof ExpiredError)) throw error;
      }
    }
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    await current?.stop();
  };
  const positions = () =>
    [...assigned.values()].map(({ key, topic, partition, next }) => {
      return { topic, partition, next: Math.max(next, state.nextOffset(key) ?? 0) };
    });
  return { run: run(), positions, stop };
}

/** Ends everything in order; never rejects, since what is not written now is in the log. */
async function shutDown(
  parts: Parts,
  loop: ArchiveLoop,
  rollUps: RollUpRefresh,
  reader: Following,
): Promise<void> {
  const late = setTimeout(() => parts.abort.abort(), STOP_MS_MAX);
  const quietly = (work: Promise<void>): Promise<void> => work.catch(() => undefined);
  await quietly(reader.stop());
  await quietly(loop.write().then(() => rollUps.drain()));
  clearTimeout(late);
  loop.close();
  parts.abort.abort();
  await loop.warmedUp();
  await quietly(rollUps.warmedUp());
  await quietly(parts.client.close());
  await quietly(parts.state.close());
}

/** Promise.withResolvers, which Node 20 has not. */
function openPromise(): {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever does not look at `done` still learns of a failure from `flush`.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

export async function startArchiver(options: ArchiverOptions): Promise<Archiver> {
  const parts = await openParts(options);
  const { log } = options;
  const ended = openPromise();
  const rollUps = rollUpsOf(parts);
  const stored = new StoredBefore(parts.store);
  const loop = new ArchiveLoop({
    ...parts,
    stored,
    log,
    rollUps,
    topics: TOPICS_BY_NAME,
    now: options.now,
    events: options.events ?? {},
    onFailed: ended.reject,
  });
  const reader = follow(parts, stored, loop);
  reader.run.catch((error: unknown) => loop.abandon(error));
  let stopped: Promise<void> | undefined;
  const workload = {
    name: 'archiver',
    topics: [...TOPICS_BY_NAME.keys()],
    positions: () => reader.positions(),
  };
  return {
    workload,
    done: ended.promise,
    stats: () => ({
      ...loop.stats(),
      storeRetries: parts.counts.retries,
      rollUpsRefreshed: parts.counts.minutes,
    }),
    flush: async (until) => {
      await loop.reach(await targetsOf(log, TOPICS_BY_NAME.keys(), until));
      await rollUps.drain();
    },
    hold: (work) => loop.hold(work),
    stop: () => {
      stopped ??= shutDown(parts, loop, rollUps, reader).then(ended.resolve);
      return stopped;
    },
  };
}
