/** What is guaranteed of places: which is new to an agent, for how long, and which moves are none. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOME = { ip: '10.1.2.3', user_agent: 'sdk/1.4' };
const AWAY = { ...HOME, ip: '203.0.113.9' };
const CURL = { ...HOME, user_agent: 'curl/8' };
const NEAR = { ...HOME, ip: '10.9.9.9' };
const LATER = 14 * DAY_MS;

let count = 0;
/** With a token of its own, unless one is given. */
function call(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  const credential = { uid: `tok-${count}` };
  return event(count, { event_time: time, observed_time: time, credential, src: HOME, ...over });
}
const acts: Partial<AuditEvent> = { effect: 'update' };
const calls = (n: number, from: number, over: Partial<AuditEvent>) =>
  Array.from({ length: n }, (_, at) => call(from + at * 60_000, over));

const fresh = () =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] });

/** Two weeks of six calls a day. */
function settled(srcOf: (day: number) => AuditEvent['src'] = () => HOME): ProfileWorld {
  const world = fresh();
  for (let n = 0; n < 84; n += 1) {
    const src = srcOf(Math.floor(n / 6));
    world.feed(call(n * 4 * HOUR_MS, { ...(n % 3 === 0 ? acts : {}), ...(src && { src }) }));
  }
  return world;
}
const stolen = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter((alert) => alert.rule_id === 'stolen-credential');
const ids = (alerts: ReturnType<ProfileWorld['feed']>) => [
  ...new Set(stolen(alerts).map((alert) => alert.alert_id)),
];

describe('a place that is unlikely of an agent', () => {
  it.each([
    ['an outside network, where it acts', [call(LATER, { ...acts, src: AWAY })]],
    ['an outside network, from where it keeps reading', calls(10, LATER, { src: AWAY })],
    ['another client, with which it acts', [call(LATER, { ...acts, src: CURL })]],
    ['the first address of another family', [call(LATER, { ...acts, src: { ip: '2001:db8::1' } })]],
  ])('is told alone, tokens being fresh: %s', (_, events) => {
    const [alert] = stolen(settled().feed(...events));
    expect(alert).toMatchObject({ kind: 'credential_misuse', severity: 'medium' });
    expect(alert?.not_visible).toContain(
      'Whether somebody moved the agent is not visible: no change of its network was declared.',
    );
  });

  it('is no graver for both acting and staying there, which is one thing', () => {
    const there = calls(12, LATER, { ...acts, src: AWAY });
    const alerts = stolen(settled().feed(...there));
    expect(alerts.at(-1)?.summary).toContain('it called at least 10 times from there');
    expect(new Set(alerts.map((alert) => alert.severity))).toEqual(new Set(['medium']));
  });

  it('says no time of calls that go on from there, which are counted over days', () => {
    const [alert] = stolen(settled().feed(...calls(12, LATER, { src: AWAY })));
    expect(alert?.title).toBe('reporter: new network, keeps calling');
  });

  it('is told of calls that show no credential', () => {
    const { credential: _, ...bare } = call(LATER, { ...acts, src: AWAY });
    expect(stolen(settled().feed(bare))).toHaveLength(1);
  });

  it.each([
    ['nine reads from an outside network', calls(9, LATER, { src: AWAY })],
    ['a network beside its own', calls(30, LATER, { ...acts, src: NEAR })],
    [
      'another version of its client',
      calls(30, LATER, { ...acts, src: { ...HOME, user_agent: 'sdk/2.0' } }),
    ],
    [
      'its own address, as a socket of both families writes it',
      calls(30, LATER, { ...acts, src: { ...HOME, ip: '::ffff:10.1.2.3' } }),
    ],
    [
      'a new version beside its own network',
      calls(30, LATER, { ...acts, src: { ip: NEAR.ip, user_agent: 'sdk/2.0' } }),
    ],
  ])('is not: %s', (_, events) => {
    expect(stolen(settled().feed(...events))).toEqual([]);
  });

  it('is none of an agent that travels', () => {
    const world = settled((day) => ({ ...HOME, ip: `${60 + Math.floor(day / 3)}.1.1.1` }));
    expect(stolen(world.feed(call(LATER, { ...acts, src: AWAY })))).toEqual([]);
  });
});

describe('a place that an alert was told of', () => {
  const thief = (ms: number) => call(ms, { ...acts, src: AWAY, task: { id: `task-${ms}` } });

  it('does not become its own by waiting, and is told again in the one alert', () => {
    const world = settled();
    const [first] = stolen(world.feed(thief(LATER)));
    const later = stolen(world.feed(thief(LATER + 4 * DAY_MS), thief(LATER + 9 * DAY_MS)));
    expect(later.map((alert) => alert.alert_id)).toEqual([first?.alert_id, first?.alert_id]);
    expect(later.at(-1)?.subject.credential_uid).toBe(`tok-${count}`);
  });

  it('becomes its own after a month of use', () => {
    const world = settled();
    for (let day = 0; day < 32; day += 1) world.feed(thief(LATER + day * DAY_MS));
    expect(stolen(world.feed(thief(LATER + 33 * DAY_MS)))).toEqual([]);
  });

  it('becomes its own by a declaration', () => {
    const world = settled();
    world.feed(thief(LATER));
    const target = { resource_type: 'network', resource_id: 'network/203.0.113.0/24' };
    world.feed(
      call(LATER + DAY_MS, {
        activity: 'config_change',
        target,
        principal: { uid: 'release-office' },
      }),
    );
    world.feed(thief(LATER + DAY_MS + HOUR_MS));
    expect(stolen(world.feed(thief(LATER + 5 * DAY_MS)))).toEqual([]);
  });
});

