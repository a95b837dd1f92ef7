/** The responder over a real log: rules published, alerts in, signed commands out, over restarts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  fillJournal,
  publishPolicy,
  publishRegistry,
  ReceiverKeys,
  type RecordedDecision,
  type Responder,
  type ResponderKeys,
  type ResponderOptions,
  sha256Hex,
  startResponder,
  verifyDecisions,
} from '@waywarden/responder';
import {
  type Alert,
  activeMacKey,
  activeSigningKey,
  agentKey,
  alertKey,
  HEADERS,
  type JwsSigningKey,
  loadOrCreateKeyFile,
  macHeaders,
  macKeyRing,
  policySchema,
  publicJwks,
  type RevocationCommand,
  registrySchema,
  signDetached,
  signingKeyRing,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  anAlert,
  at,
  RULE,
  TENANT,
} from '../../services/responder/src/testing/response-fixtures.ts';

const PARTITIONS = 2;
const wallClock = () => '2026-11-24T12:00:00Z';
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const decode = (record: LogRecord) =>
  JSON.parse(new TextDecoder().decode(record.value ?? undefined));

let folder: string;
let log: LmdbLog;
let clock = 0;

const file = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), {
    service,
    uses: ['mac', 'sign'],
    createdAt: wallClock(),
  });

function keys(): ResponderKeys {
  const own = file('responder');
  return {
    signingKey: activeSigningKey(own),
    macKey: activeMacKey(own),
    macKeys: macKeyRing(own),
    alertKeys: macKeyRing(file('detector')),
    registryKeys: signingKeyRing(own),
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-responder-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false, nowMs: () => clock });
  await log.createTopics(
    Object.values(TOPICS).map((topic) => ({
      name: topic.name,
      partitions: 'singlePartition' in topic ? 1 : PARTITIONS,
    })),
  );
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(): Promise<void> {
  const by = { log, signingKey: activeSigningKey(file('responder')), wallClock };
  const [jwk] = Object.values(publicJwks(file('gateway')));
  const receivers = [{ id: 'gateway', kind: 'kafka', key: jwk }];
  await publishRegistry(by, TENANT, registrySchema.parse({ version: 1, receivers }));
  const limits = { subjects: 2, fleet_share: 1 };
  await publishPolicy(by, TENANT, policySchema.parse({ version: 1, limits, rules: [RULE] }));
}

function alertRecord(alert: Alert, offset: number, service = 'detector'): AppendRecord {
  const headers = { [HEADERS.type]: 'event', [HEADERS.src]: `steps/1/0/${offset}/0` };
  const key = alertKey(alert.tenant_id, alert.alert_id);
  const bare = { topic: TOPICS.alerts.name, key, value: encode(alert), headers };
  return { ...bare, headers: { ...headers, ...macHeaders(bare, activeMacKey(file(service))) } };
}

async function receipt(command: RevocationCommand, by: JwsSigningKey): Promise<AppendRecord> {
  const { command_id, tenant_id, target } = command;
  const value = encode({
    command_id,
    tenant_id,
    agent_uid: target.agent_uid,
    receiver: 'gateway',
    state: 'applied',
  });
  const topic = TOPICS.revocationReceipts.name;
  const sig = await signDetached(value, by, { topic, iat: 0 });
  return {
    topic,
    key: agentKey(tenant_id, target.agent_uid),
    value,
    headers: { [HEADERS.type]: 'event', [HEADERS.sig]: sig },
  };
}

async function all(topic: string): Promise<readonly LogRecord[]> {
  const each = await Promise.all(
    (await log.startOffsets(topic)).map((start, p) => log.read(topic, p, start, 1000)),
  );
  return each.flat();
}

const commands = async () =>
  (await all(TOPICS.revocationCommands.name)).map(decode) as RevocationCommand[];
const decisions = async () =>
  ((await all(TOPICS.decisions.name)).map(decode) as RecordedDecision[]).sort(
    (a, b) => a.seq - b.seq,
  );
const refused = async () =>
  (await all(TOPICS.auditDeadletter.name)).map((r) => decode(r).detail as string);

/** Runs the responder until everything that the log holds is decided. */
async function settle(
  over: Partial<Pick<ResponderOptions, 'failpoint' | 'runIntake' | 'events'>> = {},
): Promise<Responder> {
  const responder = await startResponder({
    log,
    stateDir: join(folder, 'state'),
    keys: keys(),
    wallClock,
    ...over,
  });
  const run = responder.run();
  const warmedUp = async () => {
    if (over.runIntake !== false) {
      const rules = TOPICS.registry.name;
      await responder.rules.caughtUp(rules, await log.endOffsets(rules));
      for (const topic of [TOPICS.alerts.name, TOPICS.revocationReceipts.name]) {
        await responder.intake.caughtUp(topic, await log.endOffsets(topic));
      }
    }
    const journal = TOPICS.responseJournal.name;
    await responder.response.caughtUp(journal, await log.endOffsets(journal));
    await responder.stop();
  };
  await Promise.race([run, warmedUp()]);
  await run;
  return responder;
}

