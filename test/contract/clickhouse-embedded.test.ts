// The embedded engine: the common contract, and what it promises beyond a server's: one owner a folder, an engine that
// comes back by itself, and no acknowledged row lost or doubled on the way.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import {
  type ClickHouseEvent,
  type EmbeddedClickHouse,
  startClickHouse,
} from '@waywarden/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clickHouseContract } from './clickhouse.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-clickhouse-'));
let shared: EmbeddedClickHouse;
beforeAll(async () => {
  shared = await startClickHouse({ path: join(folder, 'shared') });
});
afterAll(async () => {
  await shared.stop();
  rmSync(folder, { recursive: true, force: true });
});

clickHouseContract('embedded', () => shared.url);

const server = process.env['CLICKHOUSE_URL'];
if (server === undefined) {
  describe('ClickHouse contract: real server', () => {
    it.skip('SKIPPED, NOTHING WAS TESTED: set CLICKHOUSE_URL to run the contract on a server', () =>
      undefined);
  });
} else clickHouseContract('real server', () => server);

const clientOf = (url: string, options: object = {}): ClickHouseClient =>
  createClient({ url, log: { level: 127 }, ...options });

const select = async <T>(client: ClickHouseClient, query: string): Promise<T[]> =>
  (await client.query({ query, format: 'JSONEachRow' })).json<T>();

const statusField = (pid: number, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) /
  1024;

const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

const raw = async (url: string, headers: Record<string, string>, body = '') => {
  const request = httpRequest(url, { method: 'POST', headers });
  request.on('error', () => undefined);
  request.write(body);
  const [response] = await once(request, 'response');
  const code = response.headers['x-clickhouse-exception-code'];
  const text = Buffer.concat(await response.toArray()).toString();
  request.destroy();
  return { status: response.statusCode, code, text };
};

describe('embedded ClickHouse: access and limits', () => {
  it('refuses a body over the limit by name, before reading it', async () => {
    const over = String(256 * 1024 * 1024 + 1);
    const answer = await raw(shared.url, { 'content-length': over }, 'x');
    expect(answer).toMatchObject({ status: 413, code: '377' });
    expect(answer.text).toMatch(/^Code: 377\. DB::Exception: .*\(QUERY_IS_TOO_LARGE\)/);
  });

  it('refuses requests of web pages, and whatever carries another host name', async () => {
    for (const header of [{ origin: 'https://evil.example' }, { host: 'evil.example:80' }]) {
      const answer = await raw(`${shared.url}/?query=SELECT+1`, {
        'content-length': '0',
        ...header,
      });
      expect(answer).toMatchObject({ status: 403, code: '516' });
    }
  });

  it('refuses what it would have to ignore: sessions and roles', async () => {
    const client = clientOf(shared.url);
    const ask = client.query({ query: 'SELECT 1', session_id: 'one' });
    await expect(ask).rejects.toMatchObject({ code: '48' });
    await client.close();
  });

  it('streams a result larger than the memory that it takes for it', async () => {
    const pid = shared.pid() ?? 0;
    const client = clientOf(shared.url);
    const read = async (rows: number): Promise<number> => {
      const query = `SELECT number, repeat(toString(number), 20) s FROM numbers(${rows})`;
      const result = await client.query({ query, format: 'JSONEachRow' });
      let count = 0;
      for await (const part of result.stream()) count += part.length;
      return count;
    };
    // The first stream fills the engine's pools, which stay; only what comes after tells how much a longer one needs.
    expect(await read(1_000_000)).toBe(1_000_000);
    const before = statusField(pid, 'VmRSS');
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    // 475 MB.
    expect(await read(3_000_000)).toBe(3_000_000);
    expect(statusField(pid, 'VmHWM') - before).toBeLessThan(250);
    await client.close();
  });

  it('refuses to build a whole result over the limit, its own or the default', async () => {
    const client = clientOf(shared.url);
    const ask = async (rows: number, settings: object = {}): Promise<number> => {
      const result = await client.query({
        query: `SELECT repeat(toString(number % 10), 1000) s FROM numbers(${rows})`,
        format: 'JSONCompact',
        clickhouse_settings: { ...settings },
      });
      return (await result.text()).length;
    };
    await expect(ask(400_000)).rejects.toMatchObject({ code: '396' });
    await expect(ask(10_000, { max_result_bytes: '2000000' })).rejects.toMatchObject({
      code: '396',
    });
    expect(await ask(10_000)).toBeGreaterThan(10_000_000);
    await client.close();
  });

  it('asks for the password when it was given one', async () => {
    const guarded = await startClickHouse({ path: join(folder, 'guarded'), password: 'p:w' });
    const right = clientOf(guarded.url, { password: 'p:w' });
    const wrong = clientOf(guarded.url, { password: 'no' });
    expect(await select(right, 'SELECT 1 a')).toEqual([{ a: 1 }]);
    await expect(select(wrong, 'SELECT 1 a')).rejects.toMatchObject({ code: '516' });
    await Promise.all([right.close(), wrong.close()]);
    await guarded.stop();
  });
});

