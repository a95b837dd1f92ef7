/** An effect that nobody asked for, at an hour around which the agent never acted. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { actingHours } from './acting-hours.ts';

const at = (day: number, hour: number, minute = 0) =>
  new Date(Date.UTC(2026, 0, 5 + day, hour, minute)).toISOString();
let n = 0;
const effect = (event_time: string, over: Partial<AuditEvent> = {}) => {
  n += 1;
  return event(n, { event_time, effect: 'update', ...over });
};

/** Days on which it acts from nine to four. */
function after(days: number): MapTransaction {
  const transaction = new MapTransaction();
  for (let day = 0; day < days; day += 1) {
    for (let hour = 9; hour <= 16; hour += 1) {
      actingHours.learn(transaction, effect(at(day, hour)), 'clear');
    }
  }
  return transaction;
}

const alarmOf = (transaction: MapTransaction, call: AuditEvent) =>
  actingHours.score(transaction, call)?.alarm;

describe('the hours at which an agent acts', () => {
  it('bring an alarm for an effect at night, once they are known', () => {
    expect(alarmOf(after(10), effect(at(10, 3)))).toMatchObject({ ruleId: 'acting-hours' });
    expect(alarmOf(after(2), effect(at(2, 3)))).toBeUndefined();
  });

  it('bring none near them, for a read, or for what somebody approved or asked for', () => {
    const transaction = after(10);
    expect(alarmOf(transaction, effect(at(10, 18)))).toBeUndefined();
    expect(alarmOf(transaction, effect(at(10, 3), { effect: 'read' }))).toBeUndefined();
    const approval = { mode: 'human', by: 'bo', at: at(10, 3) } as AuditEvent['approval'];
    expect(alarmOf(transaction, effect(at(10, 3), { approval }))).toBeUndefined();
  });

  it('stay what they are after an alarm, until a month has passed without an answer', () => {
    const transaction = after(10);
    for (let day = 10; day < 30; day += 1) {
      const call = effect(at(day, 3));
      expect(alarmOf(transaction, call)).toBeDefined();
      actingHours.learn(transaction, call, 'flagged');
    }
    for (let day = 30; day < 45; day += 1)
      actingHours.learn(transaction, effect(at(day, 3)), 'flagged');
    expect(alarmOf(transaction, effect(at(45, 3)))).toBeUndefined();
  });
});
