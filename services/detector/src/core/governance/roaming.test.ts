/** What is guaranteed of agents whose key comes to ever new networks: one alert that says so, and a thief's that isn't that. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const TOR = '185.220.101.5';
const HOME = '198.51.100.7';

let count = 0;
function call(ms: number, ip: string, over: Partial<AuditEvent> = {}, client = 'requests/2') {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  return event(count, {
    ...{ event_time: time, observed_time: time, src: { ip, user_agent: client } },
    ...{ task: { id: `task-${count}` }, credential: { uid: 'the-key' }, effect: 'update', ...over },
  });
}
const fresh = () =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] });
const stolen = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.rule_id === 'stolen-credential');
const idsOf = (alerts: ReturnType<typeof stolen>) => new Set(alerts.map((one) => one.alert_id));
const days = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** The nth network of a large cloud, of an area of its own. */
const cloud = (n: number) => `${[3, 18, 34, 52][n % 4]}.${Math.floor(n / 4)}.${n % 250}.9`;
/** Three new ones a day, four calls from each. */
const run = (world: ProfileWorld, day: number) =>
  days(0, 12).flatMap((n) =>
    stolen(
      world.feed(
        call(day * DAY_MS + n * 30 * MINUTE_MS, cloud(day * 3 + Math.floor(n / 4)), {
          task: { id: `day-${day}` },
        }),
      ),
    ),
  );
const ran = (until: number) => {
  const world = fresh();
  return { world, told: days(0, until).flatMap((day) => run(world, day)) };
};

describe('a key that comes to ever new areas', () => {
  it('is one alert that says so, told anew by the week, and none after a month', () => {
    const { world, told } = ran(8);
    expect(idsOf(told).size).toBe(1);
    expect(told.at(-1)).toMatchObject({
      severity: 'medium',
      title: 'A credential of reporter is used from anywhere',
    });
    expect(told.at(-1)?.summary).toContain('should be bound to where reporter runs');
    const later = days(8, 40).flatMap((day) => run(world, day));
    expect(idsOf(later)).toEqual(idsOf(told));
    expect(later.length).toBeLessThanOrEqual(5);
    expect(days(40, 60).flatMap((day) => run(world, day))).toEqual([]);
  });

  it.each([20, 50])('hides nobody with a client of his own, on day %d', (day) => {
    const { world, told } = ran(day);
    const [alert] = stolen(world.feed(call(day * DAY_MS, TOR, {}, 'curl/8')));
    expect(alert).toMatchObject({
      severity: 'high',
      title: 'A credential of reporter is used from another place',
    });
    expect(alert?.summary).toContain('185.220.101.*');
    expect(idsOf(told)).not.toContain(alert?.alert_id);
  });

  it.each([
    [20, 'high'],
    [50, 'medium'],
  ])('hides nobody at a machine’s speed, on day %d', (day, severity) => {
    const { world } = ran(day);
    const burst = days(0, 30).map((n) => call(day * DAY_MS + n * 100, TOR));
    const told = stolen(world.feed(...burst));
    expect(told[0]).toMatchObject({ severity });
    expect(told[0]?.summary).toContain('somebody else seems to hold a key of reporter');
    expect(told[0]?.summary).toContain('185.220.101.*');
  });

  it('is told of the next new one once it stayed for a month', () => {
    const { world } = ran(45);
    for (const day of days(45, 77)) world.feed(call(day * DAY_MS, cloud(0)));
    const [alert] = stolen(world.feed(call(77 * DAY_MS, TOR)));
    expect(alert?.title).toBe('A credential of reporter is used from another place');
    expect(alert?.summary).toContain('is now used from 185.220.101.*');
  });

  it.each([
    ['at home', 14, () => [HOME]],
    ['and roams on', 100, (day: number) => [cloud(day * 3), cloud(day * 3 + 1)]],
  ])('hides nobody who stays at one place, of an agent that is then %s', (_, bound, places) => {
    const { world } = ran(bound === 14 ? 14 : 16);
    const told = days(18, 40).flatMap((day) =>
      [...places(day), TOR].flatMap((ip, n) =>
        stolen(world.feed(call(day * DAY_MS + n * MINUTE_MS, ip, { task: { id: `day-${day}` } }))),
      ),
    );
    const named = told.filter(({ summary }) => summary.includes('185.220.101.*'));
    expect(named[0]?.title).toBe('A credential of reporter is used from another place');
    expect(named[0]?.detected_at.slice(0, 10)).toBe('2026-01-26');
    expect(idsOf(named).size).toBe(1);
  });

  it('ends a month later, though somebody stays at one more', () => {
    const { world } = ran(45);
    const told = days(46, 90).flatMap((day) => stolen(world.feed(call(day * DAY_MS, TOR))));
    expect(told[0]?.summary).toContain('is now used from 185.220.101.*');
  });

  it('hides nobody who was gravely told before it', () => {
    const world = fresh();
    for (const day of days(0, 12)) world.feed(call(day * DAY_MS, HOME));
    const [grave] = stolen(world.feed(call(12.5 * DAY_MS, TOR)));
    expect(grave?.severity).toBe('high');
    for (const day of days(15, 60)) run(world, day);
    const [again] = stolen(world.feed(call(60 * DAY_MS, TOR)));
    expect(again?.summary).toContain('is now used from 185.220.101.*');
  });
});

