/** What earlier versions kept of an agent is still read, and what is kept now is as small as it is meant to be. */
import {
  ASSURANCES,
  type AuditEvent,
  registrySchema,
  shiftTime,
  shortPrint,
  shortUuid,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { isAskedFor, meetTurn } from '../facets/asked-turn.ts';
import { noteRefusal, refusedBefore } from '../governance/approval-refused.ts';
import { paceOf } from '../governance/sudden-pace.ts';
import { keepAsBefore } from '../testing/earlier-kept.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { agentKey, readAgentKey } from './agent-key.ts';
import { EARLIER_LAYOUTS } from './earlier-keys.ts';
import { keepKnown, knownOf } from './known-of-agent.ts';
import { toDigits } from './print-table.ts';

const START = '2026-01-05T09:00:00.000000000Z';
const HOUR_MS = 3_600_000;
const bytesOf = (value: unknown) => JSON.stringify(value).length;

describe('turns of a person', () => {
  const turn = (n: number, hours: number) =>
    event(n, {
      principal: { uid: 'ana', type: 'human' },
      conversation_id: 'c',
      conversation_turn: n,
      event_time: shiftTime(START, hours * HOUR_MS),
    });
  const key = agentKey(turn(1, 0), 'turns');

  it('that earlier versions remembered are stale after as long', () => {
    const draft = new MapDraft();
    const hour = Math.floor(Date.parse(START) / HOUR_MS);
    draft.put(key, shortPrint('c|1') + toDigits(hour, 4));
    expect(isAskedFor(draft, turn(1, 12))).toBe(true);
    expect(isAskedFor(draft, turn(1, 13))).toBe(false);
    meetTurn(draft, turn(2, 13));
    expect(isAskedFor(draft, turn(1, 13))).toBe(false);
    expect(isAskedFor(draft, turn(2, 14))).toBe(true);
  });

  it('take eight characters each, and one told late is no stale one', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 100; n += 1) meetTurn(draft, turn(n, 20));
    expect(bytesOf(draft.get(key))).toBeLessThanOrEqual(64 * 8 + 4);
    expect(isAskedFor(draft, turn(99, 0))).toBe(true);
    expect(isAskedFor(draft, turn(99, 33))).toBe(false);
  });
});

describe('refusals', () => {
  const id = '0197a3f0-1111-7222-8333-444455556666';
  const refused = event(2, {
    event_id: id,
    effect: 'pay',
    outcome: 'denied',
    tool: { name: 'pay', server: 'bank' },
    target: { system: 'bank', resource_type: 'account', resource_id: 'acct-1' },
    args: { hash: 'hmac-sha256:a' },
    approval: { mode: 'human', by: 'ana', latency_ms: 9000, uid: 'no-1' },
  });
  const { approval: _, ...again } = refused;
  const of = { registry: registrySchema.parse({ version: 1, agents: [] }), isDue: true };
  const key = agentKey(refused, 'refused');
  const known = (draft: MapDraft, one: AuditEvent) => refusedBefore(draft, one, of);

  it('are read as they were told, by call and by decision', () => {
    const draft = new MapDraft();
    noteRefusal(draft, refused);
    const told = known(draft, again);
    expect(told).toMatchObject({ eventId: id, by: 'ana', proven: refused.claims.approval });
    expect(told?.at).toBe(refused.event_time);
    const under = { ...refused, tool: { name: 'other' } };
    expect(known(draft, under)).toEqual(told);
    expect(bytesOf(draft.get(key))).toBeLessThan(130);
  });

  it('that versions up to 1.49 packed are known by the same', () => {
    const draft = new MapDraft();
    noteRefusal(draft, refused);
    const told = known(draft, again);
    const long = [told?.call, told?.work, told?.args].map((print) => print?.padEnd(11, 'x'));
    const prints = [...long, shortPrint('no-1')].join('');
    const time = toDigits(Date.parse(refused.event_time), 7);
    const levels = [told?.assurance, told?.proven].map(
      (one) => 'ABCDEF'[ASSURANCES.indexOf(one ?? 'unresolved')],
    );
    draft.put(key, [[prints + time + levels.join('') + shortUuid(id), 'ana', told?.source]]);
    expect(known(draft, again)).toEqual(told);
    const { args: _, ...bare } = refused;
    const other = { ...bare, event_id: 'no-uuid', target: { ...refused.target, resource_id: 'b' } };
    noteRefusal(draft, other);
    expect(known(draft, again)).toEqual(told);
    const { approval: __, ...otherAgain } = other;
    expect(known(draft, otherAgain)?.eventId).toBe('no-uuid');
  });

  it('of earlier versions are known, and packed with the next', () => {
    const draft = new MapDraft();
    noteRefusal(draft, refused);
    const told = known(draft, again);
    draft.put(key, [{ ...told, args: 'hmac-sha256:a', uid: 'no-1' }]);
    expect(known(draft, again)).toEqual(told);
    noteRefusal(draft, refused);
    expect(bytesOf(draft.get(key))).toBeLessThan(260);
    expect(known(draft, again)).toEqual(told);
  });
});