describe('embedded ClickHouse: one owner a folder', () => {
  it('refuses a second owner and names the first', async () => {
    await expect(startClickHouse({ path: join(folder, 'shared') })).rejects.toMatchObject({
      code: 'CLICKHOUSE_FOLDER_TAKEN',
      ownerPid: process.pid,
      message: expect.stringContaining(`process ${process.pid}`),
    });
  });

  it('takes over a lock whose pid belongs to another process by now', async () => {
    const path = join(folder, 'reused');
    await (await startClickHouse({ path })).stop();
    const stale = {
      pid: process.pid,
      birth: 'another boot/1',
      started_at: '',
      url: '',
      token: 't',
    };
    writeFileSync(join(path, 'owner.json'), JSON.stringify(stale));
    const taken = await startClickHouse({ path });
    expect(JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      url: taken.url,
      child: { pid: taken.pid() },
    });
    await taken.stop();
  });

  it('lets go of everything when its owner is killed, and keeps the data', async () => {
    const path = join(folder, 'orphaned');
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const script = fileURLToPath(new URL('./clickhouse-owner-process.ts', import.meta.url));
    const execArgv = ['--conditions', '@waywarden/source', '--import', tsx];
    const owner = fork(script, [path], { execArgv, stdio: 'inherit' });
    const [started] = await once(owner, 'message');
    const first = clientOf(started.url);
    await first.command({ query: 'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a' });
    await first.insert({ table: 't', values: [{ a: 1 }], format: 'JSONEachRow' });
    // A query that would run for minutes must not keep the orphan alive.
    const endless = select(
      first,
      'SELECT count() c FROM numbers(1000000000000) WHERE sipHash64(number) = 0',
    );
    const ended = expect(endless).rejects.toThrow();
    await vi.waitFor(async () => {
      const running = await select(
        first,
        `SELECT 1 x FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'`,
      );
      expect(running.length).toBeGreaterThan(0);
    });
    owner.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(isRunning(started.pid)).toBe(false), { timeout: 3_000 });
    const heir = await startClickHouse({ path });
    const second = clientOf(heir.url);
    expect(await select(second, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
    await Promise.all([first.close(), second.close()]);
    await heir.stop();
  });
});

