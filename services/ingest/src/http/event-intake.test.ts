import type { EventLog } from '@waywarden/event-log';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { replayKeys } from '../adapters/tenant-keys.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import { Catalogue } from '../core/catalogue.ts';
import { IngestTelemetry } from '../telemetry.ts';
import { EventIntake } from './event-intake.ts';

/** A log whose appends end when the test says so. */
function heldLog() {
  const appends: { readonly resolve: () => void; readonly reject: (cause: Error) => void }[] = [];
  const append = () =>
    new Promise<void>((resolve, reject) => {
      appends.push({ resolve, reject });
    });
  return { appends, log: { append } as unknown as EventLog };
}

function intakeOn(log: EventLog): EventIntake {
  const catalogue = new Catalogue({ version: 'v', shipped: [], operator: [], organisation: [] });
  const parts = { keys: replayKeys(), catalogue, now: () => '2026-01-01T00:00:00Z' };
  return new EventIntake(log, () => parts, new IngestTelemetry(pino({ level: 'silent' })));
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
    const { appends, log } = heldLog();
    const intake = intakeOn(log);
    const answers = [intake.take(items, token), intake.take(items, token)];
    appends[0]?.reject(new Error('the broker is gone'));
    const settled = await Promise.allSettled(answers);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const retry = intake.take(items, token);
    appends[1]?.resolve();
    await expect(retry).resolves.toMatchObject({ accepted: 1, duplicates: 0 });
  });

  it('answers a repeat once its first is acknowledged', async () => {
    const { appends, log } = heldLog();
    const intake = intakeOn(log);
    const answers = [intake.take(items, token), intake.take(items, token)];
    appends[0]?.resolve();
    expect(await Promise.all(answers)).toMatchObject([{ accepted: 1 }, { duplicates: 1 }]);
    expect(appends).toHaveLength(1);
  });

  it('refuses when too many appends are under way', async () => {
    const { log } = heldLog();
    const intake = intakeOn(log);
    for (let i = 0; i < 64; i++) {
      const [item] = items;
      const input = { ...item?.input, native_id: `n-${i}` };
      intake.take([{ line: 1, input }], token).catch(() => {});
    }
    await expect(intake.take(items, token)).rejects.toMatchObject({ code: 'busy' });
  });
});
