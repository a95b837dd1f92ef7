/**
 * The table of hostile inputs, row by row: each is sent to a real ingest and must get the answer that
 * the table states. A row without a case, or a case without a row, fails too.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_CASES } from './hostile/body-cases.ts';
import { CLOUD_EVENT_CASES } from './hostile/cloud-event-cases.ts';
import { HostileWorld } from './hostile/hostile-world.ts';
import { HTTP_CASES } from './hostile/http-cases.ts';
import { MEANING_CASES } from './hostile/meaning-cases.ts';
import { WIRE_CASES } from './hostile/wire-cases.ts';

const CASES = {
  ...BODY_CASES,
  ...HTTP_CASES,
  ...WIRE_CASES,
  ...MEANING_CASES,
  ...CLOUD_EVENT_CASES,
};
const TABLE = new URL('./hostile/inputs.tsv', import.meta.url);
const ROWS_MIN = 60;

/** Columns: id, input, answer, what else is checked. */
const rows = readFileSync(TABLE, 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [id = '', input = '', answer = ''] = line.split('\t');
    return { id, input, answer };
  });

let world: HostileWorld;
beforeAll(async () => {
  world = await HostileWorld.open();
});
afterAll(() => world.close());

describe('hostile input', () => {
  it('is listed, each row with a case', () => {
    expect(rows.length).toBeGreaterThanOrEqual(ROWS_MIN);
    expect(rows.map(({ id }) => id).sort()).toEqual(Object.keys(CASES).sort());
  });

  it.each(rows)('$id: $input → $answer', async ({ id, answer }) => {
    await world.begin(id);
    await CASES[id as keyof typeof CASES]?.(world);
    expect(world.answers.join('; ') || 'none').toBe(answer);
  });

  it('leaves ingest well', async () => {
    expect((await fetch(`${world.ingest.url}/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${world.ingest.url}/metrics`)).text();
    expect(metrics).toContain('waywarden_ingest_in_hand_bodies 0');
    expect(metrics).toContain('waywarden_ingest_in_hand_bytes 0');
    expect(metrics).not.toContain('status="500"');
  });
});
