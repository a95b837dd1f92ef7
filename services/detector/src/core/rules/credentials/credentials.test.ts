/** What is guaranteed of credentials in use, and of tasks that outlive their lease. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const world = (cls = 'autonomous') =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });
const kinds = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.map((alert) => `${alert.kind}/${alert.rule_id}`);

const HOME = { ip: '10.1.2.3', user_agent: 'runtime/3' };
const AWAY = { ip: '203.0.113.9', user_agent: 'curl/8' };
const use = (n: number, src: AuditEvent['src'], uid = 'tok-1', over: Partial<AuditEvent> = {}) =>
  event(n, { credential: { uid }, ...(src === undefined ? {} : { src }), ...over });

const dated = (n: number, dates: { issued_at?: string; expires_at?: string }) =>
  event(n, { credential: { uid: 'tok-1', ...dates } });

describe('the age of a credential', () => {
  it('is told beyond what the class may hold', () => {
    expect(kinds(world().feed(dated(1, { issued_at: '2026-01-05T08:30:00Z' })))).toEqual([
      'credential_static/credential-over-age',
    ]);
    expect(kinds(world().feed(dated(1, { issued_at: '2026-01-05T08:50:00Z' })))).toEqual([]);
    const person = world('human_triggered');
    expect(kinds(person.feed(dated(1, { issued_at: '2026-01-05T03:00:00Z' })))).toEqual([]);
  });

  it('is one alert of an agent that renews its tokens too late, and another of a key of months', () => {
    const some = world();
    const token = (n: number, uid: string, issued_at: string) =>
      event(n, { credential: { uid, issued_at }, task: { id: `task-${uid}` } });
    const daily = Array.from({ length: 20 }, (_, n) =>
      token(n + 1, `tok-${n}`, '2026-01-05T08:00:00Z'),
    );
    const told = some.feed(...daily);
    expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(1);
    expect(told.at(-1)?.count).toBe(16);
    expect(told.at(-1)?.subject.credential_uid).toBe('tok-15');
    const [old] = some.feed(token(30, 'key', '2025-09-05T08:00:00Z'));
    expect(old).toMatchObject({ rule_id: 'credential-over-age', count: 1 });
    expect(old?.alert_id).not.toBe(told[0]?.alert_id);
  });

  it('is misuse after it expired, a clock’s difference aside', () => {
    expect(kinds(world().feed(dated(1, { expires_at: '2026-01-05T08:50:00Z' })))).toEqual([
      'credential_misuse/credential-expired',
    ]);
    expect(kinds(world().feed(dated(1, { expires_at: '2026-01-05T08:59:00Z' })))).toEqual([]);
  });

  /** At noon and later of a day, with a token that expired five minutes before. */
  const late = (day: number, n: number, over: Partial<AuditEvent> = {}) => {
    const time = (minute: number) =>
      `2026-01-${String(day).padStart(2, '0')}T12:${String(n * 2 + minute).padStart(2, '0')}:00.000000000Z`;
    const name = `${day}-${n}`;
    return event(day * 100 + n, {
      ...{ event_time: time(5), observed_time: time(5), task: { id: name }, chain_id: name },
      ...{ credential: { uid: `tok-${name}`, expires_at: time(0) }, src: HOME },
      ...over,
    });
  };
  const days = Array.from({ length: 30 }, (_, n) => late(5 + Math.floor(n / 3), n % 3));
  const expiredOf = (alerts: ReturnType<ProfileWorld['feed']>) =>
    alerts.filter((alert) => alert.rule_id === 'credential-expired');

  it('is one alert of an agent that uses its tokens too long, with each token as its subject in turn', () => {
    const inTasks = days;
    const inOne = days.map((one) => ({ ...one, task: { id: 'one' }, chain_id: 'one' }));
    for (const all of [inTasks, inOne]) {
      const told = expiredOf(world().feed(...all));
      expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(1);
      expect(told.map((alert) => alert.subject.credential_uid)).toEqual(
        all.map(({ credential }) => credential?.uid),
      );
      expect(told.at(-1)).toMatchObject({ severity: 'high', count: 30 });
    }
  });

  it('is not told of each ticket at which one token is used', () => {
    const credential = { uid: 'tok', expires_at: '2026-01-05T11:00:00Z' };
    const tickets = Array.from({ length: 20 }, (_, n) => late(5, n, { credential }));
    const told = expiredOf(world().feed(...tickets));
    expect(told.map((alert) => alert.count)).toEqual([1, 2, 4, 8, 16]);
  });

  it('is another alert of a key that expired long ago, told anew each day', () => {
    const key = { credential: { uid: 'key', expires_at: '2025-01-01T00:00:00Z' } };
    const some = world();
    const told = expiredOf(some.feed(...days, late(15, 0, key), late(15, 1, key)));
    expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(2);
    const ofOneTask = { ...key, task: { id: 'one' }, chain_id: 'one' };
    const alone = expiredOf(world().feed(...days.map((one) => ({ ...one, ...ofOneTask }))));
    expect(new Set(alone.map((alert) => alert.alert_id)).size).toBe(1);
    expect(new Set(alone.map((alert) => alert.detected_at.slice(0, 10))).size).toBe(10);
  });

  it('hides no thief: from another network or by another client it is another alert, which names it', () => {
    for (const src of [AWAY, { ...HOME, ip: AWAY.ip }, { ...HOME, user_agent: AWAY.user_agent }]) {
      const some = world();
      some.feed(...days);
      const [alert] = expiredOf(some.feed(late(15, 0, { src })));
      expect(alert).toMatchObject({ severity: 'high', count: 1 });
      expect(alert?.summary).toContain(src.ip === AWAY.ip ? '203.0.113.*' : 'curl/8');
    }
  });

  it('is one alert of all places beyond the eighth, since a client names itself', () => {
    const some = world();
    const letters = 'abcdefghijklmnopqrst';
    const named = Array.from(letters, (letter, n) =>
      late(5, n, { src: { ...HOME, user_agent: `run-${letter}/1` } }),
    );
    const told = expiredOf(some.feed(...named));
    expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(9);
    // Each token leads it all the same, and a place that was told goes on as its own.
    expect(told).toHaveLength(20);
    expect(told.at(-1)?.summary).toContain('run-t/1 (a place beyond the first 8)');
    const [known] = expiredOf(some.feed(late(6, 0, { src: named[0]?.src })));
    expect(known?.alert_id).toBe(told[0]?.alert_id);
  });

  it('is another alert from each proven place, however many were only asserted before', () => {
    const some = world();
    const by = (assurance: 'asserted' | 'authenticated', n: number, client: string) =>
      late(5, n, {
        agent: { uid: 'reporter', assurance },
        src: { ...HOME, user_agent: `run-${client}/1` },
      });
    const letters = Array.from('abcdefghij');
    const said = expiredOf(some.feed(...letters.map((one, n) => by('asserted', n, one))));
    expect(new Set(said.map((alert) => alert.alert_id)).size).toBe(9);
    const told = expiredOf(
      some.feed(by('authenticated', 11, 'owner'), by('authenticated', 12, 'thief')),
    );
    expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(2);
    expect(told.map((alert) => alert.summary).join()).not.toContain('beyond');
  });

  it('is one alert of a job that uses its tokens beyond their slots, with each as its subject in turn', () => {
    const profile = { schedule: ['daily 09:00-10:00'] };
    const job = { uid: 'reporter', class: 'scheduled_job', profile };
    const some = new ProfileWorld({ version: 1, agents: [job] });
    const nights = Array.from({ length: 20 }, (_, n) => {
      const issued_at = `2026-01-${String(5 + n).padStart(2, '0')}T09:00:00Z`;
      return late(5 + n, 0, { credential: { uid: `tok-${n}`, issued_at } });
    });
    const told = some.feed(...nights).filter((one) => one.rule_id === 'credential-over-age');
    expect(new Set(told.map((alert) => alert.alert_id)).size).toBe(1);
    expect(told.map((alert) => alert.subject.credential_uid)).toEqual(
      nights.map(({ credential }) => credential?.uid),
    );
    expect(told.at(-1)?.summary).toContain('issued at 2026-01-24T09:00:00');
  });

  it('is a hygiene finding where one serves several tasks, and no alert in the queue', () => {
    const some = world();
    const inTask = (n: number, id: string) => event(n, { credential: { uid: 't' }, task: { id } });
    const [alert] = some.feed(inTask(1, 'a'), inTask(2, 'b'));
    expect(alert).toMatchObject({ rule_id: 'credential-many-tasks', hygiene: true });
    expect(alert?.reasons[0]).toMatchObject({ level: 'shipped', threshold_source: 'static' });
    expect(kinds(world('scheduled_job').feed(inTask(1, 'a'), inTask(2, 'b')))).toEqual([]);
  });

  it('is told of one without dates that the agent is seen with for longer', () => {
    const some = world();
    expect(some.feed(dated(1, {}), dated(15 * 60, {}))).toEqual([]);
    const [alert] = some.feed(dated(20 * 60, {}));
    expect(alert).toMatchObject({ rule_id: 'credential-over-age' });
    expect(alert?.title).toContain('at least 20 min old');
    expect(alert?.not_visible).toContain('When it was issued is not told: it may be older.');
  });

  it.each(['scheduled_job', 'semi_autonomous'])(
    'of years is told where nothing bounds it: %s',
    (cls) => {
      const old = { issued_at: '2025-01-05T08:30:00Z' };
      const [alert] = world(cls).feed(dated(1, old));
      expect(alert).toMatchObject({ rule_id: 'credential-over-age', severity: 'medium' });
      expect(alert?.reasons[0]?.threshold_source).toBe('static');
      const fresh = { issued_at: '2026-01-05T01:00:00Z' };
      expect(kinds(world(cls).feed(dated(1, fresh)))).toEqual([]);
      expect(kinds(world(cls).feed(use(1, HOME)))).toEqual([]);
    },
  );

  it('is not judged by a day where it was given for the task', () => {
    const own = { issued_at: '2025-01-05T08:30:00Z', task_id: 'task-1' };
    expect(kinds(world('semi_autonomous').feed(dated(1, own)))).toEqual([]);
  });

  it('is not judged where no time is measured', () => {
    const synthetic = { ...dated(1, { issued_at: '2025-01-05T08:30:00Z' }) };
    expect(world().feed({ ...synthetic, event_time_quality: 'synthetic' })).toEqual([]);
  });
});

