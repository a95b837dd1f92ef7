/** Guarantees: when an agent's first act of a kind alarms, and when it is too early to say. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const start = event(1).event_time;

const call = (n: number, hours: number, over: Partial<AuditEvent> = {}) => {
  const time = shiftTime(start, hours * HOUR_MS);
  const own = { event_time: time, observed_time: time, chain_id: `chain-${n}` };
  return event(n, { ...own, effect: 'read', tool: { name: 'orders/list' }, ...over });
};
const write = (n: number, hours: number, effect: AuditEvent['effect']) =>
  call(n, hours, { effect, tool: { name: 'orders/list' } });

/** The alerts by the first act of an effect, of an agent that has read so often, a call every so many hours. */
function firstWrite(effect: AuditEvent['effect'], reads: number, everyHours: number) {
  const world = new ProfileWorld();
  for (let n = 1; n <= reads; n += 1) world.feed(call(n, n * everyHours));
  return world
    .feed(write(reads + 1, (reads + 1) * everyHours, effect))
    .filter(({ rule_id: rule, hygiene }) => rule === 'first-seen' && hygiene !== true);
}

describe('the first act of an agent that only read', () => {
  it.each(['delete', 'send', 'pay', 'grant', 'execute'] as const)('%s alarms', (effect) => {
    expect(firstWrite(effect, 100, 4)).toMatchObject([{ severity: 'medium' }]);
  });

  it('alarms not before it has made fifty calls', () => {
    expect(firstWrite('delete', 30, 4)).toEqual([]);
  });

  it('alarms for an update after a week, and not before', () => {
    expect(firstWrite('update', 100, 4)).toHaveLength(1);
    expect(firstWrite('update', 100, 1)).toEqual([]);
  });

  it('alarms nobody for whom it is daily work', () => {
    const world = new ProfileWorld();
    const alerts = [...Array(200).keys()].flatMap((n) =>
      world.feed(n % 10 === 9 ? write(n + 1, n * 2, 'send') : call(n + 1, n * 2)),
    );
    const late = alerts.filter(
      ({ last_event_time: at }) => at > shiftTime(start, 7 * DAY_HOURS * HOUR_MS),
    );
    expect(late.filter(({ rule_id }) => rule_id === 'first-seen')).toEqual([]);
  });
});
