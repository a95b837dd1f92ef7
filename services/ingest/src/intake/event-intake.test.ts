import type { EventLog } from '@waywarden/event-log';
import { makeHealth } from '@waywarden/service-health';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { replayKeys } from '../adapters/tenant-keys.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import { Catalogue } from '../core/enrich/catalogue.ts';
import { EventIntake } from './event-intake.ts';
import { IngestTelemetry } from './telemetry.ts';

/** A log whose appends end when the test says so. */
function openLog() {
  const appends: { readonly resolve: () => void; readonly reject: (cause: Error) => void }[] = [];
  const append = () =>
    new Promise<void>((resolve, reject) => {
      appends.push({ resolve, reject });
    });
  return { appends, log: { append } as unknown as EventLog };
}

/** Until all that can be done without an append is done: each request has its turn. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}

function intakeOn(log: EventLog, appendMsMax = 10_000): EventIntake {
  const catalogue = new Catalogue({ version: 'v', shipped: [], operator: [], organisation: [] });
  const parts = { keys: replayKeys(), catalogue, now: () => '2026-01-01T00:00:00Z' };
  const telemetry = new IngestTelemetry(pino({ level: 'silent' }), makeHealth('ingest').metrics);
  return new EventIntake({ log, partsOf: () => parts, telemetry, appendMsMax });
}

const token: TokenEntry = {
  id: 't',
  hash: '',
  tenant: 'acme',
  source: { kind: 'sdk', instance: 's' },
  assurance: 'asserted',
  trust_fields: false,
  state: 'active',
};
const items = [
  {
    line: 1,
    input: {
      native_id: 'n',
      event_time: '2026-01-01T00:00:00Z',
      activity: 'x',
      agent: { uid: 'a' },
    },
  },
];

describe('EventIntake', () => {
  it('does not acknowledge a repeat before its first is, and fails with it', async () => {
    const { appends, log } = openLog();
    const intake = intakeOn(log);
    const answers = [intake.take(items, token), intake.take(items, token)];
    await turn();
    appends[0]?.reject(new Error('the broker is gone'));
    const warmedUp = await Promise.allSettled(answers);
    expect(warmedUp.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const retry = intake.take(items, token);
    await turn();
    appends[1]?.resolve();
    await expect(retry).resolves.toMatchObject({ accepted: 1, duplicates: 0 });
  });

  it('answers a repeat once its first is acknowledged', async () => {
    const { appends, log } = openLog();
    const intake = intakeOn(log);
    const answers = [intake.take(items, token), intake.take(items, token)];
    await turn();
    appends[0]?.resolve();
    expect(await Promise.all(answers)).toMatchObject([{ accepted: 1 }, { duplicates: 1 }]);
    expect(appends).toHaveLength(1);
  });

  it('does not wait for a log that hangs, and takes a retry once it goes on', async () => {
    const { appends, log } = openLog();
    const intake = intakeOn(log, 20);
    let warmedUp = 0;
    const first = intake.take(items, token, () => {
      warmedUp += 1;
    });
    await expect(first).rejects.toMatchObject({ code: 'log_unavailable' });
    expect(intake.unwell).toBe('append_overdue');
    expect(warmedUp).toBe(0);
    await expect(intake.take(items, token)).rejects.toMatchObject({ code: 'log_unavailable' });
    appends[0]?.resolve();
    await turn();
    expect(intake.unwell).toBeUndefined();
    expect(warmedUp).toBe(1);
    // What it wrote in the end is a repeat, not a second event.
    await expect(intake.take(items, token)).resolves.toMatchObject({ duplicates: 1 });
    expect(appends).toHaveLength(1);
  });

  it('waits for one another without a circle', async () => {
    const { appends, log } = openLog();
    const intake = intakeOn(log);
    const other = items.map((item) => ({ ...item, input: { ...item.input, native_id: 'n-2' } }));
    const both = [
      intake.take([...items, ...other], token),
      intake.take([...other, ...items], token),
    ];
    await turn();
    for (const { resolve } of appends) resolve();
    await turn();
    for (const { resolve } of appends) resolve();
    expect(await Promise.all(both)).toMatchObject([{ accepted: 2 }, { duplicates: 2 }]);
  });
});
