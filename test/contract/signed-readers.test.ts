/**
 * Guarantee: every reader of a signed record refuses it unsigned, signed by a stranger (under a name of
 * its own and under a known one), truncated, altered, signed for another topic or audience, and put
 * under another key; what a rotated key signed before is still believed. And none lets an old record
 * that was put there again bring back what it said.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { CommandFeed, ReceiverKeys } from '@waywarden/responder';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  type JwsSigningKey,
  jwsSigningKey,
  type KeyFile,
  loadOrCreateKeyFile,
  noticeKey,
  publicJwks,
  registryKey,
  registrySchema,
  revocationCommandSchema,
  rotateKeyFile,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  believeCommand,
  believeNotice,
} from '../../packages/revocation-consumer/src/orders/signed-record.ts';
import { RegistryFollower } from '../../services/ingest/src/registry/registry-follower.ts';
import { admitIntake, parseIntake } from '../../services/responder/src/runtime/responder-stages.ts';
import { lastRules } from '../../services/responder/src/sequencer/last-rules.ts';
import { RegistryOrder } from '../../services/responder/src/sequencer/read-registry-record.ts';
import { CommandReceiver } from '../../services/waywarden/src/demo/gateway/command-receiver.ts';
import { gatewayDenyList } from '../../services/waywarden/src/demo/gateway/tool-gateway.ts';

const IAT = 1_790_000_000;
const AT = new Date(IAT * 1000).toISOString();
const AGENT = 'agent/a';
const UUID = '00000000-0000-4000-8000-000000000001';
const folder = mkdtempSync(join(tmpdir(), 'waywarden-readers-'));
const path = (service: string) => join(folder, `${service}.json`);
const file = (service: string): KeyFile =>
  loadOrCreateKeyFile(path(service), { service, uses: ['sign'], createdAt: AT });

interface Wire {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly signature: string | undefined;
}

/** Undefined when it was believed. */
type Reader = (wire: Wire) => Promise<string | undefined>;

const recordOf = ({ topic, key, value, signature }: Wire, offset = 0): LogRecord => ({
  ...{ topic, incarnation: 'one', partition: 0, offset, key, value },
  headers: {
    [HEADERS.type]: 'event',
    ...(signature === undefined ? {} : { [HEADERS.sig]: signature }),
  },
});

const COMMAND = {
  ...{ command_id: UUID, containment_id: UUID, incident_id: UUID, tenant_id: 'acme', sequence: 1 },
  ...{ alert_ids: [], issued_at: AT, expires_at: new Date((IAT + 3600) * 1000).toISOString() },
  action: 'revoke_token',
  target: { level: 'task', tenant_id: 'acme', agent_uid: AGENT, task_id: 'task-a' },
  ...{ receivers: ['gateway'], audience: 'waywarden:acme', drain: 'cancel', severity: 'high' },
  ...{ confidence: null, initiating_entity: 'policy', approvals: [], reason: 'a test' },
  ...{ evidence: [], preconditions: { assurance_min: 'authenticated', targets_max: 1 } },
};
const NOTICE = {
  ...{ kind: 'enforcement', tenant_id: 'acme', audience: 'waywarden:acme', paused: true },
  ...{ number: 1, since: AT, by: ['ana', 'ben'], reason: 'a test' },
};
const RECEIPT = {
  ...{ command_id: UUID, tenant_id: 'acme', agent_uid: AGENT, receiver: 'gateway' },
  ...{ state: 'applied', applied_at: AT },
};
const registryOf = (receiver: string) => ({
  ...{ kind: 'registry', tenant_id: 'acme', version: receiver },
  registry: registrySchema.parse({
    version: 1,
    receivers: [
      {
        ...{ id: receiver, kind: 'http', subjects: ['*'], required: true, issuer: false },
        key: publicJwks(file('gateway'))[activeSigningKey(file('gateway')).kid],
      },
    ],
  }),
});

interface Subject {
  readonly topic: string;
  readonly content: object;
  readonly key: string;
  readonly otherKey: string;
  readonly signer: string;
  readonly audience?: string;
}

