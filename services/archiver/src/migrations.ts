/**
 * Brings the tables up: numbered SQL files, each applied once, with its checksum. An altered file
 * is refused. Statements are idempotent, so that a crash or a second archiver is harmless.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { ArchiverError } from './clickhouse-errors.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import { RowBytes } from './rows/row-bytes.ts';

const MIGRATION_FILE = /^\d{3}_[a-z0-9_]+\.sql$/;

/** Beside the sources and beside the built files alike. */
const MIGRATIONS_FOLDER = new URL('../../../schemas/clickhouse/', import.meta.url);

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const HISTORY = `CREATE TABLE IF NOT EXISTS schema_migrations_v1
(
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (name, checksum)`;

/** A folder's numbered SQL files, in order. */
export async function readMigrations(
  folder: URL | string = MIGRATIONS_FOLDER,
): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => MIGRATION_FILE.test(name)).sort();
  const base = typeof folder === 'string' ? `${folder}/` : folder;
  return Promise.all(
    names.map(async (name) => {
      const path = typeof base === 'string' ? base + name : new URL(name, base);
      return { name, sql: await readFile(path, 'utf8') };
    }),
  );
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

/** The statements of a file: one HTTP request takes one. */
export function statementsOf(sql: string): readonly string[] {
  const code = sql.replace(/^\s*--.*$/gm, '');
  return code
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function assertUnaltered(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): void {
  for (const migration of migrations) {
    const before = applied.get(migration.name);
    if (before === undefined || before === checksumOf(migration)) continue;
    throw new ArchiverError(
      'migration_altered',
      `${migration.name} was applied with checksum ${before} and now has ${checksumOf(migration)}. Restore the file and write the change as a new one.`,
    );
  }
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied.keys()) {
    if (known.has(name)) continue;
    throw new ArchiverError(
      'migration_missing',
      `The store has ${name} applied, which this version does not know: it is older than the store.`,
    );
  }
}

async function appliedMigrations(client: ClickHouseClient): Promise<ReadonlyMap<string, string>> {
  const result = await client.query({
    query: 'SELECT name, checksum FROM schema_migrations_v1 FINAL ORDER BY name',
    format: 'JSONCompactEachRow',
  });
  return new Map(await result.json<[string, string]>());
}

function migrationRow(migration: Migration): readonly Buffer[] {
  const row = new RowBytes();
  row.row([migration.name, checksumOf(migration)]);
  return row.blocks();
}

/** Gives the names of what was applied now. */
export async function migrate(
  client: ClickHouseClient,
  store: ClickHouseStore,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await store.run('make the table of migrations', HISTORY);
  const applied = await appliedMigrations(client);
  assertUnaltered(migrations, applied);
  const done: string[] = [];
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue;
    for (const statement of statementsOf(migration.sql)) {
      await store.run(`apply ${migration.name}`, statement);
    }
    await store.insert({
      table: 'schema_migrations_v1',
      columns: ['name', 'checksum'],
      blocks: migrationRow(migration),
      token: `migration/${migration.name}`,
    });
    done.push(migration.name);
  }
  return done;
}
