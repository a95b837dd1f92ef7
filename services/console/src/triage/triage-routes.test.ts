import {
  activeMacKey,
  HEADERS,
  jwsPublicKey,
  loadOrCreateKeyFile,
  TOPICS,
  TRIAGE_ACT_TOPIC,
  triageRecordSchema,
  verifyDetached,
} from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { type Headers, WorkWorld } from '../testing/work-world.ts';

let world: WorkWorld;
let analyst: Headers;
let responder: Headers;
const problems: string[] = [];
/** Alerts that access was taken for. */
const taken = new Set<unknown>();

beforeAll(async () => {
  const store = {
    rows: <T>(_: string, { ids }: { readonly ids?: unknown } = {}) =>
      Promise.resolve(
        (Array.isArray(ids) ? ids : []).filter((id) => taken.has(id)).map((id) => ({ id }) as T),
      ),
  };
  world = await WorkWorld.open({ store, onProblem: (message) => problems.push(message) });
  await world.addRoles(['analyst', 'responder', 'viewer']);
  analyst = await world.signIn('analyst');
  responder = await world.signIn('responder');
  for (let n = 1; n <= 9; n++) await world.alert(buildAlert({ alert_id: uuidOf(n) }));
  await listed(9);
}, 60_000);

afterAll(() => world.close());

const list = async (query = '') =>
  (await world.ask('GET', `/v1/console/alerts${query}`, analyst)).body;

/** The follower reads on its own: what was appended is listed within moments. */
async function listed(total: number): Promise<void> {
  await vi.waitFor(async () => expect((await list('?state=all')).total).toBe(total), 5_000);
}

const alerts = (...numbers: readonly number[]) =>
  numbers.map((n) => ({ alert_id: uuidOf(n), revision: 1 }));
const give = (change: object, of = alerts(1), reason = 'looked', who = analyst) =>
  world.ask('POST', '/v1/triage', who, { alerts: of, change, reason });

async function records() {
  const topic = TOPICS.triage.name;
  const all = await world.log.read(topic, 0, 0, 1_000);
  return all.map((record) => ({
    record,
    ...triageRecordSchema.parse(JSON.parse(new TextDecoder().decode(record.value ?? undefined))),
  }));
}

