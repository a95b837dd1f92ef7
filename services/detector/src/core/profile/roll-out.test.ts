/** A tool that many got is told once, on later days too; what a hijacked agent does with it by itself. */
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** The day on which it is given to them. */
const FIRST_DAY = 10;
const AGENTS = 6;

let calls = 0;
function call(uid: string, ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  calls += 1;
  const time = new Date(START_MS + ms).toISOString();
  const task = `task-${uid}-${Math.floor(ms / DAY_MS)}`;
  return event(calls, {
    ...{ event_time: time, observed_time: time, chain_id: task, task: { id: task } },
    agent: { uid, assurance: 'authenticated' },
    ...over,
  });
}

const CREATES = {
  ...{ tool: { name: 'create_page', server: 'notion' }, effect: 'create' },
  capabilities: [{ symbol: 'write:data', basis: 'catalogue' }],
} as const satisfies Partial<AuditEvent>;

const creates = (uid: string, day: number, minute: number, over: Partial<AuditEvent> = {}) =>
  call(uid, day * DAY_MS + minute * MINUTE_MS, { ...CREATES, ...over });

const names = (n: number, of = 'a') => Array.from({ length: n }, (_, at) => `${of}-${at}`);

/** Agents that read for ten days, some of which got the tool on one of them; what they all are, and the world. */
function rolledOut(over: Partial<AuditEvent> = {}, uids = names(AGENTS)) {
  const world = new ProfileWorld();
  for (const uid of [...names(AGENTS), 'late-0', 'late-1', 'late-2']) {
    for (let n = 0; n < 60; n += 1) {
      world.feed(call(uid, Math.floor(n / 6) * DAY_MS + (n % 6) * MINUTE_MS));
    }
  }
  const told = world.feed(...uids.map((uid, at) => creates(uid, FIRST_DAY, at, over)));
  return { world, told };
}

const queued = (told: readonly Alert[]) => told.filter(({ posture }) => posture !== true);
const told = (of: readonly Alert[]) =>
  queued(of).map(({ rule_id: rule, subject }) => `${rule} ${subject.agent_uid}`);

