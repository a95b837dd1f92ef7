import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { WorkWorld } from '../testing/work-world.ts';

let world: WorkWorld;

beforeAll(async () => {
  world = await WorkWorld.open({ localViewers: true });
}, 30_000);

afterAll(() => world.close());

async function poll(query: string) {
  return (await world.ask('GET', `/v1/export/alerts?${query}`, {})).body;
}

describe('the export', () => {
  it('gives each revision once and loses none, however many come while it is read', async () => {
    for (let n = 1; n <= 7; n++) await world.alert(buildAlert({ alert_id: uuidOf(n) }));
    const seen: string[] = [];
    let after = '';
    for (let round = 0; round < 12; round++) {
      const page = await poll(`limit=2${after}`);
      for (const one of page.alerts) seen.push(`${one.alert_id}.${one.revision}`);
      after = `&after=${page.cursor}`;
      if (round === 1) await world.alert(buildAlert({ alert_id: uuidOf(1), revision: 2 }));
      if (round === 2) await world.alert(buildAlert({ alert_id: uuidOf(8), tenant_id: 'other' }));
    }
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
  });

  it('gives OCSF findings with the address of each alert', async () => {
    const { alerts } = await poll('format=ocsf&limit=1');
    expect(alerts[0]).toMatchObject({ class_uid: 2004, metadata: { version: '1.8.0' } });
    expect(alerts[0].finding_info.src_url).toContain('/alerts/');
  });

  it.each([['after=x'], ['after=eyJsb2ciOiJ4IiwiYXQiOlsxXX0'], ['format=cef'], ['bogus=1']])(
    '%s is refused',
    async (query) => {
      const { status, body } = await world.ask('GET', `/v1/export/alerts?${query}`, {});
      expect([status, body.what_to_do === '']).toEqual([400, false]);
    },
  );

  it('a cursor of another log is refused, and not read as a place of this one', async () => {
    const cursor = Buffer.from(JSON.stringify({ log: 'x', at: [0, 0] })).toString('base64url');
    const { status } = await world.ask('GET', `/v1/export/alerts?after=${cursor}`, {});
    expect(status).toBe(409);
  });
});
