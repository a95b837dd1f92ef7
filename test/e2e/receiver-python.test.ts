/**
 * The example in Python, run as its reader would, against the responder's own address: what it may not
 * carry out it neither says nor does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { CommandFeed, ReceiverKeys, receiverRoutes } from '@waywarden/responder';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  loadOrCreateKeyFile,
  publicJwks,
  type Receipt,
  registrySchema,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';

const SCRIPT = fileURLToPath(new URL('../../docs/examples/receiver.py', import.meta.url));
const HOUR_MS = 3_600_000;
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

let folder: string;
let log: LmdbLog;
let feed: CommandFeed;
let app: FastifyInstance;
let child: ChildProcess;
let said: string;

const keyPath = (service: string) => join(folder, `${service}.json`);
const key = (service: string) =>
  loadOrCreateKeyFile(keyPath(service), {
    ...{ service, uses: ['sign'], createdAt: new Date().toISOString() },
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-python-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  const names = [TOPICS.revocationCommands, TOPICS.revocationReceipts, TOPICS.responseJournal];
  await log.createTopics(names.map(({ name }) => ({ name, partitions: 1 })));
  const receiverKeys = new ReceiverKeys(Date.now);
  const own = publicJwks(key('python'))[activeSigningKey(key('python')).kid];
  const receivers = [{ id: 'python', kind: 'http', key: own }];
  receiverKeys.learn('acme', registrySchema.parse({ version: 1, receivers }));
  const wallClock = () => new Date().toISOString();
  feed = await CommandFeed.open({
    log,
    receiverKeys,
    wallClock,
    orders: {
      commandOf: () => undefined,
      isReverted: () => false,
      isPaused: () => false,
      restored: async () => true,
    },
  });
  app = fastify();
  receiverRoutes(app, { feed, commandKeys: signingKeyRing(key('responder')) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  child = spawn('python3', [SCRIPT, url, 'acme', 'python', keyPath('python')]);
  said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      said += data.toString();
    });
  }
});
afterEach(async () => {
  child.kill('SIGKILL');
  await feed.close();
  await app.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function give(
  n: number,
  target: object,
  over: object = {},
  mangled = (signature: string) => signature,
): Promise<void> {
  const command = {
    ...{ command_id: UUID(n), tenant_id: 'acme', receivers: ['python'], sequence: n },
    ...{ action: 'revoke_token', expires_at: new Date(Date.now() + HOUR_MS).toISOString() },
    target: { tenant_id: 'acme', agent_uid: 'agent/a', ...target },
    ...over,
  };
  const value = new TextEncoder().encode(JSON.stringify(command));
  const topic = TOPICS.revocationCommands.name;
  const binding = { topic, audience: 'waywarden:acme', iat: Math.floor(Date.now() / 1000) };
  const signature = await signDetached(value, activeSigningKey(key('responder')), binding);
  const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: mangled(signature) };
  await log.append([{ topic, key: agentKey('acme', 'agent/a'), value, headers }]);
}

/** What it answered to each command. */
async function answers(count: number): Promise<Readonly<Record<string, string>>> {
  return until(async () => {
    const records = await log.read(TOPICS.revocationReceipts.name, 0, 0, 100);
    if (records.length < count) return undefined;
    const receipts = records.map(({ value }) =>
      JSON.parse(new TextDecoder().decode(value ?? new Uint8Array())),
    ) as Receipt[];
    return Object.fromEntries(receipts.map((one) => [one.command_id, one.state]));
  }, 30_000).catch((cause: unknown) => {
    throw new Error(`The example said: ${said}`, { cause });
  });
}

it('refuses what has expired, and what lacks an id of its level or has one of another', async () => {
  const before = { expires_at: new Date(Date.now() - 60_000).toISOString() };
  await give(1, { level: 'task', task_id: 'late' }, before);
  await give(2, { level: 'task' });
  await give(3, { level: 'credential', task_id: 'other' });
  await give(4, { level: 'task', task_id: 'both', credential_uid: 'c' });
  await give(5, { level: 'task', task_id: 'mine' });
  await give(6, { level: 'agent' }, { action: 'disable_agent' });
  // An old number is answered to nobody.
  await give(5, { level: 'task', task_id: 'again' }, { command_id: UUID(7) });
  // What gives back counts whatever its age.
  await give(8, { level: 'task', task_id: 'mine' }, { action: 'restore', ...before });
  expect(await answers(7)).toEqual({
    [UUID(1)]: 'expired',
    [UUID(2)]: 'unsupported',
    [UUID(3)]: 'unsupported',
    [UUID(4)]: 'unsupported',
    [UUID(5)]: 'applied',
    [UUID(6)]: 'unsupported',
    [UUID(8)]: 'applied',
  });
  const done = [...said.matchAll(/^(revoke_token|restore|disable_agent) .*"task_id": "(\w+)"/gmu)];
  expect(done.map(([, action, task]) => `${action} ${task}`)).toEqual([
    'revoke_token mine',
    'restore mine',
  ]);
}, 60_000);

it('goes on when its responder was gone for a while, in the middle of an answer it waits for', async () => {
  await give(1, { level: 'task', task_id: 'before' });
  await answers(1);
  const { port } = app.server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    app.server.close(() => resolve());
    app.server.closeAllConnections();
  });
  // Whoever asks meanwhile is cut off without a word.
  await new Promise<void>((resolve) => {
    const gone = createServer((socket) => {
      socket.destroy();
      gone.close(() => resolve());
    });
    gone.listen(port, '127.0.0.1');
  });
  await new Promise<void>((resolve) => {
    app.server.listen(port, '127.0.0.1', resolve);
  });
  await give(2, { level: 'task', task_id: 'after' });
  expect(await answers(2)).toEqual({ [UUID(1)]: 'applied', [UUID(2)]: 'applied' });
  expect(child.exitCode).toBeNull();
}, 60_000);

it('skips what is malformed, and goes on with what follows', async () => {
  const task = { level: 'task', task_id: 'odd' };
  const base64 = (text: string) => Buffer.from(text).toString('base64url');
  const heads = ['%%%', base64('no JSON'), base64('[]'), base64('{}'), base64('{"kid":[]}')];
  for (const [n, head] of heads.entries()) await give(n + 1, task, {}, () => `${head}..x`);
  await give(20, task, {}, (signature) => signature.replace('..', '.'));
  await give(21, task, {}, (signature) => signature.replace(/[^.]*$/u, 'x'));
  await give(30, { level: 'task', task_id: 'mine' });
  expect(await answers(1)).toEqual({ [UUID(30)]: 'applied' });
}, 60_000);
