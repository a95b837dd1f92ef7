/**
 * Guarantee: a receipt that the responder refused is told as a receipt nowhere. The archiver keeps
 * the row, as it keeps whatever stands in the log; who asks for receipts does not get it.
 */
import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ConsoleStore } from '../../services/console/src/store/console-store.ts';
import { StoreReader } from '../../services/waywarden/src/api/store-reader.ts';
import { command, record, startStore, TENANT, timeOf, uuidOf, World } from './archiver-world.ts';

const RECEIPTS = TOPICS.revocationReceipts.name;

let clickhouse: EmbeddedClickHouse;
let world: World;
beforeAll(async () => {
  clickhouse = await startStore();
});
afterAll(() => clickhouse.stop());
beforeEach(async () => {
  world = await World.open(clickhouse, 'receipts');
});
afterEach(() => world.close());

const receipt = (state: string) =>
  record(RECEIPTS, {
    command_id: uuidOf('command 1'),
    tenant_id: TENANT,
    agent_uid: 'agent-1',
    receiver: 'mcp-gateway',
    state,
    received_at: timeOf(2),
  });

it('a forged receipt is no receipt, and the true one beside it is', async () => {
  const { log } = world;
  const archiver = await world.archiver();
  await log.append([record(TOPICS.revocationCommands.name, command(1))]);
  await log.append([{ ...receipt('accepted'), partition: 0 }]);
  await log.append([{ ...receipt('applied'), partition: 0 }]);
  const { incarnation } = await log.describe(RECEIPTS);
  // As a stage sets a record aside that it may not believe.
  const letter = record(TOPICS.auditDeadletter.name, { reason: 'stage_refused' });
  const headers = {
    ...letter.headers,
    [HEADERS.ceId]: `responder-intake/${RECEIPTS}/${incarnation}/0/1`,
    [HEADERS.deadReason]: 'stage_refused',
    [HEADERS.deadSource]: 'responder-intake',
  };
  await log.append([{ ...letter, headers }]);
  await archiver.flush();
  await archiver.stop();
  expect(await world.count('revocation_receipts_v1')).toBe(2);
  const reader = new StoreReader({ url: clickhouse.url, database: world.database }, TENANT);
  const told = await reader.receiptsOf([uuidOf('command 1')]);
  await reader.close();
  expect(told.map((one) => one['state'])).toEqual(['accepted']);
  const console = new ConsoleStore({
    rows: async (query, parameters) => {
      const query_params = { ...parameters, tenant: TENANT };
      return (await world.client.query({ query, query_params, format: 'JSONEachRow' })).json();
    },
  });
  const shown = await console.receiptsOf([uuidOf('command 1')]);
  expect(shown.map((one) => one.state)).toEqual(['accepted']);
});
