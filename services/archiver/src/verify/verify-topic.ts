/**
 * Compares one topic's records with its table, cell by cell, by the archiver's own mapper. Physical
 * rows, not FINAL, which would hide a copy.
 */
import {
  type Applied,
  decodeSrc,
  isRepeat,
  type LogRecord,
  srcPartition,
} from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';
import { type ArchivedTopic, type Cells, isEvent } from '../rows/archived-topic.ts';
import { makeRow } from '../rows/archived-topics.ts';
import { EPOCH } from '../rows/clickhouse-time.ts';
import { DEAD_LETTERS } from '../rows/dead-letter-row.ts';
import { expiresMs } from '../rows/row-lives.ts';
import type { Findings } from './problem.ts';
import { type Chunk, type PartitionPlace, readPartition } from './read-partition.ts';
import type { TopicCheck } from './row-places.ts';
import { reportBeyond, reportTwice, rowName } from './row-places.ts';
import { rowsOfRange, select, storedCells } from './stored-range.ts';

/** Ids in one query: its text must stay below ClickHouse's `max_query_size` of 256 KiB. */
const IDS_MAX = 2_000;

interface Expected {
  readonly table: ArchivedTopic;
  readonly cells: Cells;
  readonly id: string | undefined;
}

function expectedOf(topic: ArchivedTopic, record: LogRecord): Expected {
  const parsed = topic.parse(record);
  const made = makeRow(topic, record, parsed, EPOCH);
  const id = topic.idField === undefined ? undefined : parsed?.value[topic.idField];
  return {
    table: made.table,
    cells: storedCells(made.cells),
    id: made.table === topic && typeof id === 'string' ? id : undefined,
  };
}

function placeOf(record: LogRecord): string {
  return `${record.topic}/${record.partition}/${record.offset}`;
}

function reportDifferences(
  findings: Findings,
  record: LogRecord,
  expected: Expected,
  row: Cells,
): void {
  for (const [at, column] of expected.table.columns.entries()) {
    if (column === 'stored_at') continue;
    const [want, have] = [JSON.stringify(expected.cells[at]), JSON.stringify(row[at])];
    if (want === have) continue;
    findings.add({
      code: 'row_altered',
      what: `Column ${column} does not say what the record ${placeOf(record)} says.`,
      where: rowName(expected.table, expected.cells),
      expected: want,
      found: have,
    });
  }
}

/** Of one partition; marks are kept over its chunks as the archiver keeps them. */
class PartitionCheck {
  readonly #check: TopicCheck;
  readonly #marks = new Map<string, Applied>();

  constructor(check: TopicCheck) {
    this.#check = check;
  }

  async chunk(place: PartitionPlace, chunk: Chunk): Promise<void> {
    const { client, topic, counts, onProgress } = this.#check;
    const { name, incarnation } = place.topic;
    const { partition } = place;
    const range = { topic: name, incarnation, partition, from: chunk.from, to: chunk.to };
    const rows = await rowsOfRange(client, topic, range);
    const odd = topic === DEAD_LETTERS ? rows : await rowsOfRange(client, DEAD_LETTERS, range);
    const used = new Set<Cells>();
    const missing: { record: LogRecord; expected: Expected }[] = [];
    for (const record of chunk.records) {
      counts.records += 1;
      if (!isEvent(record) || this.#isRepeat(record)) continue;
      const expected = expectedOf(topic, record);
      const found = (expected.table === topic ? rows : odd).get(record.offset) ?? [];
      if (found.length === 0) missing.push({ record, expected });
      else this.#compare(record, expected, found);
      for (const row of found) used.add(row);
    }
    await this.#judgeMissing(missing);
    this.#reportUnfounded(topic, rows, used);
    if (topic !== DEAD_LETTERS) this.#reportUnfounded(DEAD_LETTERS, odd, used);
    onProgress(chunk.to - chunk.from);
  }

  #isRepeat(record: LogRecord): boolean {
    const text = record.headers[HEADERS.src];
    const mark = text === undefined ? undefined : decodeSrc(text);
    if (mark === undefined) return false;
    const source = srcPartition(mark);
    if (isRepeat(mark, this.#marks.get(source))) {
      this.#check.counts.repeats += 1;
      return true;
    }
    this.#marks.set(source, { offset: mark.offset, index: mark.index });
    return false;
  }

  #compare(record: LogRecord, expected: Expected, found: readonly Cells[]): void {
    const { findings, counts } = this.#check;
    counts.rows += 1;
    for (const row of found) reportDifferences(findings, record, expected, row);
    const storedAt = expected.table.columns.indexOf('stored_at');
    const times = new Set(found.map((row) => row[storedAt]));
    counts.copies += found.length - 1;
    if (found.length === 1) return;
    findings.add({
      code: 'row_doubled',
      what: `The record ${placeOf(record)} has ${found.length} rows.`,
      where: rowName(expected.table, expected.cells),
      expected: '1 row',
      found: `${found.length} rows, stored at ${[...times].join(', ')}`,
    });
  }