test('alerts become signed commands and chained decisions; a second start repeats nothing', async () => {
  await publish();
  await log.append(['a', 'b', 'c'].map((name, offset) => alertRecord(anAlert(name), offset)));
  await settle();
  await settle();
  const records = await all(TOPICS.revocationCommands.name);
  expect((await commands()).map((c) => c.action).sort()).toEqual([
    'require_step_up',
    'revoke_token',
    'revoke_token',
  ]);
  for (const record of records) {
    const ring = signingKeyRing(file('responder'));
    const binding = { topic: record.topic, audience: `waywarden:${TENANT}` };
    expect(
      await verifyDetached(record.value, record.headers[HEADERS.sig], ring, binding),
    ).toMatchObject({ ok: true });
  }
  expect(verifyDecisions(await decisions(), sha256Hex)).toEqual([]);
  expect(await decisions()).toHaveLength(3);
});

test('an alert without the MAC of the detector moves nothing', async () => {
  await publish();
  await log.append([alertRecord(anAlert('a'), 0, 'stranger')]);
  await settle();
  expect(await commands()).toEqual([]);
  expect(await refused()).toEqual(['mac_unknown_key']);
});

test('a receipt counts only when its receiver signed it', async () => {
  await publish();
  await log.append([alertRecord(anAlert('a'), 0)]);
  await settle();
  const [command] = await commands();
  if (!command) throw new Error('A command was expected.');
  await log.append([await receipt(command, activeSigningKey(file('stranger')))]);
  await settle();
  expect(await refused()).toEqual(['signature_unknown_key']);
  await log.append([await receipt(command, activeSigningKey(file('gateway')))]);
  await settle();
  const kinds = (await all(TOPICS.responseJournal.name)).map((record) => decode(record).kind);
  expect(kinds.filter((kind) => kind === 'receipt')).toHaveLength(1);
});

test.each([
  'responder-response.append.before',
  'responder-response.append.after',
  'responder-intake.append.after',
])('a crash at %s doubles no decision and loses none', async (point) => {
  await publish();
  await log.append(['a', 'b', 'c'].map((name, offset) => alertRecord(anAlert(name), offset)));
  let crashes = 1;
  const failpoint = (name: string) => {
    if (name === point && crashes-- > 0) throw new Error('crash');
  };
  await expect(settle({ failpoint })).rejects.toThrow('crash');
  await settle();
  const unique = [...new Map((await decisions()).map((d) => [d.decision_id, d])).values()];
  expect(unique).toHaveLength(3);
  expect(verifyDecisions(unique, sha256Hex)).toEqual([]);
  expect(new Set((await commands()).map((c) => c.command_id)).size).toBe(3);
});

test('a replay fills the journal in log time, whatever the order of arrival', async () => {
  await publish();
  const alerts = ['a', 'b', 'c', 'd'].map((name, n) => anAlert(name, { detected_at: at(n) }));
  await log.append(alerts.toReversed().map((alert, offset) => alertRecord(alert, offset)));
  const { alertKeys, registryKeys } = keys();
  const options = {
    log,
    wallClock,
    alertKeys,
    registryKeys,
    receiverKeys: new ReceiverKeys(() => Date.parse(wallClock())),
  };
  expect(await fillJournal(options)).toEqual({ entries: 6, refused: 0 });
  expect(await fillJournal(options)).toEqual({ entries: 0, refused: 0 });
  await settle({ runIntake: false });
  const inOrder = await decisions();
  expect(inOrder.map((d) => d.agent_uid)).toEqual(['agent-a', 'agent-b', 'agent-c', 'agent-d']);
  expect(inOrder.map((d) => d.withheld_reason)).toEqual([
    null,
    null,
    'budget_exceeded',
    'budget_exceeded',
  ]);
});

test('lost state over a shortened journal: chain and numbers go on, nothing is decided twice, and it says so', async () => {
  const day = 86_400_000;
  await publish();
  await log.append(['a', 'b'].map((name, offset) => alertRecord(anAlert(name), offset)));
  await settle();
  const before = await decisions();
  const commanded = await commands();
  clock += 10 * day;
  const fresh = anAlert('c', { subject: { ...anAlert('a').subject, task_id: 'task-later' } });
  await log.append([alertRecord(fresh, 2)]);
  const name = TOPICS.responseJournal.name;
  await log.createTopics([{ name, partitions: 1, retention: { ageMs: day } }]);
  await log.shorten({ nowMs: clock });
  expect((await log.startOffsets(name))[0]).toBeGreaterThan(0);
  rmSync(join(folder, 'state', 'response'), { recursive: true });
  const gaps: unknown[] = [];
  const responder = await settle({ events: { historyShortened: (gap) => gaps.push(gap) } });
  expect(gaps).toMatchObject([{ stage: 'responder-response', topic: name, missingFrom: 0 }]);
  expect(responder.response.history()).toEqual(gaps);
  const after = await decisions();
  expect(after.length).toBe(before.length + 1);
  expect(verifyDecisions(after, sha256Hex)).toEqual([]);
  const own = (await commands()).filter(({ target }) => target.agent_uid === 'agent-a');
  const numbers = own.map(({ sequence }) => sequence);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect((await commands()).length).toBe(commanded.length + 1);
});
