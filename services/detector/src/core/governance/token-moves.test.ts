/** What is guaranteed of agents whose tokens move by habit: one alert that settles, and a thief behind it is another. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const HOST = '10.20.1.7';
const CLIENTS = ['aws-cli/2.15', 'terraform/1.7', 'boto3/1.34'];
const CLOUD = ['3.71.12', '18.184.77', '52.29.101', '35.157.9', '54.93.40'];
const TOR = '185.220.101.5';

let count = 0;
function call(ms: number, ip: string, client: string, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  const src = { ip, user_agent: client };
  const task = { id: `task-${count}` };
  return event(count, { event_time: time, observed_time: time, src, task, ...over });
}
const fresh = () =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] });
const stolen = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.rule_id === 'stolen-credential');
const idsOf = (alerts: ReturnType<typeof stolen>) => new Set(alerts.map((one) => one.alert_id));
const severities = (alerts: ReturnType<typeof stolen>) =>
  new Set(alerts.map((one) => one.severity));

/** A token a job, used by three clients of one host. */
const job = (world: ProfileWorld, day: number, clients = CLIENTS, over: Partial<AuditEvent> = {}) =>
  stolen(
    world.feed(
      ...clients.map((client, n) =>
        call(day * DAY_MS + n * MINUTE_MS, HOST, client, {
          credential: { uid: `job-${day}` },
          effect: 'update',
          ...over,
        }),
      ),
    ),
  );
/** One key, used from five networks of a cloud in turn. */
const key = { credential: { uid: 'the-key' } };
const run = (world: ProfileWorld, day: number) =>
  stolen(
    world.feed(
      ...CLOUD.map((network, n) =>
        call(day * DAY_MS + n * 90 * MINUTE_MS, `${network}.${day + 1}`, 'requests/2', key),
      ),
    ),
  );
/** A token a day, used in the office and, on a train, by telephone. */
const shift = (world: ProfileWorld, day: number, train?: string) =>
  stolen(
    world.feed(
      ...[HOST, HOST, train ?? HOST].map((ip, n) =>
        call(day * DAY_MS + n * 60 * MINUTE_MS, ip, 'copilot/3', {
          credential: { uid: `shift-${day}` },
        }),
      ),
    ),
  );
const days = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe('several clients of one host', () => {
  it('are one alert that is not grave, and none after a month', () => {
    const world = fresh();
    const told = days(0, 30).flatMap((day) => job(world, day));
    expect(idsOf(told).size).toBe(1);
    expect(severities(told)).toEqual(new Set(['medium']));
    expect(told.at(-1)?.summary).toContain('terraform/1.7');
    expect(told.at(-1)?.summary).toContain('boto3/1.34');
    job(world, 30);
    expect(days(31, 50).flatMap((day) => job(world, day))).toEqual([]);
  });

  it('are told of one that is none of them, as of nothing that is usual', () => {
    const world = fresh();
    const before = days(0, 35).flatMap((day) => job(world, day));
    const told = job(world, 35, [...CLIENTS, 'curl/8']);
    expect(told).toHaveLength(1);
    expect(told[0]?.summary).toContain('curl/8');
    expect(idsOf(before)).not.toContain(told[0]?.alert_id);
  });

  it('are not learnt from calls that were denied', () => {
    const world = fresh();
    for (const day of days(0, 35)) job(world, day, CLIENTS.slice(0, 1));
    for (const day of days(35, 70)) job(world, day, CLIENTS, { outcome: 'denied' });
    expect(job(world, 70)).not.toEqual([]);
  });

  it('are grave with a network that is another one too', () => {
    const world = fresh();
    for (const day of days(0, 5)) job(world, day);
    const thief = call(5 * DAY_MS + 10 * MINUTE_MS, TOR, 'curl/8', {
      credential: { uid: 'job-5' },
    });
    job(world, 5);
    expect(severities(stolen(world.feed(thief)))).toEqual(new Set(['high']));
  });
});

describe('zones between which a token alternates', () => {
  it('are no second sign beside another client', () => {
    const world = fresh();
    const credential = { uid: 'job' };
    world.feed(call(0, '10.20.1.7', 'aws-cli/2', { credential }));
    const [alert] = stolen(world.feed(call(1000, '10.20.2.8', 'terraform/1', { credential })));
    expect(alert?.severity).toBe('medium');
  });
});

