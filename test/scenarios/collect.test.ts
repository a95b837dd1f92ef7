/** Logs that stand in files already, handed on to a running ingest: each record once, over restarts and rotation. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RunningIngest } from '@waywarden/ingest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CollectFormat, Collector } from '../../services/waywarden/src/collect/collector.ts';
import { Positions } from '../../services/waywarden/src/collect/log-files.ts';
import { TelemetryWorld, toolSpan, traces } from './telemetry-world.ts';

let world: TelemetryWorld;
let ingest: RunningIngest;
let said: string[];

beforeEach(async () => {
  world = new TelemetryWorld();
  await world.open();
  ingest = await world.start();
  said = [];
});

afterEach(() => world.close());

const collector = (set: { readonly token?: string; readonly format?: CollectFormat } = {}) =>
  new Collector(new Positions(join(world.folder, 'positions.json')), set.format ?? 'records', {
    url: ingest.url,
    token: set.token ?? world.token,
    signal: new AbortController().signal,
    say: (text) => said.push(text),
  });

let number = 0;
/** As agentgateway writes its access log. */
const access = (tool: string) => {
  number += 1;
  return `${JSON.stringify({
    time: new Date(Date.now() + number).toISOString(),
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': tool,
    'mcp.target': 'mail',
    'mcp.session.id': 's1',
    'jwt.sub': 'alice',
    'gen_ai.tool.call.id': `c${number}`,
    'http.status': 200,
  })}\n`;
};

const tools = async () => {
  await ingest.concludeCalls();
  return (await world.events()).flatMap(({ tool }) => tool?.name ?? []).sort();
};

describe('a log that grows', () => {
  it('is delivered once, line by line, over restarts', async () => {
    const path = join(world.folder, 'access.log');
    writeFileSync(path, access('read_mail'));
    await collector().file(path);
    const line = access('send_email');
    appendFileSync(path, line.slice(0, 20));
    await collector().file(path);
    appendFileSync(path, line.slice(20));
    const last = collector();
    await last.file(path);
    expect(last.collected).toEqual({ taken: 1, refused: 0, cut: 0 });
    expect(await tools()).toEqual(['read_mail', 'send_email']);
  });

  it('is read from its start again after it was rotated', async () => {
    const path = join(world.folder, 'access.log');
    writeFileSync(path, access('read_mail'));
    await collector().file(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, access('send_email'));
    await collector().file(path);
    expect(await tools()).toEqual(['read_mail', 'send_email']);
  });

  it('may be absent still', async () => {
    const one = collector();
    await one.file(join(world.folder, 'later.log'));
    expect(one.collected.taken).toBe(0);
  });
});

describe('a folder of archives', () => {
  it('is read once, packed or not, lists within documents too', async () => {
    const folder = join(world.folder, 'archive', '2026');
    mkdirSync(folder, { recursive: true });
    const item = (verb: string, audit: string) => ({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      auditID: audit,
      stage: 'ResponseComplete',
      verb,
      user: { username: 'system:serviceaccount:agents:mail' },
      objectRef: { resource: 'secrets', namespace: 'default', name: 'db' },
      responseStatus: { code: verb === 'delete' ? 403 : 200 },
      requestReceivedTimestamp: new Date().toISOString(),
    });
    const list = {
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
      items: [item('get', 'a1'), item('delete', 'a2')],
    };
    writeFileSync(join(folder, 'audit.json.gz'), gzipSync(JSON.stringify(list)));
    await collector().folder(join(world.folder, 'archive'));
    const again = collector();
    await again.folder(join(world.folder, 'archive'));
    expect(again.collected.taken).toBe(0);
    await ingest.concludeCalls();
    const events = await world.events();
    expect(events.map(({ outcome }) => outcome).sort()).toEqual(['denied', 'success']);
    expect(events[0]?.agent.uid).toContain('system:serviceaccount:agents:mail');
  });

  it('of CloudTrail keeps in whose name a role acts', async () => {
    const folder = join(world.folder, 'trail');
    mkdirSync(folder);
    const time = new Date().toISOString();
    const assumed = {
      eventVersion: '1.08',
      eventID: 'e1',
      eventTime: time,
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::1:user/alice', accessKeyId: 'AKIA1' },
      responseElements: { credentials: { accessKeyId: 'ASIA1' } },
    };
    const used = {
      eventVersion: '1.08',
      eventID: 'e2',
      eventTime: time,
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/reader/x',
        accessKeyId: 'ASIA1',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/reader' } },
      },
    };
    writeFileSync(join(folder, 'one.json'), JSON.stringify({ Records: [assumed, used] }));
    await collector({ format: 'cloudtrail' }).folder(folder);
    const [call] = (await world.events()).filter(({ tool }) => tool?.name?.includes('GetObject'));
    expect(call?.agent.uid).toBe('arn:aws:iam::1:role/reader');
    expect(JSON.stringify(call?.delegation)).toContain('arn:aws:iam::1:user/alice');
  });
});

