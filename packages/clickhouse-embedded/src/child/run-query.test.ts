import { describe, expect, it } from 'vitest';
import { parseStatement } from './run-query.ts';

describe('reading a statement', () => {
  it.each([
    ['SELECT 1', 'select', undefined],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV', 'select', 'CSV'],
    ['/* INSERT */ -- x\n with 1 as x select x format JSONEachRow;', 'select', 'JSONEachRow'],
    ['SELECT 1 FORMAT JSON SETTINGS max_threads = 1', 'select', 'JSON'],
    ['SELECT format FROM t', 'select', undefined],
    ["SELECT 'a'' FORMAT CSV; \\' ;' x", 'select', undefined],
    ['SELECT `a;b`, "c;d", $x$ ; FORMAT CSV $x$', 'select', undefined],
    ['CREATE TABLE t (a Int8) ENGINE = Memory', 'other', undefined],
    ['', 'other', undefined],
  ])('%s', (sql, kind, format) => {
    expect(parseStatement(sql)).toMatchObject({ kind, format, dataStart: undefined });
  });

  it('finds where the data of an insert starts and reads no further', () => {
    const sql = 'INSERT INTO t (format, values) SETTINGS a=1 FORMAT JSONEachRow {"a":"; SELECT 1"}';
    const statement = parseStatement(sql);
    expect(statement.format).toBe('JSONEachRow');
    expect(sql.slice(statement.dataStart)).toBe(' {"a":"; SELECT 1"}');
    expect(parseStatement("INSERT INTO t VALUES ('x; y')").dataStart).toBe(20);
    expect(parseStatement('INSERT INTO t SELECT 1').dataStart).toBeUndefined();
  });

  it('ends before a closing semicolon and refuses a second statement', () => {
    expect(parseStatement('SELECT 1 ; -- done').end).toBe(9);
    expect(() => parseStatement('SELECT 1; DROP TABLE t')).toThrow(/Multi-statements/);
    expect(() => parseStatement('INSERT INTO t SELECT 1; SELECT 2')).toThrow(/Multi-statements/);
  });

  it('refuses what the engine would do wrongly in silence', () => {
    expect(() =>
      parseStatement("INSERT INTO t SELECT a FROM input('a Int8') FORMAT JSONEachRow"),
    ).toThrow(/input\(\)/);
    expect(() => parseStatement("SELECT 1 INTO OUTFILE '/tmp/x'")).toThrow(/OUTFILE/);
  });
});