  /** No row of their own: right for a repeat of an id whose first record has its row. */
  async #judgeMissing(
    missing: readonly { readonly record: LogRecord; readonly expected: Expected }[],
  ): Promise<void> {
    const ids = missing.flatMap(({ expected }) => expected.id ?? []);
    const firsts = ids.length === 0 ? new Map<string, number>() : await this.#firstOffsets(ids);
    for (const { record, expected } of missing) {
      const first = firsts.get(`${record.incarnation}/${record.partition}/${expected.id}`);
      if (
        (first !== undefined && first < record.offset) ||
        (await this.#isOldNews(record, expected))
      ) {
        this.#check.counts.repeats += 1;
        continue;
      }
      if (await this.#hasExpired(record, expected)) {
        this.#check.counts.expired += 1;
        continue;
      }
      this.#check.findings.add({
        code: 'row_missing',
        what: `The record ${placeOf(record)} has no row.`,
        where: rowName(expected.table, expected.cells),
        expected: '1 row',
      });
    }
  }

  async #hasExpired({ topic, partition, offset }: LogRecord, expected: Expected): Promise<boolean> {
    const { log, lives, nowMs } = this.#check;
    const appendedMs = await log.appendedAfter?.(topic, partition, offset);
    const at = expiresMs(lives, expected.table, expected.cells, appendedMs);
    return at !== undefined && at <= nowMs;
  }

  /** Written again by a stage whose history was shortened. */
  async #isOldNews(record: LogRecord, { table, cells }: Expected): Promise<boolean> {
    const { client, retained } = this.#check;
    if (!retained.isShortened || record.headers[HEADERS.src] === undefined) return false;
    if (table.idColumns.includes('log_offset')) return false;
    const values = table.idColumns.map((column) => cells[table.columns.indexOf(column)]);
    const params = Object.fromEntries(values.map((value, at) => [`v${at}`, String(value)]));
    const same = table.idColumns.map((column, at) => `toString(${column}) = {v${at}: String}`);
    const rows = await select(
      client,
      `SELECT 1 FROM ${table.table} WHERE ${same.join(' AND ')}
  AND log_partition = {partition: UInt32} AND log_offset < {offset: UInt64} LIMIT 1`,
      { ...params, partition: record.partition, offset: record.offset },
    );
    return rows.length > 0;
  }

  async #firstOffsets(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { client, topic } = this.#check;
    const first = new Map<string, number>();
    for (let at = 0; at < ids.length; at += IDS_MAX) {
      const rows = await select(
        client,
        `SELECT log_incarnation, log_partition, toString(${topic.idField}), min(log_offset)
FROM ${topic.table} WHERE ${topic.idField} IN (SELECT toUUIDOrZero(arrayJoin({ids: Array(String)})))
GROUP BY 1, 2, 3`,
        { ids: ids.slice(at, at + IDS_MAX) },
      );
      for (const [inc, part, id, offset] of rows) first.set(`${inc}/${part}/${id}`, Number(offset));
    }
    return first;
  }

  #reportUnfounded(
    table: ArchivedTopic,
    rows: ReadonlyMap<number, readonly Cells[]>,
    used: ReadonlySet<Cells>,
  ): void {
    for (const row of [...rows.values()].flat()) {
      if (used.has(row)) continue;
      this.#check.findings.add({
        code: 'row_without_record',
        what: 'The log has, where this row says it comes from, no record that makes it.',
        where: rowName(table, row),
        found: row[table.columns.indexOf('raw')],
      });
    }
  }
}

export async function verifyTopic(check: TopicCheck): Promise<void> {
  const { log, topic, findings } = check;
  const info = await log.describe(topic.topic);
  for (let partition = 0; partition < info.partitions; partition++) {
    const place = { log, topic: info, partition, until: check.until?.[partition] };
    const one = new PartitionCheck(check);
    for await (const chunk of readPartition(place, findings)) await one.chunk(place, chunk);
  }
  await reportBeyond(check, info.incarnation);
  await reportTwice(check);
}
