/**
 * A store filled by the real pipeline for the tests of the dashboards: events through ingest's
 * acceptor, detector, responder with an enforcing rule, receipts signed by the registered receiver,
 * the archiver, one embedded engine. A second database in the same engine has the tables and
 * nothing in them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { clickhouseClient, startArchiver } from '@waywarden/archiver';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  type InputEvent,
  loadOrCreateKeyFile,
  publicJwks,
  type RevocationCommand,
  registrySchema,
  signDetached,
  TOPICS,
} from '@waywarden/schemas';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../../services/waywarden/src/runtime/pipeline.ts';
import { lastByKey } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { ensureTopics } from '../../services/waywarden/src/runtime/topic-plan.ts';
import { FLEET_REGISTRY } from '../support/fleet.ts';
import { enforcingPolicy } from '../support/run-fleet.ts';
import {
  acceptorOf,
  assertedHijack,
  callAfter,
  demoEvents,
  LATE_MS,
  ORDINARY,
  strangerEvents,
  TENANT,
} from './demo-events.ts';

const RECEIVER = 'mcp-gateway';
const EMPTY_DATABASE = 'waywarden_empty';
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export interface DemoStore {
  readonly client: ClickHouseClient;
  /** The same tables without a row. */
  readonly empty: ClickHouseClient;
  /** Unix seconds of the first and last event. */
  readonly range: { readonly from: number; readonly to: number };
  stop(): Promise<void>;
}

function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

async function append(
  pipeline: Pipeline,
  acceptor: ReturnType<typeof acceptorOf>,
  inputs: readonly unknown[],
): Promise<void> {
  const items = inputs.map((input, at) => ({ input: input as InputEvent, line: at + 1 }));
  const { records } = acceptor.accept(items);
  await pipeline.log.append(records);
}

async function advance(pipeline: Pipeline, time: string): Promise<void> {
  await pipeline.sequencer.advance(time);
  await pipeline.settle();
}

/** Answers of the receiver: applied, applied, accepted, failed, then none for the rest. */
const ANSWERS = ['applied', 'applied', 'accepted', 'failed', 'applied'] as const;

async function answer(
  pipeline: Pipeline,
  folder: string,
  commands: readonly RevocationCommand[],
): Promise<void> {
  const signer = activeSigningKey(receiverKeys(folder));
  const topic = TOPICS.revocationReceipts.name;
  for (const [at, state] of ANSWERS.entries()) {
    const command = commands[at];
    if (command === undefined) throw new Error(`Only ${commands.length} commands were issued.`);
    const { command_id, tenant_id, target, issued_at } = command;
    const value = encode({
      command_id,
      tenant_id,
      agent_uid: target.agent_uid,
      receiver: RECEIVER,
      state,
      ...(state === 'applied' ? { applied_at: later(issued_at, 400 + at * 100) } : {}),
    });
    const signature = await signDetached(value, signer, { topic, iat: 0 });
    const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: signature };
    await pipeline.log.append([
      { topic, key: agentKey(tenant_id, target.agent_uid), value, headers },
    ]);
  }
}

function receiverKeys(folder: string) {
  return loadOrCreateKeyFile(join(folder, 'receiver.json'), {
    service: 'receiver',
    uses: ['sign'],
    createdAt: '2026-01-01T00:00:00Z',
  });
}

async function fill(pipeline: Pipeline, folder: string): Promise<{ from: string; to: string }> {
  const [key] = Object.values(publicJwks(receiverKeys(folder)));
  const receivers = [{ id: RECEIVER, kind: 'kafka', key }];
  const registry = registrySchema.parse({ ...FLEET_REGISTRY, receivers });
  await pipeline.publish(TENANT, registry, enforcingPolicy());
  const gateways = [
    acceptorOf('gateway-1', 'authenticated'),
    acceptorOf('gateway-2', 'authenticated'),
  ];
  const events = demoEvents();
  const [first, last] = [events[0], events.at(-1)];
  const [main, second] = gateways;
  if (!first || !last || !main || !second) throw new Error('The fleet has no events.');
  // The second gateway reports the first minute only, then falls silent.
  await append(pipeline, second, events.slice(0, ORDINARY - 10));
  await append(pipeline, main, [
    ...events.slice(ORDINARY - 10),
    { activity: 'tool_call' },
    'no event at all',
  ]);
  await append(pipeline, acceptorOf("quote's", 'asserted'), [
    ...strangerEvents(last.event_time),
    ...assertedHijack(last.event_time),
  ]);
  await advance(pipeline, later(last.event_time, 60_000));
  const issued = await lastByKey<RevocationCommand>(
    pipeline.log,
    TOPICS.revocationCommands.name,
    (one) => one.command_id,
  );
  const commands = issued
    .filter((one) => one.action === 'revoke_token')
    .toSorted((a, b) => (a.issued_at < b.issued_at ? -1 : 1));
  await answer(pipeline, folder, commands);
  const to = later(last.event_time, 900_000);
  const task = (at: number) => commands[at]?.target.task_id ?? '';
  await append(pipeline, main, [
    callAfter(task(0), later(to, -3000), 'denied'),
    callAfter(task(4), later(to, -2000), 'success'),
    callAfter('later', later(to, -1000), 'tool_error'),
  ]);
  await advance(pipeline, to);
  return { from: later(first.event_time, -LATE_MS), to };
}

/** The archiver makes its tables at its start; over an empty log it puts nothing into them. */
async function makeEmptyTables(pipeline: Pipeline, folder: string): Promise<void> {
  const log = await openLmdbLog({ path: join(folder, 'empty-log') });
  await ensureTopics(log, 1);
  const archiver = await startArchiver({
    log,
    clickhouse: { ...pipeline.store, database: EMPTY_DATABASE },
    stateDir: join(folder, 'empty-state'),
    now: () => Date.now(),
  });
  await archiver.stop();
  await log.close();
}

/** Takes some seconds; one engine for all that is asked of it. */
export async function openDemoStore(): Promise<DemoStore> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-dashboards-'));
  const pipeline = await openPipeline({
    paths: dataPaths(join(folder, 'data')),
    command: 'replay',
    partitions: 1,
    journal: 'live',
  });
  const client = clickhouseClient(pipeline.store);
  const empty = clickhouseClient({ ...pipeline.store, database: EMPTY_DATABASE });
  const stop = async () => {
    await Promise.all([client.close(), empty.close()]);
    await pipeline.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { from, to } = await fill(pipeline, folder);
    await makeEmptyTables(pipeline, folder);
    const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);
    return { client, empty, range: { from: seconds(from), to: seconds(to) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
