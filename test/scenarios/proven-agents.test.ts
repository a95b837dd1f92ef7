/** Agents that prove who they are by a token of their identity provider, over HTTP to a running ingest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningIngest } from '@waywarden/ingest';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TelemetryWorld, toolSpan, traces } from './telemetry-world.ts';

const ISSUER = 'https://idp.example';
let world: TelemetryWorld;
let ingest: RunningIngest;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeEach(async () => {
  world = new TelemetryWorld();
  await world.open();
  keys = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(keys.publicKey)), alg: 'ES256' };
  writeFileSync(join(world.folder, 'keys.json'), JSON.stringify({ keys: [jwk] }));
  const entry = {
    id: 'idp',
    issuer: ISSUER,
    audience: 'waywarden',
    jwks: 'keys.json',
    tenant: 'acme',
    source: { kind: 'idp', instance: 'main' },
  };
  const file = { version: 1, issuers: [entry] };
  writeFileSync(join(world.folder, 'issuers.json'), JSON.stringify(file));
  ingest = await world.start();
});

afterEach(() => world.close());

const tokenOf = (claims: JWTPayload) =>
  new SignJWT({ iss: ISSUER, aud: 'waywarden', jti: 'j1', ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .setExpirationTime('5m')
    .sign(keys.privateKey);

async function post(path: string, token: string, body: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  const response = await fetch(ingest.url + path, init);
  return { status: response.status, text: await response.text() };
}

const event = (set: object) => ({
  event_time: new Date().toISOString(),
  activity: 'tool_call',
  agent: { uid: 'payer' },
  tool: { name: 'send_email' },
  ...set,
});

describe('an agent with a token of its identity provider', () => {
  it('is authenticated, with its owner and the chain of who handed over to it', async () => {
    const act = { sub: 'payer', act: { sub: 'writer' } };
    const sent = await post(
      '/v1/events',
      await tokenOf({ sub: 'alice', act, scope: 'mail.send' }),
      event({}),
    );
    expect(sent.status).toBe(202);
    const [stored] = await world.events();
    expect(stored).toMatchObject({
      agent: { uid: 'payer', assurance: 'authenticated', uid_source: 'token' },
      principal: { uid: 'alice' },
      credential: { uid: 'j1' },
      scopes: ['mail.send'],
      delegation: {
        parent_agent_uid: 'writer',
        chain: [{ agent_uid: 'writer', via: 'act_claim', assurance: 'asserted' }],
      },
      claims: { principal: 'authenticated', delegation: 'asserted', task: 'unresolved' },
    });
  });

  it('is the agent of all that its telemetry reports, whatever name stands there', async () => {
    const sent = await post('/v1/traces', await tokenOf({ sub: 'payer' }), traces(toolSpan()));
    expect(sent.status).toBe(200);
    await ingest.concludeCalls();
    expect(await world.events()).toMatchObject([
      { agent: { uid: 'payer', name: 'mailer', assurance: 'authenticated' } },
    ]);
  });

  it('need not say in a body who it is', async () => {
    const { agent: _, ...body } = event({});
    const sent = await post('/v1/events', await tokenOf({ sub: 'payer' }), body);
    expect(sent.status).toBe(202);
    expect(await world.events()).toMatchObject([{ agent: { uid: 'payer' } }]);
  });

  it('may not report another agent', async () => {
    const sent = await post(
      '/v1/events',
      await tokenOf({ sub: 'payer' }),
      event({ agent: { uid: 'ceo' } }),
    );
    expect(sent.status).toBe(400);
    expect(await world.events()).toEqual([]);
  });

  it('can not give itself an owner, a chain or a credential in the body', async () => {
    const claimed = event({
      principal: { uid: 'ceo' },
      credential: { uid: 'golden' },
      delegation: { parent_agent_uid: 'ceo', chain: [{ agent_uid: 'ceo', assurance: 'attested' }] },
    });
    expect((await post('/v1/events', await tokenOf({ sub: 'payer' }), claimed)).status).toBe(202);
    const [stored] = await world.events();
    expect(stored?.principal).toBeUndefined();
    expect(stored?.delegation?.chain).toBeUndefined();
    expect(stored?.credential).toMatchObject({ uid: 'j1' });
  });

  it('is refused once its issuer is named no longer', async () => {
    const token = await tokenOf({ sub: 'payer' });
    writeFileSync(join(world.folder, 'issuers.json'), JSON.stringify({ version: 1, issuers: [] }));
    const again = await world.start();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(event({})) };
    expect((await fetch(`${again.url}/v1/events`, init)).status).toBe(401);
  });
});

describe('a sender with a token of ours', () => {
  it('can not say itself how far a hop is believed', async () => {
    const chain = [{ agent_uid: 'writer', via: 'act_claim', assurance: 'attested' }];
    const sent = await post('/v1/events', world.token, event({ delegation: { chain } }));
    expect(sent.status).toBe(202);
    const [stored] = await world.events();
    expect(stored?.delegation?.chain).toEqual([{ agent_uid: 'writer', via: 'act_claim' }]);
  });
});

describe('a stranger', () => {
  it('learns nothing but that the token is not known', async () => {
    const foreign = await generateKeyPair('ES256');
    const token = await new SignJWT({ iss: ISSUER, aud: 'waywarden', sub: 'payer' })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('5m')
      .sign(foreign.privateKey);
    const sent = await post('/v1/events', token, event({}));
    expect(sent.status).toBe(401);
    expect(JSON.parse(sent.text)).toMatchObject({ error: 'unknown_token' });
  });
});
