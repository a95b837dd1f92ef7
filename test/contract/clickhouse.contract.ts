// What every ClickHouse that Waywarden stands on has to do, told through the unchanged @clickhouse/client. The embedded
// engine and a real server run the same list; a difference between them is a bug of the embedded one.
import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ODD = [
  "it's",
  'back\\slash',
  'tab\tline\nreturn\r',
  'nul\u0000 bell\u0007',
  '"double" `tick` $dollar {brace}',
  '; DROP TABLE x; -- /* # */',
  '😀 日本語 ä\u0301 \u200f',
  '',
];

const wait = async (client: ClickHouseClient, query: string): Promise<void> => {
  await client.command({ query });
};

export const clickHouseContract = (name: string, urlOf: () => string): void => {
  describe(`ClickHouse contract: ${name}`, () => {
    const database = `contract_${randomUUID().replaceAll('-', '')}`;
    let client: ClickHouseClient;
    const rows = async <T>(query: string, query_params: Record<string, unknown> = {}) =>
      (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
    const failureOf = async (query: string): Promise<unknown> =>
      client.query({ query, format: 'JSONEachRow' }).then(
        async (result) => result.json().then(() => undefined),
        (error: unknown) => error,
      );

    beforeAll(async () => {
      const root = createClient({ url: urlOf(), log: { level: 127 } });
      await wait(root, `CREATE DATABASE ${database}`);
      await wait(root, `CREATE DATABASE ${database}_b`);
      await root.close();
      client = createClient({ url: urlOf(), database, log: { level: 127 } });
    });
    afterAll(async () => {
      await client.close();
      const root = createClient({ url: urlOf() });
      await wait(root, `DROP DATABASE ${database}`);
      await wait(root, `DROP DATABASE ${database}_b`);
      await root.close();
    });

    it('answers a ping, with and without a query', async () => {
      expect(await client.ping()).toEqual({ success: true });
      expect(await client.ping({ select: true })).toEqual({ success: true });
    });

    it('gives every type back as it was inserted', async () => {
      await wait(
        client,
        `CREATE TABLE types (n UInt32, s String, u UUID, d DateTime64(9, 'UTC'), l LowCardinality(String),
         a Array(String), m Map(String, String), e Enum8('allow' = 1, 'deny' = 2), i UInt64, f Float64, o Nullable(Int32))
         ENGINE = MergeTree ORDER BY n`,
      );
      const values = ODD.map((s, n) => ({
        n,
        s,
        u: randomUUID(),
        d: '2026-02-28 23:59:59.123456789',
        l: s,
        a: [...ODD].slice(n),
        m: { [s]: s },
        e: n % 2 === 0 ? 'allow' : 'deny',
        i: '18446744073709551615',
        f: 0.1 + n,
        o: n % 2 === 0 ? null : -n,
      }));
      await client.insert({ table: 'types', values, format: 'JSONEachRow' });
      const back = await client.query({
        query: 'SELECT * FROM types ORDER BY n',
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
      });
      expect(await back.json()).toEqual(values);
    });

    it('binds parameters on the server side, whatever characters they hold', async () => {
      const query = `SELECT {s:String} s, {a:Array(String)} a, {n:Int64} n, {f:Float64} f, {o:Nullable(String)} o,
        toUnixTimestamp64Milli({d:DateTime64(3)}) d, {m:Map(String, String)} m, {b:Bool} b`;
      for (const s of ODD) {
        const params = { s, a: [...ODD], n: -42, f: 0.25, o: null, m: { key: s }, b: true };
        const date = new Date(1_700_000_000_123);
        const settings = { output_format_json_quote_64bit_integers: 0 } as const;
        for (const use_multipart_params of [false, true]) {
          const result = await client.query({
            query,
            query_params: { ...params, d: date },
            format: 'JSONEachRow',
            clickhouse_settings: settings,
            use_multipart_params,
          });
          expect(await result.json()).toEqual([{ ...params, d: date.getTime() }]);
        }
      }
    });

    it('never mixes up parameters and settings of queries that run at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const result = await client.query({
            query: `SELECT {v:String} v, toUInt32(getSetting('max_threads')) t, sleep(0.05) z`,
            query_params: { v: `value ${n}` },
            clickhouse_settings: { max_threads: n + 1 },
            format: 'JSONEachRow',
          });
          return (await result.json<{ v: string; t: number }>())[0];
        }),
      );
      expect(answers).toEqual(answers.map((_, n) => ({ v: `value ${n}`, t: n + 1, z: 0 })));
    });

    it('forgets the settings of a query with the query', async () => {
      const read = `SELECT toUInt32(getSetting('max_block_size')) v`;
      const before = await rows(read);
      const settings = { max_block_size: '1234' };
      await (await client.query({ query: read, clickhouse_settings: settings })).json();
      expect(await rows(read)).toEqual(before);
      expect(before).not.toEqual([{ v: 1234 }]);
    });

    it('keeps only the newest version under ReplacingMergeTree with FINAL', async () => {
      await wait(
        client,
        'CREATE TABLE latest (k UInt32, v UInt32, s String) ENGINE = ReplacingMergeTree(v) ORDER BY k',
      );
      for (const v of [1, 3, 2]) {
        const values = [{ k: 1, v, s: `version ${v}` }];
        await client.insert({ table: 'latest', values, format: 'JSONEachRow' });
      }
      expect(await rows('SELECT s FROM latest FINAL')).toEqual([{ s: 'version 3' }]);
    });

    it('aggregates behind a materialized view with -State and -Merge', async () => {
      await wait(
        client,
        'CREATE TABLE calls (agent String, ms UInt32) ENGINE = MergeTree ORDER BY agent',
      );
      await wait(
        client,
        `CREATE TABLE per_agent (agent String, n AggregateFunction(count), p AggregateFunction(max, UInt32))
         ENGINE = AggregatingMergeTree ORDER BY agent`,
      );
      await wait(
        client,
        `CREATE MATERIALIZED VIEW per_agent_mv TO per_agent AS
         SELECT agent, countState() n, maxState(ms) p FROM calls GROUP BY agent`,
      );
      for (const ms of [5, 9, 7]) {
        const values = [
          ['a', ms],
          ['b', ms * 2],
        ];
        await client.insert({ table: 'calls', values, format: 'JSONCompactEachRow' });
      }
      const merged = `SELECT agent, toUInt32(countMerge(n)) n, maxMerge(p) p FROM per_agent GROUP BY agent ORDER BY agent`;
      expect(await rows(merged)).toEqual([
        { agent: 'a', n: 3, p: 9 },
        { agent: 'b', n: 3, p: 18 },
      ]);
    });

    it('tells errors as ClickHouseError with their code, and stays usable', async () => {
      const cases = [
        ['SELECT * FROM no_such_table', '60', 'UNKNOWN_TABLE'],
        ['SELECT (1', '62', 'SYNTAX_ERROR'],
        ['SELECT 1; SELECT 2', '62', 'SYNTAX_ERROR'],
        ['SELECT no_such_column', '47', 'UNKNOWN_IDENTIFIER'],
        ['SELECT {unset:String}', '456', 'UNKNOWN_QUERY_PARAMETER'],
      ] as const;
      for (const [query, code, type] of cases) {
        const failure = await failureOf(query);
        expect(failure).toBeInstanceOf(ClickHouseError);
        expect(failure).toMatchObject({ code, type });
      }
      const elsewhere = createClient({ url: urlOf(), database: 'no_such_db', log: { level: 127 } });
      await expect(elsewhere.command({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '81' });
      await elsewhere.close();
      expect(await client.ping()).toEqual({ success: true });
    });

    it('inserts nothing of a batch that holds one bad row', async () => {
      await wait(client, 'CREATE TABLE strict (a UInt8) ENGINE = MergeTree ORDER BY a');
      const values = [{ a: 1 }, { a: 'no number' }];
      await expect(
        client.insert({ table: 'strict', values, format: 'JSONEachRow' }),
      ).rejects.toBeInstanceOf(ClickHouseError);
      expect(await rows('SELECT * FROM strict')).toEqual([]);
    });

    it('tells an error in the middle of a stream, after rows were sent', async () => {
      const result = await client.query({
        query: 'SELECT throwIf(number = 900000) v FROM numbers(1000000)',
        format: 'JSONEachRow',
        clickhouse_settings: { max_threads: 1, max_block_size: '10000' },
      });
      await expect(result.json()).rejects.toMatchObject({ code: '395' });
    });

    it('streams a million rows, whole and in order', async () => {
      const result = await client.query({
        query: 'SELECT number n FROM numbers(1000000)',
        format: 'JSONCompactEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      });
      let next = 0;
      for await (const part of result.stream<[number]>()) {
        for (const row of part) {
          if (row.json()[0] !== next) throw new Error(`Row ${next} is ${row.text}.`);
          next += 1;
        }
      }
      expect(next).toBe(1_000_000);
    });

    it('speaks gzip in both directions', async () => {
      const zipped = createClient({
        url: urlOf(),
        database,
        compression: { request: true, response: true },
      });
      await wait(zipped, 'CREATE TABLE zipped (a UInt32, s String) ENGINE = MergeTree ORDER BY a');
      const values = Array.from({ length: 5_000 }, (_, a) => ({ a, s: 'same '.repeat(20) }));
      await zipped.insert({ table: 'zipped', values, format: 'JSONEachRow' });
      for (const format of ['JSONEachRow', 'JSON'] as const) {
        const result = await zipped.query({ query: 'SELECT * FROM zipped ORDER BY a', format });
        expect(result.response_headers['content-encoding']).toBe('gzip');
        const read = await result.json<{ a: number; s: string }>();
        expect(Array.isArray(read) ? read : read.data).toEqual(values);
      }
      await zipped.close();
    });

    it('keeps two databases apart', async () => {
      const other = createClient({ url: urlOf(), database: `${database}_b` });
      for (const [one, v] of [
        [client, 1],
        [other, 2],
      ] as const) {
        await wait(one, 'CREATE TABLE apart (v UInt8) ENGINE = MergeTree ORDER BY v');
        await one.insert({ table: 'apart', values: [{ v }], format: 'JSONEachRow' });
      }
      expect(await rows('SELECT v FROM apart')).toEqual([{ v: 1 }]);
      expect(
        await (await other.query({ query: 'SELECT v FROM apart', format: 'JSONEachRow' })).json(),
      ).toEqual([{ v: 2 }]);
      await other.close();
    });

    it('takes 100,000 rows in one insert and counts them in the summary', async () => {
      await wait(client, 'CREATE TABLE big (a UInt32, s String) ENGINE = MergeTree ORDER BY a');
      const values = Array.from({ length: 100_000 }, (_, a) => ({ a, s: `row ${a}` }));
      const { summary } = await client.insert({ table: 'big', values, format: 'JSONEachRow' });
      expect(summary?.written_rows).toBe('100000');
      expect(await rows('SELECT toUInt32(uniqExact(a)) n FROM big')).toEqual([{ n: 100_000 }]);
    });

    it('reads the other formats that are used, and answers with the query id it was given', async () => {
      const text = async (format: 'CSVWithNames' | 'TabSeparated') =>
        (await client.query({ query: "SELECT 1 a, 'x,y' b", format })).text();
      expect(await text('CSVWithNames')).toBe('"a","b"\n1,"x,y"\n');
      expect(await text('TabSeparated')).toBe('1\tx,y\n');
      const long = await client.query({
        query: 'SELECT number FROM numbers(200000)',
        format: 'CSVWithNames',
      });
      expect((await long.text()).match(/number/g)).toHaveLength(1);
      const { query_id } = await client.query({ query: 'SELECT 1', query_id: 'mine' });
      expect(query_id).toBe('mine');
      const executed = await client.exec({ query: 'SELECT 7 FORMAT CSV' });
      expect(Buffer.concat(await executed.stream.toArray()).toString()).toBe('7\n');
    });
  });
};
