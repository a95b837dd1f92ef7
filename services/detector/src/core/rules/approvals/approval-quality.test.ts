/** What is guaranteed of approvals that decide nothing: told by decisions, once of a person, and of whoever looked never. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const world = (cls: string) =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });
const pay = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'pay',
    tool: { name: 'pay', server: 'bank' },
    capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    ...over,
  });
const of = (kind: string, alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.kind === kind);
const approved = (over: object = {}) => ({
  approval: { mode: 'human' as const, by: 'ana', latency_ms: 9000, ...over },
});

describe('the quality of approvals', () => {
  const many = (latency: number, refusedAt = -1, by: (n: number) => string = () => 'ana') => {
    const some = world('autonomous');
    return Array.from({ length: 20 }, (_, n) =>
      some.feed(
        pay(n + 1, {
          ...approved({ latency_ms: latency, by: by(n) }),
          outcome: n === refusedAt ? 'denied' : 'success',
        }),
      ),
    ).flatMap((alerts) => of('approval_quality', alerts));
  };

  it('is doubted after twenty in a row within seconds, and the alert names who approved', () => {
    const [alert, ...more] = many(1200);
    expect(more).toEqual([]);
    expect(alert?.title).toBe('ana approves what reporter asks within 2 s, and refuses nothing');
  });

  it('is doubted of whom nobody names too, by the latencies that are told', () => {
    const unnamed = (latency?: number) => {
      const some = world('autonomous');
      return Array.from({ length: 25 }, (_, n) =>
        some.feed(
          pay(n + 1, {
            approval: { mode: 'human', ...(latency === undefined ? {} : { latency_ms: latency }) },
          }),
        ),
      ).flatMap((alerts) => of('approval_quality', alerts));
    };
    const [alert] = unnamed(150);
    expect(alert?.title).toBe(
      'Somebody unnamed approves what reporter asks within 1 s, and refuses nothing',
    );
    expect(alert?.not_visible).toContain('Who approved is not told: it may be several people.');
    expect(unnamed(6000)).toEqual([]);
    expect(unnamed()).toEqual([]);
  });

  it('is doubted though a quota stopped one of them, which is nobody’s refusal', () => {
    const some = world('autonomous');
    const alerts = Array.from({ length: 21 }, (_, n) =>
      some.feed(
        pay(n + 1, {
          ...approved({ latency_ms: 1200, by: 'ana' }),
          ...(n === 10 ? { outcome: 'denied', policy: { decision: 'deny', id: 'quota' } } : {}),
        }),
      ),
    ).flatMap((one) => of('approval_quality', one));
    expect(alerts).toHaveLength(1);
  });

  it.each([
    ['a quota', { type: 'quota_exceeded' }],
    ['too many calls', { code: '429' }],
  ])('is doubted though %s stopped one, of which the error tells', (_, error) => {
    const some = world('autonomous');
    const alerts = Array.from({ length: 21 }, (__, n) => {
      const stopped = n === 10 ? { outcome: 'denied' as const, error } : {};
      return some.feed(pay(n + 1, { ...approved({ latency_ms: 1200 }), ...stopped }));
    }).flatMap((one) => of('approval_quality', one));
    expect(alerts).toHaveLength(1);
  });

  const untimed = (gapMs: number, uid?: string) => {
    const some = world('autonomous');
    return Array.from({ length: 25 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 0, 5, 9) + n * gapMs).toISOString();
      const approval = { mode: 'human' as const, by: 'ana', uid: uid ?? `ap-${n}` };
      return some.feed(pay(n, { event_time: time, observed_time: time, approval }));
    }).flatMap((one) => of('approval_quality', one));
  };

  it('is doubted where nobody tells how long they took, and they lie seconds apart', () => {
    const [alert] = untimed(2000);
    expect(alert?.title).toBe('ana approves what reporter asks within 2 s, and refuses nothing');
    expect(alert?.not_visible).toContain(
      'How long decisions took is not told: no longer than since the one before.',
    );
  });

  it('is not doubted where they lie a minute apart, or one approval covers all', () => {
    expect(untimed(60_000)).toEqual([]);
    expect(untimed(2000, 'ap-1')).toEqual([]);
  });

  it('is told by the decisions that it counted, in seconds that half of them kept', () => {
    const some = world('autonomous');
    const alerts = Array.from({ length: 64 }, (_, n) =>
      some.feed(pay(n + 1, approved({ latency_ms: n < 53 ? 45_000 : 2400 }))),
    ).flatMap((one) => of('approval_quality', one));
    expect(alerts[0]?.summary).toContain(
      'approved the last 20 requests of reporter in a row and refused none; half of them within 3 s',
    );
  });

  describe('of which one covers several calls', () => {
    /** Calls `from` to `to`, each in work of its own. */
    const fed = (
      some: ProfileWorld,
      [from, to]: readonly [number, number],
      over: (n: number) => Partial<AuditEvent>,
    ) =>
      Array.from({ length: to - from }, (_, at) => {
        const n = from + at;
        return some.feed(pay(n, { task: { id: `t-${n}` }, chain_id: `c-${n}`, ...over(n) }));
      }).flatMap((one) => of('approval_quality', one));
    const quick = { latency_ms: 1200, by: 'ana' };
    const twoPlans = (n: number) => approved({ ...quick, uid: `plan-${n % 2}` });

    it('is not doubted for calls under two plans that were each approved once', () => {
      expect(fed(world('autonomous'), [0, 60], twoPlans)).toEqual([]);
    });

    it.each<[string, (n: number) => Partial<AuditEvent>]>([
      ['the approval', (n) => approved({ ...quick, uid: `ap-${n}` })],
      ['the call', (n) => ({ ...approved(quick), call_uid: `call-${n}` })],
    ])('counts it once where an event and the call tell of it, by the name of %s', (_, over) => {
      const both = (n: number) => ({
        ...over(n >> 1),
        ...{ task: { id: 'one' }, chain_id: 'one' },
        ...(n % 2 === 0 ? { activity: 'approval', effect: 'read' as const } : {}),
      });
      const some = world('autonomous');
      expect(fed(some, [0, 38], both)).toEqual([]);
      expect(fed(some, [38, 40], both)).toHaveLength(1);
    });

    it('is doubted where nothing names the decisions, and each names its calls from one on', () => {
      expect(fed(world('autonomous'), [0, 20], () => approved(quick))).toHaveLength(1);
      const counted = () => ({ ...approved(quick), call_uid: '1' });
      expect(fed(world('autonomous'), [0, 20], counted)).toHaveLength(1);
    });

    it('is doubted where each day of one endless conversation names its calls from one on', () => {
      const counted = (n: number) => {
        const time = new Date(Date.UTC(2026, 0, 5 + Math.floor(n / 6), 9, n % 6)).toISOString();
        const at = { event_time: time, observed_time: time, chain_id: 'one', task: undefined };
        return { ...approved(quick), ...at, call_uid: `call_${n % 6}` };
      };
      expect(fed(world('autonomous'), [0, 19], counted)).toEqual([]);
      expect(fed(world('autonomous'), [0, 20], counted)).toHaveLength(1);
    });

    it.each<[string, (n: number) => number]>([
      ['takes another time', (n) => 1200 + n],
      ['took as long on another day', (n) => (n < 6 ? 1200 : n < 12 ? 1300 : 1200)],
    ])('is doubted where each session numbers its approvals from one on, and one %s', (_, took) => {
      const counted = (n: number) => {
        const time = new Date(Date.UTC(2026, 0, 5 + Math.floor(n / 6), 9, n % 6)).toISOString();
        const at = { event_time: time, observed_time: time };
        return { ...approved({ uid: `a${n % 6}`, by: 'ana', latency_ms: took(n) }), ...at };
      };
      expect(fed(world('autonomous'), [0, 19], counted)).toEqual([]);
      expect(fed(world('autonomous'), [0, 20], counted)).toHaveLength(1);
    });

    it('is not doubted for a job that runs each night by a change that was approved once', () => {
      const nightly = (n: number) => {
        const time = new Date(Date.UTC(2026, 0, 5 + n, 2)).toISOString();
        const at = { event_time: time, observed_time: time };
        const job = { task: { id: `t-${n}`, workflow: 'close' }, principal: { uid: 'cron' } };
        return { ...approved({ ...quick, uid: 'chg-1' }), ...at, ...job, capabilities: [] };
      };
      expect(fed(world('scheduled_job'), [0, 60], nightly)).toEqual([]);
      const unreported = { approval: { mode: 'human' as const, by: 'ana', uid: 'chg-1' } };
      const quickly = (n: number) => ({ ...nightly(n), ...approved({ ...quick, uid: 'chg-1' }) });
      expect(fed(world('semi_autonomous'), [0, 60], quickly)).toEqual([]);
      const nightlyUnreported = (n: number) => ({ ...nightly(n), ...unreported });
      expect(fed(world('autonomous'), [0, 60], nightlyUnreported)).toEqual([]);
    });

    it.each<[string, (n: number) => number]>([
      ['twice', (n) => (n < 3 ? 2500 : 4000)],
      ['each month', (n) => [4000, 3100, 2500][Math.floor(n / 30)] ?? 1200],
    ])('is not doubted for a job that runs each night by a change approved %s', (_, took) => {
      const nightly = (n: number) => {
        const time = new Date(Date.UTC(2026, 0, 5 + n, 2)).toISOString();
        const change = approved({ by: 'ana', uid: 'chg-1', latency_ms: took(n) });
        return { ...change, event_time: time, observed_time: time };
      };
      expect(fed(world('semi_autonomous'), [0, 90], nightly)).toEqual([]);
    });

    it('is doubted alike, whichever comes first of a decision and the call under it', () => {
      const pair = (n: number): readonly Partial<AuditEvent>[] => {
        const uid = `ap-${n}`;
        const time = new Date(Date.UTC(2026, 0, 5, 9, n * 5)).toISOString();
        const work = { task: { id: `t-${n}` }, chain_id: `c-${n}` };
        const at = { event_time: time, observed_time: time };
        const decided = { ...approved({ ...quick, uid }), activity: 'approval' };
        const call = { approval: { mode: 'human' as const, by: 'ana', uid } };
        return [decided, call].map((one) => ({ ...one, ...work, ...at }));
      };
      const told = (all: readonly Partial<AuditEvent>[]) =>
        fed(world('autonomous'), [0, 40], (n) => all[n] ?? {}).map((one) => one.alert_id);
      const pairs = Array.from({ length: 20 }, (_, n) => pair(n));
      const ahead = told(pairs.flat());
      expect(ahead).toHaveLength(1);
      const back = told(pairs.flatMap((one) => [...one].reverse()));
      expect([...new Set(back)]).toEqual(ahead);
    });

    it('is doubted though a refusal has the name of what was approved before it', () => {
      const some = world('autonomous');
      const own = (n: number) => approved({ ...quick, uid: `ap-${n}` });
      fed(some, [0, 19], own);
      fed(some, [19, 20], () => ({ ...own(18), outcome: 'denied' }));
      expect(fed(some, [20, 39], own)).toEqual([]);
      expect(fed(some, [39, 40], own)).toHaveLength(1);
    });
  });

  it('that goes on for weeks is one alert, told anew each day with its latest work', () => {
    const some = world('autonomous');
    const alerts = Array.from({ length: 400 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 0, 5 + Math.floor(n / 20), 9, n % 20)).toISOString();
      const of20 = { task: { id: `task-${n}` }, chain_id: `chain-${n}` };
      const at = { event_time: time, observed_time: time };
      return some.feed(pay(n + 1, { ...approved({ latency_ms: 1200 }), ...of20, ...at }));
    }).flatMap((one) => of('approval_quality', one));
    expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
    const days = new Set(alerts.map((one) => one.detected_at.slice(0, 10)));
    expect(days.size).toBe(20);
    // One a day, and when the count has doubled.
    expect(alerts.length).toBeLessThan(30);
    const last = alerts.at(-1);
    expect(last?.summary).toMatch(/^Up to 2026-01-24 /);
    expect(last?.subject.task_id).toBe('task-380');
  });

  it('is not doubted when one was refused, when they took time, or of several people', () => {
    expect(many(1200, 10)).toEqual([]);
    expect(many(6000)).toEqual([]);
    expect(many(1200, -1, (n) => `approver-${n % 2}`)).toEqual([]);
  });
});
