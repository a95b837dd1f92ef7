/** Guarantee: as many alerts as one act may name are closed by one, and the answer comes when they are. */
import { TRIAGE_ALERTS_MAX } from '@waywarden/schemas';
import { expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { WorkWorld } from '../testing/work-world.ts';

const SETTLE_MS = 30_000;

it('of several, it says whose access takes a second person to give back', async () => {
  const store = {
    rows: <T>(_: string, { ids }: { readonly ids?: unknown } = {}) =>
      Promise.resolve(
        (Array.isArray(ids) && ids.includes(uuidOf(2)) ? [{ id: uuidOf(2) }] : []) as T[],
      ),
  };
  const asked: boolean[] = [];
  const world = await WorkWorld.open({
    store,
    take: async ({ act }, waits = true) => {
      asked.push(waits);
      const withheld =
        JSON.parse(act).alert_id === uuidOf(2) && waits ? 'second_person_needed' : null;
      return { outcome: { by: [], withheld, issuedIds: [] } };
    },
  });
  try {
    await world.addRoles(['responder']);
    const headers = await world.signIn('responder');
    for (const n of [1, 2, 3]) await world.alert(buildAlert({ alert_id: uuidOf(n) }));
    const listed = async () => (await world.ask('GET', '/v1/console/alerts', headers)).body.total;
    await vi.waitFor(async () => expect(await listed()).toBe(3), SETTLE_MS);
    const answer = await world.ask('POST', '/v1/triage', headers, {
      alerts: [1, 2, 3].map((n) => ({ alert_id: uuidOf(n), revision: 1 })),
      change: { state: 'closed', classification: 'false_positive' },
      reason: 'all of one test',
    });
    expect(asked).toEqual([false, true, false]);
    expect(answer.body.verdictsRefused).toEqual([
      { alert_id: uuidOf(2), why: 'second_person_needed' },
    ]);
  } finally {
    await world.close();
  }
}, 60_000);

it('five hundred alerts are closed by one act', async () => {
  const world = await WorkWorld.open();
  try {
    await world.addRoles(['responder']);
    const headers = await world.signIn('responder');
    const total = async (state: string) =>
      (await world.ask('GET', `/v1/console/alerts?state=${state}`, headers)).body.total;
    const ids = Array.from({ length: TRIAGE_ALERTS_MAX }, (_, n) => uuidOf(n + 1));
    for (const alert_id of ids) await world.alert(buildAlert({ alert_id }));
    await vi.waitFor(async () => expect(await total('open')).toBe(ids.length), SETTLE_MS);
    const answer = await world.ask('POST', '/v1/triage', headers, {
      alerts: ids.map((alert_id) => ({ alert_id, revision: 1 })),
      change: { state: 'closed', classification: 'benign_expected' },
      reason: 'an approval that expired; renewed today',
    });
    expect(answer.body).toMatchObject({ verdicts: ids.length, verdictsRefused: [] });
    expect(await total('closed')).toBe(ids.length);
  } finally {
    await world.close();
  }
}, 60_000);