describe('a key that comes to the same twenty areas by turns', () => {
  let state = 7;
  const pool = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return cloud(Math.floor((20 * state) / 2_147_483_648));
  };
  const turn = (world: ProfileWorld, day: number) =>
    days(0, 9).flatMap((n) =>
      stolen(
        world.feed(call(day * DAY_MS + n * 60 * MINUTE_MS, pool(), { task: { id: `day-${day}` } })),
      ),
    );
  const turned = (until: number) => {
    const world = fresh();
    return { world, told: days(0, until).flatMap((day) => turn(world, day)) };
  };

  it('is one that roams, and told no more when that is its habit', () => {
    const { world, told } = turned(50);
    expect(told.at(-1)?.title).toBe('A credential of reporter is used from anywhere');
    expect(days(50, 120).flatMap((day) => turn(world, day))).toEqual([]);
  });

  it('hides nobody at another place that is new after a month without a new one', () => {
    const { world } = turned(80);
    const told = days(80, 90).flatMap((day) => {
      turn(world, day);
      return stolen(world.feed(call((day + 0.5) * DAY_MS, TOR, { task: { id: `day-${day}` } })));
    });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      severity: 'medium',
      title: 'A credential of reporter is used from another place',
    });
    expect(told[0]?.summary).toContain('is now used from 185.220.101.*');
    expect(told[0]?.detected_at.slice(0, 10)).toBe('2026-03-26');
  });
});

describe('a key that comes to as many areas by turns as are known by name', () => {
  it.each([
    [9, 'high'],
    [12, 'high'],
    [14, 'high'],
    [16, 'medium'],
  ])('is told no more of these %d, and of another at once, as %s', (areas, severity) => {
    const world = fresh();
    const turn = (day: number) =>
      days(0, 2).flatMap((n) =>
        stolen(
          world.feed(
            call(day * DAY_MS + n * 60 * MINUTE_MS, cloud((day * 2 + n) % areas), {
              task: { id: `day-${day}` },
            }),
          ),
        ),
      );
    const told = days(0, 60).flatMap(turn);
    expect(told.some(({ title }) => title.endsWith('is used from anywhere'))).toBe(true);
    expect(days(60, 150).flatMap(turn)).toEqual([]);
    const [alert] = stolen(world.feed(call(150 * DAY_MS, TOR)));
    expect(alert).toMatchObject({ severity });
    expect(alert?.summary).toContain('is now used from 185.220.101.*');
  });
});

describe('what does not roam', () => {
  it('is a key with ten areas on one day', () => {
    const world = fresh();
    for (const day of days(0, 12)) world.feed(call(day * DAY_MS, HOME));
    const hops = days(0, 10).map((n) => call(12 * DAY_MS + n * MINUTE_MS, cloud(n)));
    const told = stolen(world.feed(...hops));
    for (const day of days(13, 50)) world.feed(call(day * DAY_MS, HOME));
    const [thief] = stolen(world.feed(call(50 * DAY_MS, TOR)));
    expect(thief?.summary).toContain('is now used from 185.220.101.*');
    expect(idsOf(told)).not.toContain(thief?.alert_id);
  });

  it('is a stolen key whose thief changes his proxy and then stays', () => {
    const world = fresh();
    for (const day of days(0, 40)) world.feed(call(day * DAY_MS, HOME));
    const proxies = days(40, 44).flatMap((day) => run(world, day));
    expect(proxies.at(-1)).toMatchObject({
      severity: 'high',
      title: 'A credential of reporter is used from another place',
    });
    expect(proxies.filter(({ summary }) => summary.includes('roams'))).toEqual([]);
    const [alert] = stolen(world.feed(call(46 * DAY_MS, TOR)));
    expect(alert?.summary).toContain('is now used from 185.220.101.*');
    expect(idsOf(proxies)).not.toContain(alert?.alert_id);
  });

  it('is who travels every week', () => {
    const world = fresh();
    const told = days(0, 100).flatMap((day) =>
      stolen(world.feed(call(day * DAY_MS, day % 7 === 6 ? cloud(day) : HOME))),
    );
    expect(idsOf(told).size).toBe(14);
  });
});