describe('whom a gateway authenticated', () => {
  const record = (client: string) =>
    `${JSON.stringify({ ...JSON.parse(access('read_mail')), 'jwt.client_id': client })}\n`;
  const collected = async (assurance: 'authenticated' | 'asserted') => {
    const path = join(world.folder, 'gateway.log');
    writeFileSync(path, record('spiffe://acme.example/mailer'));
    const token = world.grant('gw', 'gateway', assurance);
    ingest.reloadTokens();
    await collector({ token }).file(path);
    await ingest.concludeCalls();
    return (await world.events()).map(({ agent }) => [agent.uid, agent.assurance]);
  };

  it('is believed where the token names a gateway that proves it', async () => {
    expect(await collected('authenticated')).toEqual([
      ['spiffe://acme.example/mailer', 'authenticated'],
    ]);
  });

  it('is only asserted by any other source that writes the same', async () => {
    expect(await collected('asserted')).toEqual([['spiffe://acme.example/mailer', 'asserted']]);
  });

  it('is not believed of a name that telemetry gives itself', async () => {
    const span = toolSpan();
    const headers = { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' };
    await fetch(`${ingest.url}/v1/traces`, { method: 'POST', headers, body: traces(span) });
    await ingest.concludeCalls();
    expect(await world.events()).toMatchObject([{ agent: { assurance: 'asserted' } }]);
  });
});

describe('a log of one’s own', () => {
  it('is read by a mapping beside the tokens', async () => {
    mkdirSync(join(world.folder, 'mappings'));
    const mapping = [
      'name: our-gateway',
      'match: [{ at: kind, in: [tool] }]',
      'fields: { time: when, tool: what, agent_name: who, args: input }',
      'outcome: [{ at: code, in: [0], is: success }, { at: code, is: error }]',
    ];
    writeFileSync(join(world.folder, 'mappings', 'ours.yaml'), mapping.join('\n'));
    ingest = await world.start();
    const path = join(world.folder, 'ours.log');
    const record = {
      kind: 'tool',
      when: Date.now(),
      what: 'pay',
      who: 'payer',
      code: 0,
      input: { n: 1 },
    };
    writeFileSync(path, `${JSON.stringify(record)}\n`);
    await collector().file(path);
    await ingest.concludeCalls();
    expect(await world.events()).toMatchObject([
      { agent: { uid: 'agent/payer' }, tool: { name: 'pay' }, outcome: 'success' },
    ]);
  });

  it('whose mapping is wrong stops the start with the file and the reason', async () => {
    mkdirSync(join(world.folder, 'mappings'));
    writeFileSync(join(world.folder, 'mappings', 'ours.yaml'), 'name: x');
    await expect(world.start()).rejects.toThrow(/ours.yaml/u);
  });
});

describe('what is not taken', () => {
  it('is counted and told, and the rest goes on', async () => {
    const path = join(world.folder, 'access.log');
    writeFileSync(path, `not json\n${access('read_mail')}{"level":"info"}\n`);
    const one = collector();
    await one.file(path);
    expect(one.collected).toMatchObject({ taken: 1, refused: 2 });
    expect(said.join()).toContain('2 records were not understood');
    expect(await tools()).toEqual(['read_mail']);
  });

  it('for want of a token ends it with a sentence, and the place is not passed', async () => {
    const path = join(world.folder, 'access.log');
    writeFileSync(path, access('read_mail'));
    await expect(collector({ token: 'wwi_wrongwrong' }).file(path)).rejects.toThrow(/answers 401/u);
    await collector().file(path);
    expect(await tools()).toEqual(['read_mail']);
  });
});
