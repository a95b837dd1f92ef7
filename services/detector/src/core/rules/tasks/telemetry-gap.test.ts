/** A source that tells of most of an agent falls silent while another one shows it at work. */
import { describe, expect, it } from 'vitest';
import type { FindingContext } from '../../alerting/finding.ts';
import { event } from '../../testing/event-builder.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { telemetryGap } from './telemetry-gap.ts';

const GATEWAY = { kind: 'gateway', instance: 'one' } as const;
const AUDIT = { kind: 'audit', instance: 'database' } as const;
let n = 0;

function call(
  transaction: MapTransaction,
  day: number,
  minute: number,
  source: typeof GATEWAY | typeof AUDIT,
) {
  n += 1;
  const event_time = new Date(Date.UTC(2026, 0, 5 + day, 9, minute)).toISOString();
  return telemetryGap(transaction, event(n, { event_time, source }), {} as FindingContext);
}

/** Days on which the gateway tells of eight calls, on some in the morning only, and the database's audit of half. */
function after(days: number, silent = 0): MapTransaction {
  const transaction = new MapTransaction();
  for (let day = 0; day < days; day += 1) {
    for (let of = 0; of < 8; of += 1) {
      const isSilent = day < silent;
      call(transaction, day, isSilent ? of : 30 * of, GATEWAY);
      if (isSilent || of % 2 === 0)
        call(transaction, day, isSilent ? 90 + 30 * of : 30 * of + 1, AUDIT);
    }
  }
  return transaction;
}

const duringSilence = (transaction: MapTransaction, day: number) =>
  [0, 60, 120, 180, 240].map((minute) => call(transaction, day, minute, AUDIT));

describe('an agent’s main source falls silent', () => {
  it('while another shows it at work for hours: that is told', () => {
    const found = duringSilence(after(10), 10).find((one) => one !== undefined);
    expect(found?.alarm).toMatchObject({ kind: 'telemetry_gap', ruleId: 'source-silent' });
  });

  it('is nothing odd where it often told less, where little is known, or where nobody is at work', () => {
    expect(duringSilence(after(10, 3), 10).every((one) => one === undefined)).toBe(true);
    expect(duringSilence(after(1), 1).every((one) => one === undefined)).toBe(true);
    const quiet = after(10);
    expect(call(quiet, 12, 0, GATEWAY)).toBeUndefined();
  });
});