describe('a token that is used in several networks', () => {
  const DUAL = [HOME, { ...HOME, ip: '2001:db8:1::5' }];
  const ZONES = [HOME, NEAR, { ...HOME, ip: '10.77.1.1' }];
  /** Tokens of four calls each, as a host alternates. */
  const alternating = (world: ProfileWorld, places: readonly (typeof HOME)[], tokens: number) =>
    Array.from({ length: tokens * 4 }, (_, n) => {
      const credential = { uid: `own-${Math.floor(n / 4)}` };
      const src = places[(n * 7 + Math.floor(n / 5)) % places.length] ?? HOME;
      return world.feed(call(n * HOUR_MS, { ...acts, credential, src }));
    }).flat();

  it.each([
    ['of both families of addresses', DUAL],
    ['of several zones', ZONES],
  ])('is none where hosts alternate from the start: %s', (_, places) => {
    expect(stolen(alternating(fresh(), places, 100))).toEqual([]);
  });

  it.each([
    ['beside its own', NEAR, 9],
    ['of the other family', { ...HOME, ip: '2001:db8:1::5' }, 39],
  ] as const)('is told where tokens kept theirs: a network %s', (_, src, tokens) => {
    const told = (n: number) => {
      const world = fresh();
      expect(stolen(alternating(world, [HOME], n))).toEqual([]);
      const credential = { uid: `own-${n - 1}` };
      return stolen(world.feed(call(n * 4 * HOUR_MS, { credential, src })));
    };
    expect(told(tokens)).toHaveLength(1);
    // A token that is used past midnight counts for both days.
    expect(told(Math.floor(tokens * 0.7))).toEqual([]);
  });

  it('is told of one key that kept its network for nine days', () => {
    const world = fresh();
    const credential = { uid: 'for-ever' };
    for (let n = 0; n < 20; n += 1) world.feed(call(n * 12 * HOUR_MS, { credential }));
    expect(stolen(world.feed(call(LATER, { credential, src: NEAR })))).toHaveLength(1);
  });

  it('is one alert a place, however many tokens', () => {
    const world = fresh();
    const alerts = Array.from({ length: 30 }, (_, n) => {
      const credential = { uid: `own-${n}` };
      const home = call(n * HOUR_MS, { credential });
      return world.feed(home, call(n * HOUR_MS + 1000, { credential, src: AWAY }));
    }).flat();
    expect(ids(alerts)).toHaveLength(1);
  });
});

describe('a flood of the model', () => {
  const flood = (src: Partial<AuditEvent>) =>
    Array.from({ length: 150 }, (__, n) => {
      const { src: _, ...bare } = call(LATER + n * 250, {
        activity: 'model_call',
        capabilities: [],
      });
      return { ...bare, ...src };
    });

  it('is told where no place is known', () => {
    const alerts = stolen(settled().feed(...flood({})));
    expect(ids(alerts)).toHaveLength(1);
    expect(alerts[0]?.not_visible).toContain('From where it was called is not told.');
  });

  it('is said once, with the larger of both numbers', () => {
    for (const { summary, reasons } of stolen(settled().feed(...flood({})))) {
      const said = summary + (reasons[0]?.observed ?? '');
      expect(summary).toMatch(/calls the model, at least \d+ times within the hour/);
      expect(said).not.toContain('it called the model at least');
    }
  });

  it('is no sign of a stolen key from its own place', () => {
    expect(stolen(settled().feed(...flood({ src: HOME })))).toEqual([]);
  });
});

it('places and approvals are kept apart', () => {
  const approval = {
    mode: 'human' as const,
    by: 'ana',
    args_hash: 'hmac-sha256:aa',
    latency_ms: 9000,
  };
  const world = fresh();
  const paid = call(0, { effect: 'pay', approval, args: { hash: 'hmac-sha256:aa' } });
  expect(stolen(world.feed(paid, call(HOUR_MS)))).toEqual([]);
  const { credential } = paid;
  expect(stolen(world.feed(call(2 * HOUR_MS, { credential, src: AWAY })))).toHaveLength(1);
});

describe('the place of a token that was used before', () => {
  const credential = { uid: 'long-lived' };
  const away = [call(2 * DAY_MS, { credential, src: AWAY })];
  const told = (...between: readonly AuditEvent[]) =>
    stolen(fresh().feed(call(0, { credential }), ...between, ...away));
  const made = (over: Partial<AuditEvent>) => calls(40, HOUR_MS, over);

  it.each<[string, readonly AuditEvent[]]>([
    ['nothing', []],
    ['made-up tokens of calls that were denied', made({ outcome: 'denied' })],
    [
      'tokens that are only asserted',
      made({
        agent: { ...event(0).agent, assurance: 'asserted' },
        claims: { ...event(0).claims, task: 'asserted' },
      }),
    ],
    [
      'tokens of one day, once it was used on two',
      [call(DAY_MS, { credential }), ...calls(40, DAY_MS + HOUR_MS, {})],
    ],
  ])('is known behind %s', (_, between) => {
    expect(told(...between)).toHaveLength(1);
  });

  it('is not learnt from a call that was denied', () => {
    const denied = call(0, { credential, outcome: 'denied' });
    expect(stolen(fresh().feed(denied, ...away))).toEqual([]);
  });
});
