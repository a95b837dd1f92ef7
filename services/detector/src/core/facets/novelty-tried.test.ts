/** What had no effect makes nothing usual, and of what failed no alert says that it was done. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../injection/agent-history.ts';
import { toCall } from '../injection/call-view.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { actingHours } from './acting-hours.ts';
import { instructionMatch } from './instruction-match.ts';
import { FACETS } from './registry.ts';

const START = '2026-01-05T09:00:00.000Z';
let count = 0;

function at(day: number, minute: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = shiftTime(START, (day * 1440 + minute) * 60_000);
  const work = `${day}-${Math.floor(minute / 5)}`;
  const own = { chain_id: `chain-${work}`, task: { id: `task-${work}` } };
  return event(count, { event_time: time, observed_time: time, ...own, ...over });
}

/** Twenty days of sixty calls, one in ten of which pays the same account. */
function settled(): ProfileWorld {
  const world = new ProfileWorld({
    version: 1,
    agents: [{ uid: 'reporter', class: 'autonomous' }],
  });
  for (let day = 0; day < 20; day += 1) {
    for (let n = 0; n < 60; n += 1) world.feed(at(day, n, n % 10 === 9 ? pay('acct-1') : {}));
  }
  return world;
}

const approval = { mode: 'human', by: 'ada' } as const;
function pay(account: string): Partial<AuditEvent> {
  const target = { system: 'bank', resource_type: 'account', resource_id: account };
  return { effect: 'pay', tool: { name: 'pay', server: 'bank' }, target, approval };
}
const drop: Partial<AuditEvent> = {
  effect: 'delete',
  tool: { name: 'drop_db', server: 'db' },
  target: { system: 'db', resource_type: 'database', resource_id: 'orders' },
  capabilities: [{ symbol: 'delete:data', basis: 'catalogue' }],
};
const dryRun: Partial<AuditEvent> = { args: { hash: 'h', features: { dry_run: true } } };
const timeout = { outcome: 'tool_error', error: { type: 'timeout' } } as const;

const news = (alerts: ReturnType<ProfileWorld['feed']>) =>
  alerts.filter(({ rule_id: rule }) => rule.startsWith('first-'));
const rules = (alerts: ReturnType<ProfileWorld['feed']>) => news(alerts).map((one) => one.rule_id);

describe('a call that had no effect', () => {
  it.each<[string, Partial<AuditEvent>]>([
    ['denied', { outcome: 'denied' }],
    ['a dry run', dryRun],
  ])('%s is not told, and the one that goes through is', (_, over) => {
    const world = settled();
    for (let n = 0; n < 3; n += 1) {
      expect(news(world.feed(at(20 + n, 10, { ...drop, ...over })))).toEqual([]);
    }
    expect(rules(world.feed(at(23, 11, drop)))).toEqual([
      'first-tool',
      'first-effect',
      'first-target',
    ]);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['denied', { outcome: 'denied' }],
    ['a dry run', dryRun],
  ])('%s makes no counterparty known', (_, over) => {
    const world = settled();
    expect(news(world.feed(at(20, 9, { ...pay('acct-new'), ...over })))).toEqual([]);
    expect(rules(world.feed(at(20, 29, pay('acct-new'))))).toEqual(['first-counterparty']);
  });

  it('is told to no peer', () => {
    for (const outcome of ['denied', 'tool_error', 'cancelled', 'protocol_error'] as const) {
      const draft = new MapDraft();
      for (const facet of FACETS.filter(({ name }) => name.startsWith('first_'))) {
        facet.learn(draft, at(0, 0, drop), false);
        const before = facet.tell?.(draft, at(1, 0, drop));
        facet.learn(draft, at(0, 1, { ...pay('acct-new'), outcome }), false);
        expect(facet.tell?.(draft, at(1, 0, drop))).toEqual(before);
      }
    }
  });

  it('makes no hour usual', () => {
    const draft = new MapDraft();
    const send = { effect: 'send' } as const;
    for (let day = 0; day < 20; day += 1) {
      for (let n = 0; n < 6; n += 1) actingHours.learn(draft, at(day, n, send), false);
    }
    const night = (day: number) => at(day, 12 * 60, send);
    actingHours.learn(draft, { ...night(20), outcome: 'denied' }, false);
    expect(actingHours.score(draft, night(21))?.alarm).toBeDefined();
    actingHours.learn(draft, night(21), false);
    expect(actingHours.score(draft, night(22))?.alarm).toBeUndefined();
  });

  it('is no habit and makes no identifier known', () => {
    const known = (outcome: AuditEvent['outcome']) => {
      const draft = new MapDraft();
      const items = [{ path: 'to', class: 'atom', tokens: [], ids: ['id-1'], id_like: true }];
      const one = (day: number) =>
        at(day, 0, { ...pay('a'), outcome, args: { hash: 'h', items: [...items] } as never });
      for (let day = 0; day < 5; day += 1) instructionMatch.learn(draft, one(day), false);
      const history = historyOf(draft, one(6));
      return [history.isHabit(toCall(one(6))), history.knowsId('id-1')];
    };
    expect(known('success')).toEqual([true, true]);
    expect(known('denied')).toEqual([false, false]);
  });
});