describe('what somebody does about an alert', () => {
  it('gives access back by a close only where a responder closes', async () => {
    taken.add(uuidOf(9));
    const wrong = { state: 'closed', classification: 'benign_expected' };
    const refused = await give(wrong, alerts(8, 9));
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('because of 1 of these alerts');
    expect((await give(wrong, alerts(9), 'looked', responder)).status).toBe(200);
    expect(world.acts.at(-1)).not.toHaveProperty('restores');
    expect((await give(wrong, alerts(8))).status).toBe(200);
    // The responder may know of an order that the store does not show yet.
    expect(world.acts.at(-1)).toMatchObject({ by: 'analyst', restores: false });
    taken.clear();
    expect((await give({ state: 'new' }, alerts(8, 9))).status).toBe(200);
  });

  it('is listed when the answer comes, and signed by the key of the account', async () => {
    const answer = await give({ state: 'in_progress', assignee: 'responder', tags_add: ['q4'] });
    expect(answer.status).toBe(200);
    const { items } = await list('?assignee=responder');
    expect(items).toMatchObject([
      { alert_id: uuidOf(1), triage: { state: 'in_progress', tags: ['q4'] } },
    ]);
    const last = (await records()).at(-1)!;
    expect(last.act).toMatchObject({ act_id: answer.body.act_id, by: 'analyst' });
    expect(JSON.parse(last.signed.text)).toEqual(last.act);
    const kid = String(last.signed.key['kid']);
    const ring = new Map([[kid, jwsPublicKey(kid, last.signed.key)]]);
    const value = new TextEncoder().encode(last.signed.text);
    const binding = { topic: TRIAGE_ACT_TOPIC, audience: 'waywarden:acme' };
    expect(await verifyDetached(value, last.signed.signature, ring, binding)).toMatchObject({
      ok: true,
    });
  });

  it('is refused where somebody else decided since it was looked at, and names them', async () => {
    const { items } = await list('?assignee=responder');
    const [{ triage }] = items;
    const looked = alerts(1).map((one) => ({ ...one, last_act: triage.last_act }));
    const taken = { state: 'in_progress', assignee: 'responder' };
    expect((await give(taken, alerts(1), 'mine', responder)).status).toBe(200);
    const late = await give({ state: 'in_progress', assignee: 'analyst' }, looked);
    expect(late.status).toBe(409);
    expect(late.body.message).toContain('responder set to in progress, assigned to responder');
    expect((await give({ note: 'a note disturbs nobody' }, looked)).status).toBe(200);
    expect((await give({ state: 'new' }, looked, 'given back', responder)).status).toBe(409);
  });

  it('a close gives a verdict of the revision that was seen; a duplicate gives none', async () => {
    world.acts.length = 0;
    expect(
      (await give({ state: 'closed', classification: 'benign_expected' }, alerts(2))).status,
    ).toBe(200);
    expect(world.acts).toMatchObject([
      {
        act: 'verdict',
        verdict: 'false_positive',
        alert_id: uuidOf(2),
        revision: 1,
        by: 'analyst',
      },
    ]);
    await give(
      { state: 'closed', classification: 'duplicate', duplicate_of: uuidOf(2) },
      alerts(3),
    );
    expect(world.acts).toHaveLength(1);
    expect((await list('?state=closed')).total).toBe(2);
    expect((await list()).items.map((one: { alert_id: string }) => one.alert_id)).not.toContain(
      uuidOf(2),
    );
  });

  it('a campaign is closed by one act', async () => {
    const before = (await records()).length;
    const close = { state: 'closed', classification: 'true_positive' };
    expect((await give(close, alerts(4, 5, 6))).body).toMatchObject({ verdicts: 3 });
    expect((await records()).length).toBe(before + 1);
    expect((await list('?classification=true_positive&state=closed')).total).toBe(3);
  });

  it('more of the same opens a closed alert again', async () => {
    await world.alert(buildAlert({ alert_id: uuidOf(4), revision: 2, count: 7 }));
    await expect
      .poll(async () => (await world.ask('GET', `/v1/alerts/${uuidOf(4)}/triage`, analyst)).body)
      .toMatchObject({ state: 'new', reopened: true, triage: { closed: { by: 'analyst' } } });
  });

  it('an alert that has grown since it was looked at is not judged unseen', async () => {
    const close = { state: 'closed', classification: 'false_positive' };
    const answer = await give(close, alerts(4));
    expect(answer).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(answer.body.message).toContain('has come to revision 2');
  });

  it.each<[string, object, RegExp, string?]>([
    ['a close without a classification', { state: 'closed' }, /takes a classification/],
    ['a close without why', { state: 'closed', classification: 'true_positive' }, /Say why/, ''],
    [
      'a duplicate of itself',
      { state: 'closed', classification: 'duplicate', duplicate_of: uuidOf(1) },
      /itself/,
    ],
    ['a duplicate of nothing', { state: 'closed', classification: 'duplicate' }, /names the alert/],
    ['a viewer as assignee', { assignee: 'viewer' }, /no account here/],
    ['nothing', {}, /Nothing is changed/],
  ])('%s is refused with what to do', async (_, change, said, reason = 'because') => {
    const { status, body } = await give(change, alerts(1), reason);
    expect(status).toBe(400);
    expect(body.message).toMatch(said);
    expect(body.what_to_do).not.toBe('');
  });

  it.each<[string, object]>([
    ['an unknown field', { change: { note: 'x', bogus: 1 } }],
    ['a tag of markup', { change: { tags_add: ['<script>'] } }],
    ['a case link that runs', { change: { case_link: 'javascript:alert(1)' } }],
    [
      'too many alerts',
      { alerts: Array.from({ length: 501 }, (_, n) => ({ alert_id: uuidOf(n) })) },
    ],
  ])('%s never reaches the log', async (_, body) => {
    const before = (await records()).length;
    const answer = await world.ask('POST', '/v1/triage', analyst, {
      alerts: alerts(1),
      change: { note: 'x' },
      ...body,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await records()).length).toBe(before);
  });
});

describe('a suppression', () => {
  const scope = { kind: 'hijack_suspected', agent_uid: 'spiffe://acme/agent/mail-1' };

  it('shows before it is given what it would have hidden, the true ones first', async () => {
    const { body } = await world.ask('POST', '/v1/suppressions/preview', analyst, scope);
    expect(body).toMatchObject({ days: 30, would_have_hidden: 9, true_positives: 3 });
    expect(body.examples[0].triage.classification).toBe('true_positive');
  });

  it('is given by a responder, narrow and for a time, and hides what comes', async () => {
    const given = { scope, expires_in: '7d', reason: 'known test run' };
    expect((await world.ask('POST', '/v1/suppressions', analyst, given)).status).toBe(403);
    const wide = { ...given, scope: { kind: 'hijack_suspected' } };
    expect((await world.ask('POST', '/v1/suppressions', responder, wide)).status).toBe(400);
    const long = { ...given, expires_in: '91d' };
    expect((await world.ask('POST', '/v1/suppressions', responder, long)).status).toBe(400);
    expect((await world.ask('POST', '/v1/suppressions', responder, given)).status).toBe(200);
    await world.alert(buildAlert({ alert_id: uuidOf(20), detected_at: '2026-11-24T12:30:00Z' }));
    await listed(10);
    expect((await list('?state=suppressed')).total).toBe(1);
    const { suppressions } = (await world.ask('GET', '/v1/suppressions', analyst)).body;
    const ended = await world.ask('DELETE', `/v1/suppressions/${suppressions[0].id}`, responder);
    expect(ended.status).toBe(200);
  });
});