describe('a tool that many got on one day', () => {
  it('is one alert, and none more while they use it until it has settled', () => {
    const { world, told: first } = rolledOut();
    expect(told(first).filter((one) => one.startsWith('common'))).toHaveLength(AGENTS - 2);
    for (const day of [1, 2, 5, 6, 7, 8]) {
      const hours = names(AGENTS).map((uid, at) => creates(uid, FIRST_DAY + day, at * 300));
      expect(told(world.feed(...hours))).toEqual([]);
    }
  });

  it('says of each why it is listed only', () => {
    const { world } = rolledOut();
    const again = [1, 2, 3].flatMap((day) => world.feed(creates('a-3', FIRST_DAY + day, 0)));
    const later = world.feed(creates('late-0', FIRST_DAY + 4, 0));
    for (const one of [...again, ...later].filter(({ rule_id: rule }) => rule === 'first-tool')) {
      expect(one).toMatchObject({ posture: true });
      expect(one.summary).toContain('the same tool was new to other agents before');
    }
  });

  it('names who comes to it later, once a day', () => {
    const { world } = rolledOut();
    const [day, next] = [FIRST_DAY + 2, FIRST_DAY + 4];
    const one = queued(world.feed(creates('late-0', day, 0)));
    expect(one).toMatchObject([
      { rule_id: 'common-cause', title: 'notion: 6 agents alarm alike, 1 more since', count: 7 },
    ]);
    expect(one[0]?.summary).toContain(
      'Since then 1 more agent came to the same tool in the same way and told so here only, the latest first: late-0.',
    );
    expect(one[0]?.evidence.at(-1)?.agent_uid).toBe('late-0');
    expect(told(world.feed(creates('late-1', day, 400)))).toEqual([]);
    const [both] = queued(world.feed(creates('a-1', next, 0)));
    expect(both?.summary).toContain('the latest first: late-1, late-0.');
    expect(both?.evidence.at(-1)?.agent_uid).toBe('late-1');
  });

  it('names the first who comes to it later at once, on the same day too', () => {
    const { world } = rolledOut();
    const one = queued(world.feed(creates('late-0', FIRST_DAY, 300)));
    expect(one).toMatchObject([
      { rule_id: 'common-cause', title: 'notion: 6 agents alarm alike, 1 more since' },
    ]);
    expect(one[0]?.summary).toContain('the latest first: late-0.');
    const more = [330, 360].flatMap((at) => world.feed(creates('late-0', FIRST_DAY, at)));
    expect(told(more)).toEqual([]);
  });

  it('names who waits for that a day after the last was named, though nobody calls again', () => {
    const { world } = rolledOut();
    const at = (minute: number) =>
      new Date(START_MS + FIRST_DAY * DAY_MS + minute * MINUTE_MS).toISOString();
    world.feed(creates('late-0', FIRST_DAY, 300));
    const waiting = ['late-1', 'late-2'].map((uid, n) => creates(uid, FIRST_DAY, 310 + n));
    expect(told(world.feed(...waiting))).toEqual([]);
    expect(world.pass(at(300 + 23 * 60))).toEqual([]);
    const due = world.pass(at(300 + 25 * 60));
    expect(told(due)).toEqual(['common-cause notion']);
    expect(due[0]).toMatchObject({ count: 9, detected_at: at(300 + 25 * 60) });
    expect(due[0]?.summary).toContain('the latest first: late-2, late-1, late-0.');
    expect(due[0]?.evidence.at(-1)?.agent_uid).toBe('late-2');
    expect(world.pass(at(300 + 50 * 60))).toEqual([]);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['another tool of its server', { tool: { name: 'create_database', server: 'notion' } }],
    ['a tool of that name elsewhere', { tool: { name: 'create_page', server: 'wiki' } }],
    ['another effect', { effect: 'execute' }],
    ['restricted data', { target: { sensitivity: 'restricted' } }],
    ['graver data', { target: { sensitivity: 'confidential' } }],
    ['production', { target: { environment: 'prod' } }],
    ['what goes outside', { capabilities: [{ symbol: 'send:external', basis: 'catalogue' }] }],
    ['what runs code', { capabilities: [{ symbol: 'exec:code', basis: 'catalogue' }] }],
    ['an address', { args: { values: [{ kind: 'email', fp: 'x' }] } }],
    ['only asserted', { agent: { uid: 'late-0', assurance: 'asserted' } }],
  ])('has nothing to do with %s of an agent that comes later', (_, over) => {
    const { world } = rolledOut();
    const of = told(world.feed(creates('late-0', FIRST_DAY + 2, 0, over)));
    expect(of.some((one) => one.startsWith('first-'))).toBe(true);
    expect(of.every((one) => one.endsWith('late-0'))).toBe(true);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['sends', { effect: 'send' }],
    ['deletes', { effect: 'delete' }],
    ['runs code', { capabilities: [{ symbol: 'exec:code', basis: 'catalogue' }] }],
    ['touches restricted data', { target: { sensitivity: 'restricted' } }],
  ])('queues for each agent on later days where it %s', (_, over) => {
    const { world } = rolledOut(over);
    for (const uid of ['a-3', 'late-0']) {
      expect(told(world.feed(creates(uid, FIRST_DAY + 2, 0, over)))).toContain(`first-tool ${uid}`);
    }
  });

  it('is none of two', () => {
    const { world } = rolledOut({}, names(2));
    expect(told(world.feed(creates('late-0', FIRST_DAY + 2, 0)))).toContain('first-tool late-0');
  });

  it('lists who comes to it after somebody found it wrong, and tells no more in that alert', () => {
    const { told: first, world } = rolledOut();
    const cause = first.findLast(({ rule_id: rule }) => rule === 'common-cause');
    if (cause !== undefined) world.verdict(cause, 'false_positive', '2026-01-16T00:00:00Z');
    const later = world.feed(creates('late-0', FIRST_DAY + 2, 0));
    expect(told(later)).toEqual([]);
    expect(later.map(({ rule_id: rule }) => rule)).toContain('first-tool');
    expect(later[0]?.incident_id).toBe(cause?.incident_id);
  });

  it('ends when somebody finds the cause or a part of it right', () => {
    const { told: first, world } = rolledOut();
    const cause = first.findLast(({ rule_id: rule }) => rule === 'common-cause');
    const { told: parts, world: other } = rolledOut();
    const part = parts.findLast(({ rule_id: rule }) => rule === 'first-tool');
    for (const [of, alert] of [[world, cause] as const, [other, part] as const]) {
      if (alert !== undefined) of.verdict(alert, 'true_positive', '2026-01-16T00:00:00.000000000Z');
      expect(told(of.feed(creates('late-0', FIRST_DAY + 2, 0)))).toContain('first-tool late-0');
    }
  });

  it('ends after a month', () => {
    const { world } = rolledOut();
    expect(told(world.feed(creates('late-0', FIRST_DAY + 29, 0)))[0]).toBe('common-cause notion');
    expect(told(world.feed(creates('late-1', FIRST_DAY + 31, 0)))).toContain('first-tool late-1');
  });
});