describe('a call that failed', () => {
  it.each(['tool_error', 'cancelled', 'protocol_error'] as const)(
    'as %s is told as tried, and the success after it as done, in the same alert',
    (outcome) => {
      const world = settled();
      const tried = news(world.feed(at(20, 10, { ...drop, outcome })));
      const how = outcome === 'cancelled' ? 'which was cancelled' : `which failed (${outcome})`;
      expect(tried.map(({ title }) => title)).toEqual([
        expect.stringContaining('tried to call drop_db, which'),
        expect.stringContaining('tried to delete something, which'),
        expect.stringContaining('tried to act on db database, which'),
      ]);
      for (const { summary, reasons } of tried) {
        const said = summary + reasons.map(({ text }) => text).join(' ');
        expect(said).toContain(how);
        expect(said).not.toMatch(/deleted|called|acted|did something/);
      }
      const done = news(world.feed(at(20, 30, drop)));
      expect(done.map(({ alert_id: id }) => id)).toEqual(tried.map(({ alert_id: id }) => id));
      expect(done.map(({ revision }) => revision)).toEqual([2, 2, 2]);
      expect(done[1]?.title).toContain('deleted something, for the first time');
      expect(done[1]?.summary).not.toContain('tried');
      expect(done[1]?.summary).toContain(
        'it failed at this before (since 2026-01-25), which was told',
      );
    },
  );

  it('counts among no earlier calls, and neither does what alarmed: both is said', () => {
    const world = settled();
    const first = news(world.feed(at(20, 10, drop)))[0];
    expect(first?.summary).toContain('In 1200 earlier calls since 2026-01-05 it never did');
    expect(first?.not_visible.join()).toContain('Calls that were refused or only rehearsed');
    const grant = { effect: 'grant', tool: { name: 'grant_access', server: 'iam' } } as const;
    const second = news(world.feed(at(26, 10, grant)))[0];
    expect(second?.summary).toContain(
      'In 1200 counted earlier calls since 2026-01-05 it never did; 2 others were counted in that time, without what was doubted or alarmed on',
    );
    expect(second?.reasons[0]?.text).toContain('0 of 1200 counted earlier calls');
  });

  it('says where an effect may have come before the end', () => {
    const note = 'Whether it took effect before it ended so is not visible.';
    const noted = (over: Partial<AuditEvent>) =>
      news(settled().feed(at(20, 10, { ...drop, ...over })))[1]?.not_visible.includes(note);
    expect(noted({ outcome: 'tool_error' })).toBe(true);
    expect(noted({ outcome: 'protocol_error' })).toBe(false);
    expect(noted({})).toBe(false);
  });

  it('that was found harmless excuses no success', () => {
    const world = settled();
    const failed = { ...drop, outcome: 'tool_error' } as const;
    for (const one of news(world.feed(at(20, 10, failed)))) world.verdict(one, 'false_positive');
    expect(news(world.feed(at(21, 10, failed)))).toEqual([]);
    expect(rules(world.feed(at(21, 30, drop)))).toContain('first-effect');
  });

  it('every night is told no longer after a week, and its success still is', () => {
    const world = settled();
    const nights = Array.from(
      { length: 12 },
      (_, n) => news(world.feed(at(20 + n, 10, { ...drop, outcome: 'tool_error' }))).length > 0,
    );
    expect(nights[0]).toBe(true);
    expect(nights.slice(9)).toEqual([false, false, false]);
    const done = news(world.feed(at(33, 10, drop)));
    expect(done.map(({ title }) => title).join()).toContain('deleted something');
  });

  it('takes nothing from the successes of a usual tool', () => {
    const world = settled();
    for (let n = 0; n < 20; n += 1) {
      const failed = { ...pay('acct-1'), outcome: 'tool_error' } as const;
      expect(news(world.feed(at(20, n, failed)))).toEqual([]);
    }
    expect(news(world.feed(at(21, 0, pay('acct-1'))))).toEqual([]);
  });
});

it('counts what timed out or tells no end as what was done, and says no more than is known', () => {
  for (const over of [timeout, { outcome: 'unknown' } as const]) {
    const draft = new MapDraft();
    const [facet] = FACETS.filter(({ name }) => name === 'first_counterparty');
    for (let n = 0; n < 60; n += 1) facet?.learn(draft, at(n, 0, pay('acct-1')), false);
    const late = facet?.score(draft, at(60, 0, { ...pay('acct-2'), ...over }));
    if (over === timeout) expect(late?.alarm?.title).toContain('tried to pay to a new');
    facet?.learn(draft, at(60, 0, { ...pay('acct-2'), ...over }), false);
    expect(facet?.score(draft, at(61, 0, pay('acct-2')))?.alarm).toBeUndefined();
  }
});