describe('a task after its deadline', () => {
  const late = (n: number, deadline: string, over: Partial<AuditEvent> = {}) =>
    event(n, { task: { id: 'task-1', deadline }, ...over });

  it('is told once, worse where it has an effect', () => {
    const some = world();
    const [read] = some.feed(late(1, '2026-01-05T08:50:00Z'));
    expect(read).toMatchObject({ kind: 'task_overrun', severity: 'medium' });
    const [wrote] = some.feed(late(2, '2026-01-05T08:50:00Z', { effect: 'update' }));
    expect(wrote).toMatchObject({ alert_id: read?.alert_id, severity: 'high', revision: 2 });
  });

  it('is quiet within the grace of the policy', () => {
    const patient = new ProfileWorld(
      { version: 1, agents: [{ uid: 'reporter' }] },
      { version: 1, limits: { overrun_grace: '20m' } },
    );
    expect(kinds(patient.feed(late(1, '2026-01-05T08:50:00Z')))).toEqual([]);
    expect(kinds(world().feed(late(1, '2026-01-05T08:59:00Z')))).toEqual([]);
  });

  it('is noted with low severity where the task is only asserted', () => {
    const claims = { ...event(0).claims, task: 'asserted' as const };
    expect(world().feed(late(1, '2026-01-05T08:50:00Z', { claims }))[0]?.severity).toBe('low');
  });
});
