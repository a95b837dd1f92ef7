/**
 * How each claim of an event is earned, and that none is had by saying so: through real HTTP, by
 * tokens that prove different things. What acts on a claim (a revocation needs `authenticated`)
 * relies on this and on nothing in the body.
 */
import { ASSURANCES, type Assurance, CLAIMS, type Claim } from '@waywarden/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UID_SOURCES } from '../../services/ingest/src/core/enrich/derive-context.ts';
import { HostileWorld } from './hostile/hostile-world.ts';

/** What an event says for each claim to be about something. */
const CLAIMED: Readonly<Record<Claim, object>> = {
  task: { task: { id: 't-1' } },
  workflow: { task: { id: 't-1', workflow: 'invoices' } },
  principal: { principal: { uid: 'alice@acme.example', type: 'human' } },
  delegation: { delegation: { parent_agent_uid: 'agent/parent' } },
  trace: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
  conversation: { conversation_id: 'c-1', conversation_turn: 1 },
  approval: { approval: { mode: 'human', by: 'bob@acme.example' } },
  outcome: { outcome: 'denied' },
  class: { agent: { uid: 'agent/x', class: 'autonomous' } },
};
const SILENT = { outcome: undefined };

let world: HostileWorld;
let count = 0;
beforeAll(async () => {
  world = await HostileWorld.open();
});
afterAll(() => world.close());
beforeEach(() => world.begin(`claims-${count++}`));

async function sent(token: string, set: object) {
  await world.post(world.goodLine({ ...SILENT, ...set }), { authorization: `Bearer ${token}` });
  expect(world.answers).toEqual(['202 accepted=1']);
  return world.event();
}

describe.each(CLAIMS)('claims.%s', (claim) => {
  const earns = async (grant: Parameters<HostileWorld['grant']>[0], set: object) =>
    (await sent(world.grant(grant), set)).claims[claim];

  it('is what the token proves: an agent that speaks for itself only asserts', async () => {
    expect(await earns({ assurance: 'asserted' }, CLAIMED[claim])).toBe('asserted');
  });

  it('is authenticated by a source that authenticates its agents', async () => {
    expect(await earns({ assurance: 'authenticated' }, CLAIMED[claim])).toBe('authenticated');
  });

  it('is less where the token says so, and the others are not', async () => {
    const claims = { [claim]: 'asserted' as const };
    const event = await sent(world.grant({ assurance: 'authenticated', claims }), {
      ...CLAIMED.trace,
      ...CLAIMED.task,
      ...CLAIMED[claim],
    });
    expect(event.claims[claim]).toBe('asserted');
    expect(event.claims[claim === 'task' ? 'trace' : 'task']).toBe('authenticated');
    expect(event.agent.assurance).toBe('authenticated');
  });

  it('is unresolved where nothing is claimed', async () => {
    expect(await earns({ assurance: 'authenticated' }, {})).toBe('unresolved');
  });

  it('is not had by a token that may set fields', async () => {
    const event = await sent(world.grant({ assurance: 'asserted', trust_fields: true }), {
      claims: { [claim]: 'attested' },
      ...CLAIMED[claim],
    });
    expect(event.claims[claim]).toBe('asserted');
  });

  it('is not had by saying so', async () => {
    const event = await sent(world.grant({ assurance: 'asserted' }), {
      claims: { [claim]: 'attested' },
      ...CLAIMED[claim],
    });
    expect(event.claims[claim]).toBe('asserted');
    expect(event.unmapped?.['claims']).toEqual({ [claim]: 'attested' });
  });
});

describe('agent.assurance', () => {
  const attested = {
    assurance: 'attested' as const,
    trust_domains: ['acme.example'],
  } satisfies Parameters<HostileWorld['grant']>[0];
  const assured = async (uid: string, set: object = {}): Promise<readonly Assurance[]> => {
    const event = await sent(world.grant(attested), { agent: { uid }, ...CLAIMED.task, ...set });
    return [event.agent.assurance, event.claims.task];
  };

  it('is attested for a workload of a trust domain that the source verifies', async () => {
    expect(await assured('spiffe://acme.example/agent/bot')).toEqual(['attested', 'attested']);
  });

  it.each([
    ['another trust domain', 'spiffe://evil.example/agent/bot'],
    ['a name that begins like the trust domain', 'spiffe://acme.example.evil/agent/bot'],
    ['a trust domain in the path', 'spiffe://evil.example/acme.example'],
    ['no workload', 'spiffe://acme.example'],
    ['a path that climbs', 'spiffe://acme.example/agent/../admin'],
    ['another scheme', 'https://acme.example/agent/bot'],
    ['user information', 'spiffe://acme.example@evil.example/bot'],
    ['no SPIFFE ID', 'agent/bot'],
  ])('is at most authenticated for %s', async (_what, uid) => {
    expect(await assured(uid)).toEqual(['authenticated', 'authenticated']);
  });

  it('is not had by saying so', async () => {
    const agent = { uid: 'spiffe://acme.example/agent/bot', assurance: 'attested' };
    const event = await sent(world.grant({ assurance: 'asserted' }), { agent });
    expect(event.agent.assurance).toBe('asserted');
  });

  it('needs trust domains, and no claim may be more than it: such a token file is refused', () => {
    expect(() => world.grant({ assurance: 'attested' })).toThrow(/trust domains/);
    const claims = { task: 'authenticated' } as const;
    expect(() => world.grant({ assurance: 'asserted', claims })).toThrow(/more than the token/);
  });
});