const SUBJECTS = {
  command: {
    topic: TOPICS.revocationCommands.name,
    content: COMMAND,
    key: agentKey('acme', AGENT),
    otherKey: agentKey('acme', 'agent/b'),
    signer: 'responder',
    audience: 'waywarden:acme',
  },
  notice: {
    topic: TOPICS.revocationCommands.name,
    content: NOTICE,
    key: noticeKey('acme'),
    otherKey: noticeKey('other'),
    signer: 'responder',
    audience: 'waywarden:acme',
  },
  receipt: {
    topic: TOPICS.revocationReceipts.name,
    content: RECEIPT,
    key: agentKey('acme', AGENT),
    otherKey: agentKey('acme', 'agent/b'),
    signer: 'gateway',
  },
  registry: {
    topic: TOPICS.registry.name,
    content: registryOf('gateway'),
    key: registryKey('acme', 'registry', 'registry'),
    otherKey: registryKey('other', 'registry', 'registry'),
    signer: 'publisher',
  },
} satisfies Record<string, Subject>;

let log: LmdbLog;
let keys: ReceiverKeys;
let at = 0;

beforeAll(async () => {
  for (const service of ['responder', 'gateway', 'publisher', 'stranger']) file(service);
});
beforeEach(async () => {
  log = await openLmdbLog({ path: join(folder, `log-${at++}`), durable: false });
  const names = [TOPICS.revocationCommands, TOPICS.revocationReceipts, TOPICS.registry];
  await log.createTopics(
    [...names, TOPICS.responseJournal].map(({ name }) => ({ name, partitions: 1 })),
  );
  keys = new ReceiverKeys(() => IAT * 1000);
  keys.learn('acme', registryOf('gateway').registry);
  return () => log.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ring = (service: string) => signingKeyRing(file(service));
const trust = () => ({
  alertKeys: new Map(),
  registry: { keys: ring('publisher'), order: new RegistryOrder() },
  receiverKeys: keys,
});
async function append(wire: Wire): Promise<void> {
  const { headers } = recordOf(wire);
  await log.append([{ topic: wire.topic, key: wire.key, value: wire.value, headers }]);
}

const viaIntake: Reader = async (wire) => {
  const given = trust();
  const refused = await admitIntake(given)(recordOf(wire));
  if (refused !== undefined) return refused;
  const parsed = parseIntake(keys)(recordOf(wire));
  return 'refused' in parsed ? parsed.refused : undefined;
};

const READERS: Record<keyof typeof SUBJECTS, Record<string, Reader>> = {
  command: {
    'the library for receivers': async (wire) => {
      const addressee = { receiver: 'gateway', tenantId: 'acme', commandKeys: ring('responder') };
      const said = await believeCommand(wire, addressee);
      return 'refused' in said ? said.refused : undefined;
    },
    'the demo’s gateway': async (wire) => {
      const said: string[] = [];
      await append(wire);
      const receiver = await CommandReceiver.start({
        ...{ log, id: 'gateway', tenantId: 'acme', denyList: gatewayDenyList() },
        ...{ commandKeys: ring('responder'), signingKey: activeSigningKey(file('gateway')) },
        nowMs: () => IAT * 1000,
        onApplied: () => said.push('applied'),
        onRefused: (reason) => said.push(reason),
      });
      await expect.poll(() => said.length).toBe(1);
      await receiver.stop();
      return said[0] === 'applied' ? undefined : said[0];
    },
  },
  notice: {
    'the library for receivers': async (wire) => {
      const said = await believeNotice(wire, { tenantId: 'acme', commandKeys: ring('responder') });
      return 'refused' in said ? said.refused : undefined;
    },
  },
  receipt: {
    'the responder’s intake': viaIntake,
    'the address for receivers': async ({ value, signature, key }) => {
      const feed = await CommandFeed.open({
        ...{ log, receiverKeys: keys, wallClock: () => AT },
        orders: {
          commandOf: () => revocationCommandSchema.parse(COMMAND),
          isReverted: () => false,
          isPaused: () => false,
          restored: async () => true,
        },
      });
      // Over HTTP a receipt has no key: it is made of what the receipt says, or nothing is taken.
      if (key !== SUBJECTS.receipt.key) return 'key_mismatch';
      const jws = (signature ?? '..').replace(
        '..',
        `.${Buffer.from(value).toString('base64url')}.`,
      );
      const taken = await feed.take({ tenantId: 'acme', receiver: 'gateway' }, [jws]);
      await feed.close();
      return taken.refused[0]?.reason;
    },
  },
  registry: {
    'the responder’s intake': viaIntake,
    'the sequencer, and whoever asks for the last rules': async (wire) => {
      await append(wire);
      return (await lastRules(log, ring('publisher'))).length === 1 ? undefined : 'not taken';
    },
    'the keys of receivers': async (wire) => {
      await append(wire);
      const fresh = new ReceiverKeys(() => IAT * 1000);
      await fresh.load(log, trust().registry);
      return fresh.ringOf('acme', 'gateway') === undefined ? 'not taken' : undefined;
    },
    ingest: async (wire) => {
      const refused: string[] = [];
      await append(wire);
      const follower = new RegistryFollower({
        ...{ log, keys: ring('publisher'), onChange: () => undefined },
        onRefused: ({ reason }) => refused.push(reason),
        onUnreadable: () => undefined,
      });
      await follower.start();
      await follower.stop();
      expect(follower.registryOf('acme') === undefined).toBe(refused.length > 0);
      return refused[0];
    },
  },
};

interface Made {
  readonly by?: JwsSigningKey;
  readonly topic?: string;
  readonly audience?: string;
  readonly iat?: number;
  readonly content?: object;
}

async function make(subject: Subject, over: Made = {}): Promise<Wire> {
  const value = Buffer.from(JSON.stringify(over.content ?? subject.content));
  const audience = over.audience ?? subject.audience;
  const signature = await signDetached(value, over.by ?? activeSigningKey(file(subject.signer)), {
    topic: over.topic ?? subject.topic,
    iat: over.iat ?? IAT,
    ...(audience === undefined ? {} : { audience }),
  });
  return { topic: subject.topic, key: subject.key, value, signature };
}

function stranger(kid?: string): JwsSigningKey {
  const own = file('stranger').keys.find((one) => one.use === 'sign');
  if (own?.use !== 'sign') throw new Error('no key');
  return jwsSigningKey(kid ?? own.id, own.jwk);
}

type Attack = (subject: Subject) => Promise<Wire>;
const ATTACKS: Record<string, Attack> = {
  unsigned: async (subject) => ({ ...(await make(subject)), signature: undefined }),
  'by a stranger': (subject) => make(subject, { by: stranger() }),
  'by a stranger under a known name': (subject) =>
    make(subject, { by: stranger(activeSigningKey(file(subject.signer)).kid) }),
  truncated: async (subject) => {
    const whole = await make(subject);
    return { ...whole, value: whole.value.subarray(0, 60) };
  },
  'with a truncated signature': async (subject) => {
    const whole = await make(subject);
    return { ...whole, signature: whole.signature?.slice(0, -8) };
  },
  altered: async (subject) => {
    const whole = await make(subject);
    const text = Buffer.from(whole.value).toString().replace('acme', 'acmf');
    return { ...whole, value: Buffer.from(text) };
  },
  're-targeted: under another key': async (subject) => ({
    ...(await make(subject)),
    key: subject.otherKey,
  }),
  'signed for another topic': (subject) =>
    make(subject, { topic: 'waywarden.receiver.requests.v1' }),
};

describe.each(Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[])('a %s', (kind) => {
  const subject: Subject = SUBJECTS[kind];
  describe.each(Object.entries(READERS[kind]))('at %s', (_, reader) => {
    it('is believed as it was signed', async () => {
      const before = await make(subject);
      expect(await reader(before)).toBeUndefined();
    });

    it.each(Object.entries(ATTACKS))('is refused %s', async (__, attack) => {
      expect(await reader(await attack(subject))).toEqual(expect.any(String));
    });
  });
});

it.each(Object.entries(READERS.command))(
  'a command for another audience: %s',
  async (_, reader) => {
    const wire = await make(SUBJECTS.command, { audience: 'waywarden:other' });
    expect(await reader(wire)).toBe('signature_wrong_audience');
  },
);

it.each(Object.entries(READERS.receipt))('a receipt in another’s name: %s', async (_, reader) => {
  const other = { ...RECEIPT, receiver: 'issuer' };
  expect(await reader(await make(SUBJECTS.receipt, { content: other }))).toEqual(
    expect.any(String),
  );
});

it.each(Object.entries(READERS.receipt))(
  'a receipt signed in the future, which would be its receiver’s last word: %s',
  async (_, reader) => {
    const signed = (iat: number) => make(SUBJECTS.receipt, { iat });
    expect(await reader(await signed(IAT + 121))).toBe('signature_ahead');
    expect(await reader(await signed(IAT + 120))).toBeUndefined();
  },
);

it('what a key signed before it was rotated is believed, and what it signs afterwards', async () => {
  const before = await make(SUBJECTS.command);
  rotateKeyFile(path('responder'), { use: 'sign', createdAt: AT });
  const after = await make(SUBJECTS.command);
  expect(after.signature).not.toBe(before.signature);
  for (const reader of Object.values(READERS.command).slice(0, 1)) {
    expect([await reader(before), await reader(after)]).toEqual([undefined, undefined]);
  }
});

describe('a registry that was replaced and put there again', () => {
  const old = () => make(SUBJECTS.registry);
  const fresh = () => make(SUBJECTS.registry, { content: registryOf('other'), iat: IAT + 10 });

  it('brings back neither rules nor keys', async () => {
    for (const wire of [await old(), await fresh(), await old()]) await append(wire);
    const rules = await lastRules(log, ring('publisher'));
    expect(rules.map(({ record }) => record.version)).toEqual(['other']);
    const loaded = new ReceiverKeys(() => IAT * 1000);
    await loaded.load(log, trust().registry);
    expect(loaded.ringOf('acme', 'gateway')).toBeUndefined();
    const refused: string[] = [];
    const follower = new RegistryFollower({
      ...{ log, keys: ring('publisher'), onChange: () => undefined },
      onRefused: ({ reason }) => refused.push(reason),
      onUnreadable: () => undefined,
    });
    await follower.start();
    await follower.stop();
    expect(refused).toEqual(['replayed']);
    expect(follower.registryOf('acme')?.receivers[0]?.id).toBe('other');
  });

  it('is told by its second alone: one of the same second brings back nothing either', async () => {
    const next = () => make(SUBJECTS.registry, { content: registryOf('other'), iat: IAT + 1 });
    const twin = () => make(SUBJECTS.registry, { iat: IAT + 1 });
    // The same record once more is no other word.
    for (const wire of [await old(), await next(), await next(), await twin()]) await append(wire);
    const rules = await lastRules(log, ring('publisher'));
    expect(rules.map(({ record }) => record.version)).toEqual(['other']);
    const refused: number[] = [];
    const follower = new RegistryFollower({
      ...{ log, keys: ring('publisher'), onChange: () => undefined },
      onRefused: ({ offset }) => refused.push(offset),
      onUnreadable: () => undefined,
    });
    await follower.start();
    await follower.stop();
    expect(refused).toEqual([3]);
    expect(follower.registryOf('acme')?.receivers[0]?.id).toBe('other');
  });

  it('is told from the same record read once more, from wherever one begins', async () => {
    const admit = admitIntake(trust());
    const [first, second] = [recordOf(await old(), 0), recordOf(await fresh(), 1)];
    const again = recordOf(await old(), 2);
    const verdicts = [];
    for (const one of [first, second, again, first, second]) verdicts.push(await admit(one));
    expect(verdicts).toEqual([undefined, undefined, 'replayed', undefined, undefined]);
  });
});