describe('a key that roams in a cloud', () => {
  it('is one alert that names each network, and none after a month', () => {
    const world = fresh();
    const told = days(0, 31).flatMap((day) => run(world, day));
    expect(idsOf(told).size).toBe(1);
    expect(severities(told)).toEqual(new Set(['medium']));
    for (const network of CLOUD.slice(1)) {
      expect(told.some(({ summary }) => summary.includes(`now used from ${network}.*`))).toBe(true);
    }
    run(world, 31);
    expect(days(32, 45).flatMap((day) => run(world, day))).toEqual([]);
  });

  it.each([20, 45])('hides no thief: on day %d he is an alert of his own, by name', (day) => {
    const world = fresh();
    const before = idsOf(days(0, day).flatMap((one) => run(world, one)));
    const told = stolen(world.feed(call(day * DAY_MS, TOR, 'requests/2', key)));
    expect(told).toHaveLength(1);
    expect(told[0]?.summary).toContain('is now used from 185.220.101.*');
    // What was used weeks ago is told with its day.
    expect(told[0]?.summary).toMatch(/ on \d{4}-\d\d-\d\d at \d\d:\d\d:\d\d is now used from/);
    expect(before).not.toContain(told[0]?.alert_id);
    // And stays it, whatever is called between.
    run(world, day);
    const later = stolen(world.feed(call((day + 9) * DAY_MS, TOR, 'requests/2', key)));
    expect(idsOf(later)).toEqual(idsOf(told));
  });

  it('is named in the one alert where it comes within the day', () => {
    const world = fresh();
    const before = idsOf(run(world, 0));
    const told = stolen(world.feed(call(DAY_MS / 2, TOR, 'requests/2', key)));
    expect(idsOf(told)).toEqual(before);
    expect(told[0]?.summary).toContain('is now used from 185.220.101.*');
  });

  it('is grave where it calls at a machine’s speed, from a place that stands told', () => {
    const world = fresh();
    for (const day of days(0, 12)) run(world, day);
    const burst = Array.from({ length: 30 }, (_, n) =>
      call(12 * DAY_MS + n * 100, `${CLOUD[2]}.9`, 'requests/2', key),
    );
    expect(severities(stolen(world.feed(...burst)))).toContain('high');
  });
});

describe('a telephone on a train', () => {
  it('is one alert that is not grave, names each network and is none after a month', () => {
    const world = fresh();
    const trainOf = (day: number) => (day % 6 === 3 ? `109.43.${day}.7` : undefined);
    const told = days(0, 40).flatMap((day) => shift(world, day, trainOf(day)));
    expect(idsOf(told).size).toBe(1);
    expect(severities(told)).toEqual(new Set(['medium']));
    expect(told.at(-1)?.summary).toContain('109.43.33.*');
    expect(days(40, 80).flatMap((day) => shift(world, day, trainOf(day)))).toEqual([]);
  });

  it('is grave where the key kept its place before, and the next network not again', () => {
    const world = fresh();
    for (const day of days(0, 20)) shift(world, day);
    const first = shift(world, 20, '109.43.20.7');
    expect(severities(first)).toEqual(new Set(['high']));
    const next = shift(world, 26, '109.43.26.7');
    expect(severities(next)).toEqual(new Set(['medium']));
    expect(next[0]?.summary).toContain('109.43.26.*');
  });
});

describe('a laptop that goes from home to the office with the token of the day', () => {
  const HOME = '84.20.11.7';
  const OFFICE = '62.3.4.5';
  const HOUR_MS = 60 * MINUTE_MS;
  const night = (day: number) => day * DAY_MS - 6 * HOUR_MS;
  const work = (world: ProfileWorld, day: number, office = OFFICE) =>
    [HOME, office, HOME].flatMap((ip, part) =>
      days(0, 4).flatMap((n) =>
        world.feed(
          call(day * DAY_MS + part * 4 * HOUR_MS + n * MINUTE_MS, ip, 'copilot/3', {
            credential: { uid: `day-${day}` },
            effect: 'update',
          }),
        ),
      ),
    );
  const hours = (alerts: ReturnType<ProfileWorld['feed']>) =>
    alerts.filter((alert) => alert.rule_id === 'acting-hours');

  it('is told of where its token moves and not, besides, of when it works there', () => {
    const world = fresh();
    const told = days(0, 20).flatMap((day) => work(world, day));
    expect(idsOf(stolen(told)).size).toBe(1);
    expect(severities(stolen(told))).toEqual(new Set(['medium']));
    expect(hours(told)).toEqual([]);
    // Who is there with its token at night is told by the hour.
    const thief = { credential: { uid: 'day-19' }, effect: 'update' } as const;
    expect(hours(world.feed(call(night(20), OFFICE, 'copilot/3', thief)))).toHaveLength(1);
  });

  it('learns no hours from a grave move, however long it stands', () => {
    const world = fresh();
    for (const day of days(0, 14)) work(world, day, HOME);
    const read = (day: number) =>
      world.feed(
        call(night(day), TOR, 'copilot/3', {
          credential: { uid: `day-${day - 1}` },
          effect: 'read',
        }),
      );
    const told = days(14, 28).flatMap((day) => {
      work(world, day, HOME);
      return stolen(read(day + 1));
    });
    expect(severities(told)).toContain('high');
    const act = { credential: { uid: 'day-27' }, effect: 'update' } as const;
    expect(hours(world.feed(call(night(28) + HOUR_MS, TOR, 'copilot/3', act)))).toHaveLength(1);
  });
});