describe('agent.uid_source', () => {
  const SPIFFE = 'spiffe://acme.example/agent/bot';
  const grants = {
    attested: { assurance: 'attested', trust_domains: ['acme.example'] },
    authenticated: { assurance: 'authenticated' },
    asserted: { assurance: 'asserted' },
    inferred: { assurance: 'inferred' },
    unresolved: { assurance: 'unresolved' },
  } as const satisfies Record<Assurance, Parameters<HostileWorld['grant']>[0]>;
  const said = async (proven: Assurance, word: string, uid = SPIFFE) => {
    const event = await sent(world.grant(grants[proven]), { agent: { uid, uid_source: word } });
    return [event.agent.uid_source, event.unmapped?.['agent.uid_source']];
  };

  // Each word, and the least that a token must prove of the agent for it to stand.
  it.each([
    ['svid', 'attested'],
    ['token', 'authenticated'],
    ['jwt_sub', 'authenticated'],
    ['mtls', 'authenticated'],
    ['api_key', 'authenticated'],
    ['span', 'asserted'],
    ['header', 'asserted'],
    ['config', 'asserted'],
    ['ancestor_span', 'inferred'],
    ['resource', 'inferred'],
    ['baggage', 'inferred'],
    ['client_info', 'inferred'],
  ] as const)('%s stands from %s on, and is nobody’s word below', async (word, least) => {
    expect([...UID_SOURCES.keys()]).toHaveLength(12);
    for (const proven of ASSURANCES) {
      const stands = ASSURANCES.indexOf(proven) <= ASSURANCES.indexOf(least);
      world.name = `${word}-${proven}`;
      await world.begin(world.name);
      expect(await said(proven, word)).toEqual(stands ? [word, undefined] : [undefined, word]);
    }
  });

  it('is not svid for an agent outside the trust domains, whatever the token proves of others', async () => {
    expect(await said('attested', 'svid', 'spiffe://evil.example/bot')).toEqual([
      undefined,
      'svid',
    ]);
  });

  it.each(['SVID', 'svid ', 'x509', 'verified', 'hardware'])(
    'is not the unknown word %s',
    async (word) => {
      expect(await said('attested', word)).toEqual([undefined, word]);
    },
  );
});

describe('tenants', () => {
  it('have ids of their own: one body is no repeat, and no conflict, of another tenant’s', async () => {
    const body = world.goodLine({ native_id: 'shared' });
    const other = `Bearer ${world.grant({ tenant: 'other' })}`;
    await world.post(body);
    await world.post(body, { authorization: other });
    await world.post(body.replace('success', 'denied'), { authorization: other });
    expect(world.answers).toEqual([
      '202 accepted=1',
      '202 accepted=1',
      '400 id_conflict line=1 field=native_id',
    ]);
    const [first, second] = await world.events();
    expect(first?.event_id).not.toBe(second?.event_id);
  });

  it('have keys of their own: equal values and chains can not be told to be equal', async () => {
    const args = { value: { to: 'bob@partner.example' } };
    const body = world.goodLine({ ...CLAIMED.task, args });
    await world.post(body);
    const other = `Bearer ${world.grant({ tenant: 'other' })}`;
    await world.post(body, { authorization: other });
    const [first, second] = await world.events();
    expect(first?.args?.values?.[0]?.fp).toBeDefined();
    expect(first?.args?.values?.[0]?.fp).not.toBe(second?.args?.values?.[0]?.fp);
    expect(first?.args?.hash).not.toBe(second?.args?.hash);
    expect(first?.chain_id).not.toBe(second?.chain_id);
  });
});