it('the pace of earlier versions goes on', () => {
  const at = (ms: number) => event(1, { event_time: shiftTime(START, ms) });
  const sinceMs = Date.parse(START);
  const calls = { at: Math.floor(sinceMs / 10_000), n: 3, most: 7 };
  const draft = new MapDraft();
  keepKnown(draft, at(0), 'pace', { sinceMs, n: 80, calls, model: { at: 4, n: 5, most: 6 } });
  expect(paceOf(draft, at(8 * 24 * HOUR_MS)).isSettled).toBe(true);
  const slot = Math.floor((sinceMs + 8 * 24 * HOUR_MS) / 10_000);
  expect(knownOf(draft, at(0), 'pace')).toEqual([sinceMs, 81, slot, 1, 7, 4, 5, 6]);
});

it('calls with nobody asking that earlier versions counted are counted on', () => {
  const registry = { version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] };
  const policy = { version: 1, classes: { autonomous: { unattended_calls: 3 } } };
  const call = (n: number) =>
    event(n, { task: { id: 'task-1' }, principal: { uid: 'cron', type: 'service' } });
  const world = new ProfileWorld(registry, policy);
  const none = `${shortPrint('task-2', 6)}AAAAAAAA`;
  const key = agentKey(call(1), 'unattended');
  world.draft.put(key, [[shortPrint('task-1'), 3, -1]]);
  const told = world.feed(call(1)).map((alert) => alert.rule_id);
  expect(told).toContain('unattended-calls');
  expect(world.draft.get(key)).toHaveLength(9);
  // Without marks, as versions up to 1.49 kept it.
  world.draft.put(key, `${none}${shortPrint('task-1', 6)}AAADAAAA`);
  expect(world.feed(call(2)).map((alert) => alert.rule_id)).toContain('unattended-calls');
  expect(world.draft.get(key)).toHaveLength(9 + 7);
});

describe('keys of earlier versions', () => {
  const registry = {
    version: 1,
    agents: [{ uid: 'reporter', monitoring: { heartbeat_s: 60 } }],
  };
  const call = (n: number) => event(n, { credential: { uid: 'token-1' } });

  it.each([
    ['1.81.0', 0],
    ['1.49', 1],
  ])('are moved at the next event, and whoever was listened for still is: %s', (_, layout) => {
    const before = new ProfileWorld(registry);
    before.feed(call(1), call(2));
    const after = new ProfileWorld(registry);
    for (const [key, value] of before.draft.entries) after.draft.put(key, value);
    keepAsBefore(after.draft, call(1), layout);
    const known = [...after.draft.entries.keys()].filter((key) => readAgentKey(key) !== undefined);
    expect(known.every((key) => key.startsWith('a|'))).toBe(true);
    expect(known.length).toBeGreaterThan(20);
    after.draft.put('listened', [EARLIER_LAYOUTS[layout]?.(call(1), 'alive')]);
    before.feed(call(3));
    after.feed(call(3));
    const stateOf = (world: ProfileWorld) =>
      [...world.draft.entries].filter(([, value]) => value !== undefined).sort();
    expect(stateOf(after)).toEqual(stateOf(before));
  });
});