describe('the log', () => {
  it('after a restart everything stands as before', async () => {
    const before = await list('?state=all&sort=oldest');
    const one = (await world.ask('GET', `/v1/alerts/${uuidOf(1)}/triage`, analyst)).body;
    await world.stopServing();
    await world.serve({ onProblem: (message) => problems.push(message) });
    analyst = await world.signIn('analyst');
    responder = await world.signIn('responder');
    await listed(10);
    await expect
      .poll(async () => (await list('?state=all&sort=oldest')).items)
      .toEqual(before.items);
    expect((await world.ask('GET', `/v1/alerts/${uuidOf(1)}/triage`, analyst)).body).toEqual(one);
  });

  it('an act or an alert that somebody else wrote into the topic counts for nothing', async () => {
    const file = { service: 'other', uses: ['mac'] as const, createdAt: '2026-11-24T09:00:00Z' };
    const stranger = activeMacKey(loadOrCreateKeyFile(`${world.folder}/other.json`, file));
    await world.alert(buildAlert({ alert_id: uuidOf(99) }), stranger);
    const [first] = await records();
    const value = first!.record.value;
    const headers = { [HEADERS.type]: 'event' };
    await world.log.append([
      { topic: TOPICS.triage.name, partition: 0, key: 'acme|*', value, headers },
    ]);
    await expect.poll(() => world.work.follower.refused).toBe(2);
    expect((await list('?state=all')).total).toBe(10);
  });

  it('a sealed record that nobody can read keeps none that follow from being listed', async () => {
    const before = world.work.follower.refused;
    await world.alert({ ...buildAlert({ alert_id: uuidOf(60) }), evidence: undefined } as never);
    await world.alert(buildAlert({ alert_id: uuidOf(61) }));
    await vi.waitFor(async () => {
      const found = await world.ask('GET', `/v1/alerts/${uuidOf(61)}/triage`, analyst);
      expect(found.status).toBe(200);
    }, 5_000);
    expect(world.work.follower.refused).toBe(before + 1);
    expect(problems).toHaveLength(1);
  });

  it('alerts of another tenant are not listed', async () => {
    await world.alert(buildAlert({ alert_id: uuidOf(50), tenant_id: 'other' }));
    await world.alert(buildAlert({ alert_id: uuidOf(51) }));
    await listed(12);
    expect((await world.ask('GET', `/v1/alerts/${uuidOf(50)}/triage`, analyst)).status).toBe(404);
  });
});

describe('response acts', () => {
  it('are signed as the account that is signed in, whoever the body names', async () => {
    world.acts.length = 0;
    const act = { act: 'restore', order_id: uuidOf(3), reason: 'it was us' };
    const taken = await world.ask('POST', '/v1/response', responder, act);
    expect(taken).toMatchObject({ status: 200, body: { sentence: 'Done.' } });
    expect(world.acts).toMatchObject([{ by: 'responder', tenant_id: 'acme', order_id: uuidOf(3) }]);
    const named = await world.ask('POST', '/v1/response', responder, { ...act, by: 'analyst' });
    expect(named.status).toBeGreaterThanOrEqual(400);
    expect(world.acts).toHaveLength(1);
  });

  it('that nobody could take are no refusal: the answer says that it is away', async () => {
    const apart = await WorkWorld.open({
      take: async () => ({ refused: 'responder_unreachable', why: 'Nobody.', isAway: true }),
    });
    await apart.addRoles(['responder']);
    const who = await apart.signIn('responder');
    const act = { act: 'pause', reason: 'because' };
    expect((await apart.ask('POST', '/v1/response', who, act)).status).toBe(503);
    await apart.close();
  });

  it('the owner of the machine has no name to sign with', async () => {
    const owner = { authorization: 'Bearer the-owner' };
    const act = { act: 'pause', reason: 'because' };
    expect((await world.ask('POST', '/v1/response', owner, act)).body).toMatchObject({
      error: 'account_needed',
    });
  });
});
