/**
 * Guarantee: whoever sends arguments as one text, a list or a number is judged like anybody else. An
 * agent that obeys a planted instruction is told of, in whatever form its call names the values.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import type { InputEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { fleetRecords, runFleet } from '../support/run-fleet.ts';

/** The fleet's first hijack, with the obeying call's arguments in another form. */
function hijack(form: (value: unknown) => unknown): readonly InputEvent[] {
  const events = fleet({ stories: 1, ordinary: 0 }).slice(0, 2);
  return events.map((one) => ({ ...one, args: { value: form(one.args?.value) } }));
}

const FORMS: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['an object', (value) => value],
  ['JSON in a text', (value) => JSON.stringify(value)],
  ['a list of texts', (value) => Object.values(value as object)],
  ['one object in a list', (value) => [value]],
];

describe('arguments without names', () => {
  it.each(FORMS)(
    'a hijack is told of when they come as %s',
    async (_, form) => {
      const folder = mkdtempSync(join(tmpdir(), 'waywarden-bare-'));
      const log = await openLmdbLog({ path: folder, durable: false });
      try {
        const { records } = fleetRecords(hijack(form));
        const { alerts } = await runFleet({ log, partitions: 1, records });
        expect(alerts.map((one) => one.kind)).toContain('hijack_suspected');
      } finally {
        await log.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    30_000,
  );
});
