/** What is guaranteed of a stolen key: its signs are one alert, and one sign alone is none. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { YOUNG_TOKENS_MIN } from './moved-within.ts';
import { HOLDING_TOKENS_MIN } from './token-uses.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOME = { ip: '10.1.2.3', user_agent: 'runtime/3' };
const AWAY = { ip: '203.0.113.9', user_agent: 'curl/8' };

let count = 0;
function call(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  const credential = { uid: `tok-${Math.floor(ms / HOUR_MS)}` };
  return event(count, { event_time: time, observed_time: time, credential, src: HOME, ...over });
}
const model: Partial<AuditEvent> = { activity: 'model_call', capabilities: [] };
const burst = (ms: number, over: Partial<AuditEvent>) =>
  Array.from({ length: 30 }, (_, n) => call(ms + n * 100, over));

/** Ten days of twelve calls from home. */
function settled(days = 10): ProfileWorld {
  const world = new ProfileWorld({
    version: 1,
    agents: [{ uid: 'reporter', class: 'autonomous' }],
  });
  for (let n = 0; n < days * 12; n += 1) world.feed(call(n * 2 * HOUR_MS));
  return world;
}
const stolen = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.rule_id === 'stolen-credential');
const LATER = 11 * DAY_MS;

describe('the signs of a stolen key', () => {
  it('tell what has become of each, with every doubling and not with every call', () => {
    const calls = Array.from({ length: 60 }, (_, n) =>
      call(LATER + n * 1000, { src: AWAY, ...model }),
    );
    const told = stolen(settled().feed(...calls));
    expect(told[0]?.summary).toContain('it calls the model (never did before)');
    expect(told.at(-1)?.summary).toContain(
      'it calls the model, at least 32 times within the hour (never did before)',
    );
    expect(told.at(-1)?.summary).toContain('it called at least 40 times from there');
    expect(told.at(-1)?.reasons[0]?.observed).toContain('at least 32 times');
    expect(told.length).toBeLessThan(20);
  });

  it('are one alert, told anew with each that comes to it', () => {
    const world = settled();
    const first = call(LATER, { src: AWAY });
    const second = call(LATER + HOUR_MS, { src: AWAY, ...model });
    const alerts = stolen(world.feed(first, second, ...burst(LATER + 2 * HOUR_MS, { src: AWAY })));
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    expect(alerts[0]).toMatchObject({ kind: 'credential_misuse', severity: 'medium' });
    const last = alerts.at(-1);
    expect(last).toMatchObject({
      severity: 'high',
      title: 'reporter: new network, new client, model calls, machine speed within a day',
    });
    for (const said of [
      '203.0.113.*',
      'curl/8',
      'it calls the model',
      '20 calls within ten seconds',
    ]) {
      expect(last?.summary).toContain(said);
    }
    expect(last?.summary).toMatch(/^Since 2026-01-16 09:00:00 UTC/);
    const evidence = last?.evidence.map((one) => one.event_id);
    expect(evidence).toEqual(expect.arrayContaining([first.event_id, second.event_id]));
  });

  it('join a token that moved, which is told without any history and worse with each', () => {
    const world = settled();
    const alerts = stolen(
      world.feed(
        call(LATER),
        call(LATER + 60_000, { src: AWAY }),
        call(LATER + 120_000, { src: AWAY, ...model }),
        ...burst(LATER + 180_000, { src: AWAY }),
      ),
    );
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    expect(alerts.map((alert) => alert.severity)).toEqual(
      expect.arrayContaining(['high', 'critical']),
    );
    expect(alerts.at(-1)?.title).toBe(
      'A credential of reporter is used from another place, with model calls and machine speed',
    );
  });

  it.each([
    ['a new network', [call(LATER, { src: { ...HOME, ip: AWAY.ip } })]],
    ['a new client', [call(LATER, { src: { ...HOME, user_agent: 'curl/8' } })]],
    ['the first call of the model', [call(LATER, model)]],
    ['a busy minute', burst(LATER, {})],
    ['a busy minute with model calls, from home', [call(LATER, model), ...burst(LATER + 1000, {})]],
  ])('are none where there is %s alone', (_, events) => {
    expect(stolen(settled().feed(...events))).toEqual([]);
  });

  it('are none of an agent that has no habits yet', () => {
    expect(stolen(settled(3).feed(call(LATER, { src: AWAY, ...model })))).toEqual([]);
  });

  it('are none where they lie days apart, beside its own network', () => {
    const world = settled();
    const network = { src: { ...HOME, ip: '10.9.9.9' } };
    expect(stolen(world.feed(call(LATER, network), call(LATER + 4 * DAY_MS, model)))).toEqual([]);
    expect(stolen(world.feed(call(LATER + 5 * DAY_MS, { ...network, ...model })))).toEqual([]);
  });

  it('are none of a place to which the agent was declared to move', () => {
    const world = settled();
    world.feed(
      call(LATER, {
        activity: 'config_change',
        principal: { uid: 'release-office' },
        target: { resource_type: 'network', resource_id: 'network/203.0.113.0/24' },
      }),
    );
    expect(stolen(world.feed(call(LATER + HOUR_MS, { src: AWAY })))).toEqual([]);
  });

  it('of agents that turn up in one new place are one incident', () => {
    const uids = ['reporter', 'writer'];
    const world = new ProfileWorld({ version: 1, agents: uids.map((uid) => ({ uid })) });
    const of = (uid: string, ms: number, src = HOME) =>
      call(ms, {
        agent: { uid, assurance: 'authenticated' },
        credential: { uid: `${uid}-${ms}` },
        src,
      });
    for (const uid of uids) {
      for (let n = 0; n < 120; n += 1) world.feed(of(uid, n * 2 * HOUR_MS));
    }
    const alerts = stolen(world.feed(...uids.map((uid) => of(uid, LATER, AWAY))));
    expect(alerts.map((alert) => alert.subject.agent_uid)).toEqual(uids);
    expect(new Set(alerts.map((alert) => alert.incident_id)).size).toBe(1);
  });

  describe('of a token that changes its address within its network', () => {
    const twice = (world: ProfileWorld, n: number, second: string) =>
      world.feed(call(n * HOUR_MS), call(n * HOUR_MS + 60_000, { src: { ...HOME, ip: second } }));

    it('are told where tokens never did, though the history is young', () => {
      const world = settled(0);
      for (let n = 0; n < HOLDING_TOKENS_MIN; n += 1) {
        expect(stolen(twice(world, n, HOME.ip))).toEqual([]);
      }
      const [alert] = stolen(twice(world, HOLDING_TOKENS_MIN, '10.1.2.77'));
      expect(alert).toMatchObject({ kind: 'credential_misuse', severity: 'medium' });
      expect(alert?.summary).toContain('10.1.2.3 at');
      expect(alert?.summary).toContain('10.1.2.77');
    });

    it('are none where addresses change by themselves, or nothing is known yet', () => {
      const world = settled(0);
      for (let n = 0; n < 6 * HOLDING_TOKENS_MIN; n += 1) {
        expect(stolen(twice(world, n, n % 80 === 20 ? '10.1.2.77' : HOME.ip))).toEqual([]);
      }
    });
  });

  describe('of a young token, while none ever moved', () => {
    const UPDATED = { ...HOME, user_agent: 'runtime/4' };
    const ELSEWHERE = { ...HOME, ip: '10.1.2.77' };
    /** Two uses of the `n`th token. */
    const used = (world: ProfileWorld, n: number, second: typeof HOME, after = 60_000) =>
      stolen(world.feed(call(n * HOUR_MS), call(n * HOUR_MS + after, { src: second })));
    function kept(tokens: number): ProfileWorld {
      const world = settled(0);
      for (let n = 0; n < tokens; n += 1) expect(used(world, n, HOME)).toEqual([]);
      return world;
    }

    it.each([
      ['another address', ELSEWHERE, 'changed its address'],
      ['another version of its client', UPDATED, 'used from runtime/4, within two minutes'],
    ])('are told with half as many: %s', (_, src, said) => {
      const [alert] = used(kept(YOUNG_TOKENS_MIN), YOUNG_TOKENS_MIN, src);
      expect(alert).toMatchObject({ kind: 'credential_misuse', severity: 'medium' });
      expect(alert?.summary).toContain(said);
      expect(used(kept(YOUNG_TOKENS_MIN - 1), YOUNG_TOKENS_MIN, src)).toEqual([]);
    });

    it.each([ELSEWHERE, UPDATED])('are none of a token that is old, as after a restart', (src) => {
      expect(used(kept(YOUNG_TOKENS_MIN), YOUNG_TOKENS_MIN, src, 180_000)).toEqual([]);
    });

    it('are none of clients that are updated in the midst of tokens, where addresses are told as ever', () => {
      const world = kept(YOUNG_TOKENS_MIN);
      expect(used(world, YOUNG_TOKENS_MIN, UPDATED, 180_000)).toEqual([]);
      for (let n = 1; n < 60; n += 1) {
        expect(used(world, YOUNG_TOKENS_MIN + n, n % 2 === 0 ? UPDATED : HOME)).toEqual([]);
      }
      // Of addresses it is told as ever.
      expect(used(world, YOUNG_TOKENS_MIN + 60, ELSEWHERE)).toHaveLength(1);
    });
  });
});
