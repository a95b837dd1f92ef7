import { describe, expect, it } from 'vitest';
import { readMigrations, statementsOf } from './migrations.ts';

describe('migrations', () => {
  it('splits a file into statements, without its comments', () => {
    expect(statementsOf('-- one; two\nCREATE a;\n\n  -- x\nCREATE b\n(\n c\n);\n')).toEqual([
      'CREATE a',
      'CREATE b\n(\n c\n)',
    ]);
  });

  it('finds the files of the schemas, numbered without a gap', async () => {
    const names = (await readMigrations()).map((migration) => migration.name);
    expect(names.map((name) => Number(name.slice(0, 3)))).toEqual(names.map((_, at) => at + 1));
    expect(names.length).toBeGreaterThanOrEqual(8);
  });
});
