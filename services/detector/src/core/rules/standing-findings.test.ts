/** What a finding that stands leaves to be learnt: the agent's work goes on, and what is new in it is told. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { KnownValues } from '../baselines/novelty/known-values.ts';
import { knownOf } from '../state/agent/agent-key.ts';
import { event, testId } from '../testing/event-builder.ts';
import type { MapTransaction } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { STANDING_MAX } from './standing-findings.ts';

const START = Date.parse('2026-01-05T00:00:00Z');
const DAY_MS = 86_400_000;

/** At so many minutes of a day, as a call of a piece of work of its own an hour. */
function at(day: number, minute: number, over: Partial<AuditEvent> = {}): AuditEvent {
  const time = new Date(START + day * DAY_MS + (480 + minute) * 60_000).toISOString();
  const work = `work-${day}-${Math.floor(minute / 60)}`;
  return event(day * 1000 + minute, {
    event_time: time.replace('Z', '000000Z'),
    observed_time: time.replace('Z', '000000Z'),
    task: { id: work },
    chain_id: work,
    ...over,
  });
}

const NONE = { approval: { mode: 'none' as const } };

function send(day: number, minute: number, to: string, over: Partial<AuditEvent> = {}) {
  return at(day, minute, {
    effect: 'send',
    tool: { name: 'send_receipt', server: 'shop' },
    capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
    args: { features: { destination_domain: to } },
    ...over,
  });
}

/** Six pieces of work: two reads and a mail each. */
function dayOf(day: number, over: Partial<AuditEvent>, works = 6): readonly AuditEvent[] {
  return Array.from({ length: works }, (_, work) => [
    at(day, work * 60, over),
    at(day, work * 60 + 1, over),
    send(day, work * 60 + 2, 'partner.example', over),
  ]).flat();
}

function daysOf(days: number, over: Partial<AuditEvent>, works = 6) {
  return Array.from({ length: days }, (_, day) => dayOf(day, over, works)).flat();
}

const world = (cls = 'semi_autonomous') =>
  new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: cls }] });

const statistical = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter(({ kind }) => kind === 'behavior_deviation').map(({ rule_id: rule }) => rule);

describe('a finding that says what an agent may, and not whether it is like itself', () => {
  it('leaves its daily work to be learnt: nothing of it is told as new or odd', () => {
    expect(statistical(world().feed(...daysOf(30, NONE)))).toEqual([]);
  });

  it('does so of an agent that is busy enough to be judged on its first day', () => {
    expect(statistical(world().feed(...daysOf(12, NONE, 14)))).toEqual([]);
  });

  it('and a counterparty that is new in it is told as of one without such a finding', () => {
    for (const over of [NONE, {}]) {
      const some = world();
      some.feed(...daysOf(30, over));
      const told = statistical(some.feed(send(30, 300, 'evil.example', over)));
      expect(told).toEqual(['first-seen']);
    }
  });

  it('makes nothing known by one such call, also where nobody can yet say that it is new', () => {
    const some = world();
    some.feed(...dayOf(0, {}), send(0, 400, 'evil.example', NONE));
    some.feed(...Array.from({ length: 10 }, (_, day) => dayOf(1 + day, {})).flat());
    const alerts = some.feed(send(20, 0, 'evil.example', {}));
    expect(statistical(alerts)).toEqual(['first-seen']);
    expect(alerts[0]?.summary).toContain('it never did');
  });

  it('stands again only after days, where it did not come for a month', () => {
    const some = world();
    some.feed(...daysOf(10, NONE));
    const later = (day: number) => send(day, 0, 'later.example', NONE);
    some.feed(later(50));
    for (let day = 51; day < 59; day++) some.feed(...dayOf(day, {}));
    expect(statistical(some.feed(send(59, 0, 'later.example')))).toEqual(['first-seen']);
  });
});

describe('a finding that says that it may not be the agent', () => {
  const decoys = [{ tool: { name: 'get_order', server: 'shop' } }];
  it('makes no alarm of days that are like it, however long', () => {
    const some = new ProfileWorld({
      version: 1,
      agents: [{ uid: 'reporter', class: 'semi_autonomous' }],
      decoys,
    });
    const work = (day: number, calls: number) =>
      Array.from({ length: calls }, (_, minute) => at(day, minute, minute > 2 ? DECOY : {}));
    const days = Array.from({ length: 40 }, (_, day) => work(day, day < 8 ? 3 : 9));
    expect(statistical(some.feed(...days.flat()))).not.toContain('volume-climb');
  });
});

