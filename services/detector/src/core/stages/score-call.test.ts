/** What a call teaches: doubt about what it is for, and quarantine of what was alarmed on. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Flag } from '../baselines/feature.ts';
import { event } from '../testing/event-builder.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { learnCall, scoreCall } from './score-call.ts';

const DAY_MS = 86_400_000;
const at = (day: number, second: number) =>
  new Date(Date.UTC(2026, 0, 5, 9) + day * DAY_MS + second * 1000).toISOString();

/** Ten days of twenty calls under this flag. */
function after(flag: Flag, over: Partial<AuditEvent> = {}): MapTransaction {
  const transaction = new MapTransaction();
  for (let day = 0; day < 10; day += 1) {
    for (let n = 0; n < 20; n += 1) {
      const call = event(day * 100 + n, { event_time: at(day, n), ...over });
      scoreCall(transaction, call);
      learnCall(transaction, call, flag);
    }
  }
  return transaction;
}

const alarms = (transaction: MapTransaction, call: AuditEvent) =>
  scoreCall(transaction, call).features.filter(({ alarm }) => alarm !== undefined);

describe('what a call teaches', () => {
  it.each(['clear', 'doubtful'] as const)(
    'what is %s counts: a day like those before it is nothing odd',
    (flag) => {
      const transaction = after(flag);
      for (let n = 0; n < 20; n += 1) {
        const call = event(2000 + n, { event_time: at(10, n) });
        expect(alarms(transaction, call)).toEqual([]);
        learnCall(transaction, call, 'clear');
      }
    },
  );

  it('makes a value known at once, after days of doubt, and after a week of alarms', () => {
    const tool = { name: 'delete_all', server: 'db' };
    const points = (flag: Flag) => {
      const transaction = after('clear');
      const call = event(5000, { event_time: at(10, 0), tool, effect: 'delete' });
      learnCall(transaction, call, flag);
      const again = event(5001, { event_time: at(10, 60), tool, effect: 'delete' });
      return scoreCall(transaction, again).features.find(({ feature }) => feature === 'first_tool');
    };
    expect(points('clear')?.reasons()[0]?.observed).toBe('1 time before');
    expect(points('doubtful')?.reasons()[0]?.observed).toBe('never before');
    expect(points('flagged')?.reasons()[0]?.observed).toBe('never before');
  });
});
