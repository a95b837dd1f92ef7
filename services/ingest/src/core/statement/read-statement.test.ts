import type { ToolEntry } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { readStatement, STATEMENT_LENGTH_MAX } from './read-statement.ts';

function entry(language: 'sql' | 'shell', arg: string): ToolEntry {
  return { match: { tool: 'x' }, capabilities: [], effect: 'update', statement: { language, arg } };
}
const sql = (args: unknown) => readStatement(entry('sql', 'sql|queries'), args)?.effect;
const shell = (args: unknown) => readStatement(entry('shell', 'command'), args)?.effect;
const padding = 'a'.repeat(STATEMENT_LENGTH_MAX);

it('reads what the entry names, one text or a list, and nothing else', () => {
  expect(sql({ sql: 'DROP TABLE t', note: 'SELECT 1' })).toBe('delete');
  expect(sql({ queries: ['SELECT 1', 'DROP TABLE t'] })).toBe('delete');
  expect(sql('DROP TABLE t')).toBe('delete');
  expect(sql({ note: 'DROP TABLE t' })).toBeUndefined();
  expect(sql({ sql: 7 })).toBeUndefined();
  expect(sql(undefined)).toBeUndefined();
  expect(
    readStatement({ ...entry('sql', 'sql'), statement: undefined }, { sql: 'DROP TABLE t' }),
  ).toBe(undefined);
});

it('takes a list of words for one command, each word as it was given', () => {
  expect(shell({ command: ['rm', '-rf', '/srv'] })).toBe('delete');
  expect(shell({ command: ['echo', 'rm -rf /srv; rm -rf /srv'] })).toBeUndefined();
  expect(shell({ command: ['bash', '-lc', "rm -rf '/srv'"] })).toBe('delete');
  expect(shell({ command: 'rm', args: ['-rf', '/srv'] })).toBe('delete');
});

it('lets no padding hide what stands behind it', () => {
  expect(sql({ sql: `SELECT '${padding}'; DROP DATABASE prod` })).toBe('delete');
  expect(sql({ sql: `SELECT 1 /* ${padding} */ ; grant all on t to bob` })).toBe('delete');
  expect(shell({ command: `echo ${padding}\nsudo rm -rf /srv` })).toBe('delete');
  // What was not looked at may write, and is no deletion for being long.
  expect(sql({ sql: `SELECT '${padding}'` })).toBe('update');
  expect(sql({ sql: `INSERT INTO t VALUES ('${padding}')` })).toBe('update');
  expect(shell({ command: `echo ${padding}` })).toBeUndefined();
});
