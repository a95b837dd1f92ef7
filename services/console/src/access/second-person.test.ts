import { type OperatorAct, type Registry, registrySchema } from '@waywarden/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Headers, PASSWORD, TENANT, WorkWorld } from '../testing/work-world.ts';
import type { RulesPort } from '../tuning/rules-port.ts';

const DAY_MS = 86_400_000;
const OWN = 'only its owner knows it';
const agent = { uid: 'spiffe://acme/agent/mail-1', class: 'assistive' };
const start: Registry = registrySchema.parse({ version: 1, agents: [agent] });
const other = { version: 1, agents: [agent, { ...agent, uid: 'agent/new' }] };
const texts = new Map<string, string>();
const rules: Partial<RulesPort> = {
  registry: () => start,
  registryVersion: () => 'v1',
  check: (kind) => ({ kind, findings: [], errors: 0, warnings: 0, changes: ['  + agent'] }),
  publishing: {
    version: () => 'v1',
    refusal: () => undefined,
    replace: async () => undefined,
    texts: {
      keep: (id, text) => void texts.set(id, text),
      read: (id) => texts.get(id),
      drop: (id) => void texts.delete(id),
      keepOnly: () => undefined,
    },
  },
};

const acts: OperatorAct[] = [];
let withheld: string | null;
let world: WorkWorld;
let ann: Headers;
let bob: Headers;

beforeAll(async () => {
  world = await WorkWorld.open({
    rules: rules as RulesPort,
    take: async ({ act }) => {
      acts.push(JSON.parse(act));
      return { outcome: { by: [], withheld, issuedIds: [] } };
    },
  });
  for (const uid of ['ann', 'bob']) {
    const roles = { [TENANT]: 'admin' as const };
    await world.accounts.add({ uid, roles, by: 'start', password: PASSWORD, mustChange: false });
  }
}, 60_000);

afterAll(() => world.close());

beforeEach(async () => {
  world.nowMs += 3 * DAY_MS;
  withheld = 'second_person_needed';
  ann = await world.signIn('ann');
});

/** Signs in with a first password and chooses another. */
async function takeOver(uid: string, first: string): Promise<Headers> {
  const session = await world.signIn(uid, first);
  const next = `${OWN} ${world.nowMs}`;
  await world.ask('POST', '/v1/session/password', session, { current: first, next });
  return world.signIn(uid, next);
}

const proposal = { kind: 'registry', text: JSON.stringify(other), reason: 'a new agent' };
async function propose(by: Headers): Promise<string> {
  const { body } = await world.ask('POST', '/v1/rules/proposals', by, proposal);
  return body.id;
}
const publish = (by: Headers, id: string) =>
  world.ask('POST', `/v1/rules/proposals/${id}/publish`, by, { reason: 'looked' });
const pause = (by: Headers) =>
  world.ask('POST', '/v1/response', by, { act: 'pause', reason: 'a false alarm everywhere' });

async function resetBob(): Promise<void> {
  const { body } = await world.ask('POST', '/v1/accounts/bob/password', ann, {});
  const first = await world.signIn('bob', body.first_password);
  const early = await world.ask('GET', '/v1/console/alerts', first);
  expect([early.status, early.body.error]).toEqual([403, 'password_change_needed']);
  bob = await takeOver('bob', body.first_password);
}

describe('the second person of an act', () => {
  it('is not whom the first could be: who reset a password counts as its owner for a day', async () => {
    await resetBob();
    const id = await propose(ann);
    const refused = await publish(bob, id);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'ann reset the password of bob. Somebody else must publish it.',
    ]);
    const { body } = await world.ask('GET', '/v1/audit?limit=1', ann);
    expect(body.access).toMatchObject([
      { act: 'denied', by: 'bob', of: 'ann', detail: 'ann reset the password of bob' },
    ]);
    world.nowMs += DAY_MS;
    bob = await world.signIn('bob', `${OWN} ${world.nowMs - DAY_MS}`);
    expect((await publish(bob, id)).status).toBe(200);
  }, 30_000);

  it('nor the other way round: what was proposed as somebody else is not accepted as oneself', async () => {
    await resetBob();
    const id = await propose(bob);
    expect((await publish(ann, id)).status).toBe(403);
  }, 30_000);

  it('is named to the responder as whoever could be the first one: it decides who agrees', async () => {
    await resetBob();
    expect((await pause(ann)).status).toBe(200);
    expect((await pause(bob)).status).toBe(200);
    expect(acts).toMatchObject([
      { by: 'ann', holders: ['start'] },
      { by: 'bob', holders: ['ann', 'start'] },
    ]);
    withheld = 'another_person_needed';
    const { body } = await pause(bob);
    expect(body.sentence).toContain('it takes another person');
  }, 30_000);

  it('is not an account that the first one made by another', async () => {
    for (const [uid, by] of [
      ['eve', 'ann'],
      ['finn', 'eve'],
    ] as const) {
      await world.accounts.add({ uid, roles: {}, by, password: PASSWORD, mustChange: false });
    }
    expect(world.accounts.tie('ann', 'finn')).toBe('ann made the account eve');
    expect(world.accounts.tie('bob', 'finn')).toBe(undefined);
  });

  it('is never an account that the first one made, unless it signs in elsewhere', async () => {
    const made = await world.ask('POST', '/v1/accounts', ann, { uid: 'carl', role: 'admin' });
    const carl = await takeOver('carl', made.body.first_password);
    const id = await propose(ann);
    expect((await publish(carl, id)).body.message).toContain('ann made the account carl');
    const subject = { iss: 'https://id.acme.example', sub: 'dora' };
    await world.accounts.add({ uid: 'dora', roles: {}, by: 'ann', subject });
    world.nowMs += 2 * DAY_MS;
    expect(world.accounts.tie('ann', 'carl')).toContain('made');
    expect(world.accounts.tie('carl', 'ann')).toContain('made');
    expect(world.accounts.tie('ann', 'dora')).toBe(undefined);
  }, 30_000);
});
