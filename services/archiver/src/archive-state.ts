/**
 * The archiver's local state: offsets, marks, recent ids, the open intent, roll-ups to refresh. The
 * intent is on disk before an insert, as ClickHouse drops a second insert of a token whatever is in
 * it. Losing this folder loses no row.
 */
import type { Applied } from '@waywarden/event-log';
import { assertPages } from '@waywarden/event-log/lmdb/check-pages';
import { open, type RootDatabase } from 'lmdb';
import { type IdPage, pageWords, RecentIds } from './recent-ids.ts';

/** Consecutive records of one partition that are inserted together. */
export interface Segment {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
  /** Offsets that were dropped as repeats. */
  readonly skipped: readonly number[];
}

/** An insert that was begun; replayed as it stands until it is committed. */
export interface Intent {
  readonly token: string;
  readonly segments: readonly Segment[];
  /** Part of the intent, so that the rows of a replay are the same to the byte. */
  readonly storedAt: string;
  /** Minutes (`YYYY-MM-DD hh:mm:00`) whose roll-ups the batch changes. */
  readonly minutes: readonly string[];
}

export type ArchiveMarks = Readonly<Record<string, Applied>>;

export interface Commit {
  readonly intent: Intent;
  /** By partition key (see `partitionKey`). */
  readonly marks: ReadonlyMap<string, ArchiveMarks>;
  readonly ids: IdPage;
}

const INTENT = 'intent';
const DIRTY = 'dirty/';
const IDS = 'ids/';
/** After every ASCII character that a key of ours holds. */
const END = '\uffff';
const MAP_BYTES_MAX = 16 * 1024 ** 3;
const NUMBER_DIGITS = 12;

export function partitionKey(topic: string, incarnation: string, partition: number): string {
  return `${topic}/${incarnation}/${partition}`;
}

function padded(value: number): string {
  return String(value).padStart(NUMBER_DIGITS, '0');
}

export class ArchiveState {
  readonly recentIds: RecentIds;
  readonly #db: RootDatabase<unknown, string>;
  #page: number;
  #dirtySerial: number;

  private constructor(db: RootDatabase<unknown, string>) {
    this.#db = db;
    const loaded = loadIds(db);
    this.recentIds = loaded.ids;
    this.#page = loaded.nextPage;
    this.#dirtySerial = 0;
    for (const { value } of db.getRange({ start: DIRTY, end: DIRTY + END })) {
      this.#dirtySerial = Math.max(this.#dirtySerial, value as number);
    }
  }

  /** Opens or makes the environment in the folder `path`; EventLogError `state_damaged`. */
  static open(path: string): ArchiveState {
    assertPages(path, 'state_damaged');
    // Not overlapping: a write that resolved is on disk, so an intent survives a power cut too.
    const options = { path, mapSize: MAP_BYTES_MAX, overlappingSync: false, noSubdir: false };
    return new ArchiveState(open<unknown, string>({ ...options, encoding: 'msgpack' }));
  }

  nextOffset(key: string): number | undefined {
    const value = this.#db.get(`offset/${key}`);
    return typeof value === 'number' ? value : undefined;
  }

  marks(key: string): ArchiveMarks {
    return (this.#db.get(`marks/${key}`) as ArchiveMarks | undefined) ?? {};
  }

  openIntent(): Intent | undefined {
    return this.#db.get(INTENT) as Intent | undefined;
  }

  async writeIntent(intent: Intent): Promise<void> {
    await this.#db.put(INTENT, intent);
  }

  async dropIntent(): Promise<void> {
    await this.#db.remove(INTENT);
  }

  /** Offsets, marks, ids and dirty minutes become visible, and the intent goes, all at once. */
  async commit(commit: Commit): Promise<void> {
    const turn = this.recentIds.full;
    if (turn) this.recentIds.turn();
    const dropped = turn ? this.#pagesOf(this.recentIds.generation - 2) : [];
    const serial = ++this.#dirtySerial;
    await this.#db.transaction(() => {
      for (const key of dropped) this.#db.removeSync(key);
      if (commit.ids.size > 0) {
        const key = `${IDS}${padded(this.recentIds.generation)}/${padded(this.#page++)}`;
        this.#db.putSync(key, commit.ids.bytes());
      }
      for (const segment of commit.intent.segments) {
        const key = partitionKey(segment.topic, segment.incarnation, segment.partition);
        this.#db.putSync(`offset/${key}`, segment.last + 1);
      }
      for (const [key, marks] of commit.marks) this.#db.putSync(`marks/${key}`, marks);
      for (const minute of commit.intent.minutes) this.#db.putSync(DIRTY + minute, serial);
      this.#db.removeSync(INTENT);
    });
    this.recentIds.add(commit.ids.words());
  }

  /** Minutes to refresh, oldest first, each with the serial of its last change. */
  dirtyMinutes(limit: number): ReadonlyMap<string, number> {
    const range = this.#db.getRange({ start: DIRTY, end: DIRTY + END, limit });
    const minutes = new Map<string, number>();
    for (const { key, value } of range) minutes.set(key.slice(DIRTY.length), value as number);
    return minutes;
  }

  /** Forgets minutes that were refreshed, unless they were changed again meanwhile. */
  async refreshed(minutes: ReadonlyMap<string, number>): Promise<void> {
    await this.#db.transaction(() => {
      for (const [minute, serial] of minutes) {
        if (this.#db.get(DIRTY + minute) === serial) this.#db.removeSync(DIRTY + minute);
      }
    });
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #pagesOf(generation: number): readonly string[] {
    const start = `${IDS}${padded(Math.max(0, generation))}/`;
    return generation < 0 ? [] : [...this.#db.getKeys({ start, end: start + END })];
  }
}

function loadIds(db: RootDatabase<unknown, string>): {
  readonly ids: RecentIds;
  readonly nextPage: number;
} {
  let ids: RecentIds | undefined;
  let nextPage = 0;
  for (const { key, value } of db.getRange({ start: IDS, end: IDS + END })) {
    const [, generation = '0', page = '0'] = key.split('/');
    ids ??= new RecentIds(Number(generation));
    while (ids.generation < Number(generation)) ids.turn();
    ids.add(pageWords(value as Uint8Array));
    nextPage = Number(page) + 1;
  }
  return { ids: ids ?? new RecentIds(), nextPage };
}
