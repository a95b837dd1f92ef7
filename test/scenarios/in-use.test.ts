/**
 * Guarantees: what an access was in use for is told by system, the most used first, of that agent, task
 * or credential alone, in the last days of the store; what was refused was no use.
 */
import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import type { Target } from '@waywarden/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConsoleStore } from '../../services/console/src/store/console-store.ts';
import { StoreReader } from '../../services/waywarden/src/api/store-reader.ts';
import { eventRecord, startStore, TENANT, World } from './archiver-world.ts';

const AGENT = { agent: { uid: 'agent-a', assurance: 'attested' }, outcome: 'success' };
const onto = (system: string, resource_id: string) => ({
  target: { system, resource_type: 'table', resource_id },
});
const LONG_AGO = '2026-11-10T09:00:00.000000000Z';

let clickhouse: EmbeddedClickHouse;
let world: World;
let reader: StoreReader;
beforeAll(async () => {
  clickhouse = await startStore();
  world = await World.open(clickhouse, 'in_use');
  const archiver = await world.archiver();
  const calls = [
    { ...onto('ledger', 'rows/1'), task: { id: 'one' }, credential: { uid: 'token-1' } },
    { ...onto('ledger', 'rows/2'), task: { id: 'one' }, credential: { uid: 'token-2' } },
    { task: { id: 'two' }, credential: { uid: 'token-1' } },
    { ...onto('vault', 'key/1'), outcome: 'denied' },
    { ...onto('archive', 'old/1'), event_time: LONG_AGO },
    { ...onto('ledger', 'rows/3'), agent: { uid: 'agent-b', assurance: 'attested' } },
  ];
  await world.log.append(calls.map((call, n) => eventRecord(n, { ...AGENT, ...call })));
  await archiver.flush();
  await archiver.stop();
  reader = new StoreReader({ url: clickhouse.url, database: world.database }, TENANT);
}, 120_000);
afterAll(async () => {
  await reader?.close();
  await world?.close();
  await clickhouse?.stop();
});

const target = (over: Partial<Target> = {}): Target => ({
  ...{ level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a', ...over },
});
const used = async (over: Partial<Target>, days = 7) =>
  (await reader.inUse(target(over), days)).map((one) => [one.system, one.calls, one.resources]);

it('of an agent is all that it used lately, the most used first', async () => {
  expect(await used({})).toEqual([
    ['ledger', 2, 2],
    ['mail', 1, 1],
  ]);
  expect((await used({}, 30)).map(([system]) => system)).toContain('archive');
});

it('of a task or a credential is only what went over it', async () => {
  expect(await used({ level: 'task', task_id: 'two' })).toEqual([['mail', 1, 1]]);
  expect(await used({ level: 'credential', credential_uid: 'token-2' })).toEqual([
    ['ledger', 1, 1],
  ]);
  expect(await used({ level: 'task', task_id: 'none' })).toEqual([]);
});

it('says when it was used last', async () => {
  const [ledger] = await reader.inUse(target(), 7);
  expect(ledger?.last).toMatch(/^2026-11-24T09:00:06/);
});

it('is the same on the page', async () => {
  const shown = new ConsoleStore({
    rows: async (query, parameters) => {
      const query_params = { ...parameters, tenant: TENANT };
      return (await world.client.query({ query, query_params, format: 'JSONEachRow' })).json();
    },
  });
  expect(await shown.inUse('agent-a', 7)).toEqual([
    { system: 'ledger', calls: 2 },
    { system: 'mail', calls: 1 },
  ]);
});
