/** Guarantee: as many alerts as one act may name are closed by one, and the answer comes when they are. */
import { TRIAGE_ALERTS_MAX } from '@waywarden/schemas';
import { expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { WorkWorld } from '../testing/work-world.ts';

const SETTLE_MS = 30_000;

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