const STRANGE = { target: { environment: 'prod-eu' } } satisfies Partial<AuditEvent>;

/** Three pieces of work a day, of two reads and a change each, in an environment that nobody declared. */
function strangeDays(days: number, over: Partial<AuditEvent> = {}) {
  return Array.from({ length: days }, (_, day) =>
    Array.from({ length: 9 }, (_, call) => {
      const effect = call % 3 === 2 ? 'update' : 'read';
      return at(day, Math.floor(call / 3) * 60 + (call % 3), { effect, ...STRANGE, ...over });
    }),
  ).flat();
}

/** A hundred calls of one piece of work within a minute of another hour. */
function burst(day: number, over: Partial<AuditEvent> = {}) {
  const one = at(day, 900, { ...STRANGE, ...over });
  return Array.from({ length: 100 }, (_, n) => ({
    ...one,
    event_id: testId(day * 1000 + 700 + n),
  }));
}

const EXPIRED = {
  credential: { uid: 'key', expires_at: '2026-01-01T00:00:00.000000000Z' },
} satisfies Partial<AuditEvent>;
const OTHERWISE = {
  effect: 'update',
  approval: { mode: 'human', by: 'ana', args_hash: 'hmac-sha256:other' },
  args: { hash: 'hmac-sha256:ran' },
} satisfies Partial<AuditEvent>;
const OF_WORKFLOW = { task: { id: 'w', workflow: 'w' } } satisfies Partial<AuditEvent>;

describe('a finding that says that it may not be the agent, and is so of all its work', () => {
  const profile = { environments: ['production'] };
  const narrow = () =>
    new ProfileWorld({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous', profile }] });
  const ofNobody = () =>
    new ProfileWorld({ version: 1, agents: [], workflows: [{ name: 'w', envelope: profile }] });

  it.each([
    ['outside its profile', narrow, {}, 7],
    ['outside the envelope, of an agent that nobody registered', ofNobody, OF_WORKFLOW, 7],
    ['a credential that expired, which is high', () => new ProfileWorld(), EXPIRED, 30],
    ['other arguments than were approved, which is high', () => new ProfileWorld(), OTHERWISE, 30],
  ])('teaches nothing until it stands, and then its work is known: %s', (_, make, over, age) => {
    const some = make();
    some.feed(...strangeDays(age - 1, over));
    const value = (transaction: MapTransaction) =>
      knownOf<KnownValues>(transaction, event(0), 'values|first_effect');
    expect(value(some.transaction)?.n ?? 0).toBeLessThan(5);

    const other = make();
    const before = other.feed(...strangeDays(age + 10, over));
    expect(before.length).toBeGreaterThan(0);
    expect(statistical(before)).toEqual([]);
    expect(value(other.transaction)?.n ?? 0).toBeGreaterThan(0);
  });

  it('stands by its value: what is undeclared besides teaches nothing', () => {
    const some = narrow();
    const dig = { tool: { name: 'dig', server: 'attic' } };
    const inAttic = { ...dig, target: { environment: 'attic' } };
    some.feed(...strangeDays(17));
    for (const day of [17, 18, 19]) some.feed(at(day, 0, inAttic));
    const told = some.feed(at(20, 0, { ...dig, ...STRANGE, effect: 'delete' }));
    expect(statistical(told)).toContain('first-seen');
  });

  it('keeps so many of an agent, those that came on most days', () => {
    const some = narrow();
    some.feed(...strangeDays(17));
    const many = Array.from({ length: 4 * STANDING_MAX }, (_, n) =>
      at(16, 200 + n, { target: { environment: `e${n}` } }),
    );
    some.feed(...many);
    const retained = knownOf<readonly unknown[]>(some.transaction, event(0), 'standing');
    expect(retained).toHaveLength(STANDING_MAX);
    expect(statistical(some.feed(...burst(17)))).not.toEqual([]);
  });
});

const DECOY = { tool: { name: 'get_order', server: 'shop' } };