describe('embedded ClickHouse: the engine is killed', () => {
  const BATCH_ROWS = 5_000;
  const batchOf = (batch: string) =>
    Array.from({ length: BATCH_ROWS }, (_, n) => ({ batch, n, s: `row ${n} of ${batch}` }));
  const TABLE =
    'CREATE TABLE t (batch String, n UInt32, s String) ENGINE = MergeTree ORDER BY (batch, n)';

  it('comes back on its URL with every acknowledged batch exactly once and no batch in part', async () => {
    const events: ClickHouseEvent[] = [];
    const path = join(folder, 'killed');
    const clickHouse = await startClickHouse({ path, onEvent: (event) => events.push(event) });
    const client = clientOf(clickHouse.url);
    await client.command({ query: TABLE });
    const acknowledged = new Set<string>();
    const KILL_AT = [7, 14, 21];
    let failed = 0;
    const writer = async (): Promise<void> => {
      while (acknowledged.size < 30) {
        const batch = randomUUID();
        try {
          await client.insert({ table: 't', values: batchOf(batch), format: 'JSONEachRow' });
          acknowledged.add(batch);
          if (KILL_AT.includes(acknowledged.size)) clickHouse.kill();
        } catch {
          failed += 1;
        }
      }
    };
    await Promise.all([writer(), writer(), writer(), writer()]);
    const counts = new Map(
      (
        await select<{ batch: string; total: number; u: number }>(
          client,
          'SELECT batch, toUInt32(count()) total, toUInt32(uniqExact(n)) u FROM t GROUP BY batch',
        )
      ).map((row) => [row.batch, [row.total, row.u]]),
    );
    for (const batch of acknowledged) expect(counts.get(batch)).toEqual([BATCH_ROWS, BATCH_ROWS]);
    for (const count of counts.values()) expect(count).toEqual([BATCH_ROWS, BATCH_ROWS]);
    expect(failed).toBeGreaterThan(0);
    const ready = events.filter((event) => event.type === 'ready');
    expect(ready.length).toBeGreaterThanOrEqual(KILL_AT.length + 1);
    expect(new Set(ready.map((event) => event.url))).toEqual(new Set([clickHouse.url]));
    await client.close();
    await clickHouse.stop();
  });

  it('lets a request that comes while there is no engine wait for the next one', async () => {
    let announce: () => void = () => undefined;
    const exited = new Promise<void>((resolve) => {
      announce = resolve;
    });
    const path = join(folder, 'held');
    const clickHouse = await startClickHouse({
      path,
      onEvent: (event) => {
        if (event.type === 'exited') announce();
      },
    });
    clickHouse.kill();
    await exited;
    const client = clientOf(clickHouse.url);
    expect(await select(client, 'SELECT 1 a')).toEqual([{ a: 1 }]);
    await client.close();
    await clickHouse.stop();
  });

  it('serves a request that was being handed to an engine when that died', async () => {
    const clickHouse = await startClickHouse({ path: join(folder, 'handed') });
    // A stopped process takes nothing, so that the connection is under way to it until it dies.
    process.kill(clickHouse.pid() ?? 0, 'SIGSTOP');
    const socket = connect(Number(new URL(clickHouse.url).port), '127.0.0.1');
    socket.write('GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    await once(socket, 'connect');
    // One turn of the event loop accepts it and hands it over.
    await turn();
    await turn();
    clickHouse.kill();
    expect(String(Buffer.concat(await socket.toArray()))).toContain('Ok.');
    await clickHouse.stop();
  });

  it.each([
    ['insert-received', 0],
    ['insert-applied', BATCH_ROWS],
  ] as const)(
    'leaves an insert that got no answer wholly out or wholly in: %s',
    async (at, left) => {
      const path = join(folder, at);
      const clickHouse = await startClickHouse({ path, failpoint: { at, afterInserts: 0 } });
      const client = clientOf(clickHouse.url);
      await client.command({ query: TABLE });
      const insert = client.insert({ table: 't', values: batchOf('one'), format: 'JSONEachRow' });
      await expect(insert).rejects.toThrow();
      expect(await select(client, 'SELECT toUInt32(count()) n FROM t')).toEqual([{ n: left }]);
      await client.insert({ table: 't', values: batchOf('two'), format: 'JSONEachRow' });
      await client.close();
      await clickHouse.stop();
    },
  );
});
