/** What of the live stream comes before the orders: silences that mean something, calls that tell. */
import {
  type AuditEvent,
  eachClaim,
  type JournalEntry,
  type RevocationCommand,
  type Silence,
} from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  at,
  Journal,
  policyEntry,
  TENANT,
  uuid,
} from '../testing/response-fixtures.ts';
import { CallWatch } from './watch-calls.ts';
import { WatchedAgents } from './watched-agents.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const PROVEN = 'authenticated';
type Proof = AuditEvent['agent']['assurance'];

function call(uid: string, ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  return {
    schema_version: '1.0',
    event_id: uuid(`watched ${uid} ${ms} ${JSON.stringify(over)}`),
    event_time: at(ms),
    event_time_quality: 'measured',
    observed_time: at(ms),
    source: { kind: 'test', instance: 'gateway-log' },
    tenant_id: TENANT,
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid, name: uid, assurance: PROVEN },
    claims: eachClaim(() => PROVEN),
    chain_id: 'chain-1',
    task: { id: 'task-a' },
    tool: { name: 'send', server: 'mail' },
    capabilities: [],
    fp_version: 1,
    key_id: 'test',
    outcome: 'success',
    ...over,
  };
}

const by = (uid: string, assurance: Proof) => ({ agent: { uid, name: uid, assurance } });

function containedJournal(...entries: readonly JournalEntry[]): Journal {
  const journal = new Journal();
  const policy = policyEntry({ rules: [{ expires: '30d' }] });
  journal.add(...(entries.length > 0 ? entries : [policy, alertEntry('a')]));
  return journal;
}

/** `agent-a` is contained; what the watch puts into the journal is kept. */
class Watch {
  readonly told: JournalEntry[] = [];
  readonly #transaction = new MemoryTransaction();
  readonly #watch: CallWatch;
  #offset = 0;

  constructor(journal = containedJournal()) {
    const watched = new WatchedAgents();
    for (const command of journal.commands) watched.note(command satisfies RevocationCommand);
    this.#watch = new CallWatch(watched);
  }

  #read(type: 'event' | 'watermark', value: unknown): void {
    const place = { topic: 'audit.events', partition: 1, offset: this.#offset++, key: null };
    const outputs = this.#watch.decide(this.#transaction, {
      ...place,
      type,
      value,
      source: 'test/1/0',
    });
    this.told.push(...outputs.map((one) => one.value as JournalEntry));
  }

  noteSeen(...events: readonly AuditEvent[]): void {
    for (const event of events) this.#read('event', event);
  }

  /** The last silence that was told when everything up to `ms` was read. */
  silence(ms: number): Silence | undefined {
    this.#read('watermark', { seq: ms, time: at(ms) });
    return this.told.flatMap((one) => (one.kind === 'silence' ? [one.silence] : [])).at(-1);
  }
}

/** Calls of `agent-a`, the last at five o'clock and one an hour for a day before. */
const rhythm = (assurance: Proof) =>
  Array.from({ length: 30 }, (_, n) => call('agent-a', (n - 24) * HOUR, by('agent-a', assurance)));

test('a silence is heard where a proven record of another agent came later from the same source', () => {
  const watch = new Watch();
  watch.noteSeen(...rhythm(PROVEN), call('agent-b', 60 * HOUR));
  expect(watch.silence(60 * HOUR)).toMatchObject({
    ...{ last_call: at(5 * HOUR), usual_ms: HOUR, seen_until: at(60 * HOUR) },
  });
});

test('a source that is called the same and is of another kind does not speak for it', () => {
  const watch = new Watch();
  const other = { source: { kind: 'sdk', instance: 'gateway-log' } };
  watch.noteSeen(...rhythm(PROVEN), call('agent-b', 60 * HOUR, other));
  expect(watch.silence(60 * HOUR)?.seen_until).toBeUndefined();
});

test('what is only asserted proves no source to be alive', () => {
  const watch = new Watch();
  watch.noteSeen(...rhythm(PROVEN), call('made-up', 60 * HOUR, by('made-up', 'asserted')));
  const silence = watch.silence(60 * HOUR);
  expect(silence).toMatchObject({ agent_uid: 'agent-a' });
  expect(silence?.seen_until).toBeUndefined();
});

test('a rhythm that is only asserted tells that a silence is due, and proves nothing by it', () => {
  const watch = new Watch();
  watch.noteSeen(...rhythm('asserted'), call('agent-b', 60 * HOUR));
  const silence = watch.silence(60 * HOUR);
  expect(silence).toMatchObject({ agent_uid: 'agent-a' });
  expect(silence?.seen_until).toBeUndefined();
});

test('asserted calls make no proven rhythm quicker, but break its silence', () => {
  const watch = new Watch();
  const slow = Array.from({ length: 40 }, (_, n) => call('agent-a', (n - 31) * 5 * HOUR));
  const quick = [41, 42, 43, 44].map((n) => call('agent-a', n * HOUR, by('agent-a', 'asserted')));
  watch.noteSeen(...slow, ...quick, call('agent-b', 60 * HOUR));
  expect(watch.silence(48 * HOUR)).toBeUndefined();
  expect(watch.silence(60 * HOUR)).toMatchObject({
    ...{ last_call: at(44 * HOUR), usual_ms: 5 * HOUR, seen_until: at(60 * HOUR) },
  });
});

test('no source is alive after it was last read, however far ahead its clock runs', () => {
  const watch = new Watch();
  const ahead = call('agent-b', 6 * HOUR, { event_time: at(600 * HOUR) });
  watch.noteSeen(...rhythm(PROVEN), ahead);
  expect(watch.silence(60 * HOUR)?.seen_until).toBe(at(6 * HOUR));
});

describe('a silence is not told', () => {
  test('of an agent that goes on to begin calls, though nobody tells how they came out', () => {
    const watch = new Watch();
    const begun = [6, 7, 8, 9].map((n) =>
      call('agent-a', n * HOUR, { phase: 'requested', outcome: 'unknown' }),
    );
    watch.noteSeen(...rhythm(PROVEN), ...begun, call('agent-b', 60 * HOUR));
    expect(watch.silence(9.5 * HOUR)).toBeUndefined();
    expect(watch.silence(60 * HOUR)?.last_call).toBe(at(9 * HOUR));
    // That they were made says nothing of the order.
    const ids = new Set(begun.map(({ event_id }) => event_id));
    const told = watch.told.filter(
      (one) => one.kind === 'observation' && ids.has(one.observation.event_id),
    );
    expect(told).toEqual([]);
  });

  const bursts = (hours: number, calls: number) =>
    Array.from({ length: hours * calls }, (_, n) => {
      const hour = Math.floor(n / calls) - hours + 1;
      return call('agent-a', hour * HOUR + (n % calls) * 200);
    });

  test('of an agent that works once an hour before an hour is over, whatever its bursts', () => {
    const watch = new Watch();
    watch.noteSeen(...bursts(30, 30), call('agent-b', HOUR));
    expect(watch.silence(59 * 60 * SECOND)).toBeUndefined();
    watch.noteSeen(call('agent-b', 2 * HOUR));
    const usual_ms = HOUR - 29 * 200;
    expect(watch.silence(2 * HOUR)).toMatchObject({ usual_ms, seen_until: at(2 * HOUR) });
  });

  test('as one that proves anything, of one that was seen for less than a day, or seldom', () => {
    const coldStart = new Watch();
    coldStart.noteSeen(...bursts(23, 30), call('agent-b', 90 * HOUR));
    // Told all the same: what nobody can confirm is to be called unconfirmed, and a prober asked.
    const soon = coldStart.silence(90 * HOUR);
    expect(soon).toMatchObject({ usual_ms: HOUR - 29 * 200 });
    expect(soon).not.toHaveProperty('seen_until');
    const seldom = new Watch();
    seldom.noteSeen(...bursts(20, 1), call('agent-a', 10 * HOUR), call('agent-b', 90 * HOUR));
    expect(seldom.silence(90 * HOUR)).toMatchObject({ usual_ms: 10 * HOUR });
    const rare = new Watch();
    rare.noteSeen(...bursts(19, 1), call('agent-a', 10 * HOUR), call('agent-b', 90 * HOUR));
    const late = rare.silence(90 * HOUR);
    expect(late).toMatchObject({ usual_ms: 10 * HOUR });
    expect(late).not.toHaveProperty('seen_until');
  });

  test('shorter than the longest pause of a week, and not of one that is longer ago', () => {
    const watch = new Watch();
    const weekly = (hours: number) => [call('agent-a', -hours * HOUR), ...bursts(24, 2)];
    watch.noteSeen(...weekly(60), call('agent-b', 90 * HOUR));
    expect(watch.silence(90 * HOUR)).toMatchObject({ usual_ms: 37 * HOUR });
    const later = new Watch();
    later.noteSeen(...weekly(60), ...bursts(1, 1));
    for (let day = 1; day <= 9; day++) {
      for (let hour = 0; hour < 24; hour++)
        later.noteSeen(call('agent-a', (day * 24 + hour) * HOUR));
    }
    later.noteSeen(call('agent-b', 290 * HOUR));
    expect(later.silence(290 * HOUR)).toMatchObject({ usual_ms: HOUR });
  });

  test('shorter than a minute, however quick the agent is', () => {
    const watch = new Watch();
    const quick = Array.from({ length: 1760 }, (_, n) => call('agent-a', (n - 1760) * 50 * SECOND));
    watch.noteSeen(...quick, call('agent-b', 90 * SECOND));
    expect(watch.silence(9 * SECOND)).toBeUndefined();
    expect(watch.silence(90 * SECOND)).toMatchObject({ usual_ms: 60_000 });
  });
});

test('a call that is told of breaks a silence, however far its clock is behind', () => {
  const watch = new Watch();
  const behind = call('agent-a', 4 * HOUR, { observed_time: at(59 * HOUR) });
  watch.noteSeen(...rhythm(PROVEN), behind, call('agent-b', 60 * HOUR));
  expect(watch.silence(59.5 * HOUR)).toBeUndefined();
  expect(watch.silence(60.5 * HOUR)).toMatchObject({ last_call: at(59 * HOUR) });
});

describe('an agent that calls through several sources', () => {
  const from = (instance: string) => ({ source: { kind: 'test', instance } });
  /** One an hour, the last of them at five o'clock. */
  const inTurn = (count: number, sources: readonly string[]) =>
    Array.from({ length: count }, (_, n) =>
      call('agent-a', (n + 6 - count) * HOUR, from(sources[n % sources.length] ?? '')),
    );

  test('is heard to be silent only where all of them are alive', () => {
    const watch = new Watch();
    watch.noteSeen(...inTurn(30, ['gateway-1', 'gateway-2']));
    watch.noteSeen(call('agent-b', 5 * HOUR, from('gateway-2')));
    watch.noteSeen(call('agent-b', 60 * HOUR, from('gateway-1')));
    expect(watch.silence(60 * HOUR)?.seen_until).toBe(at(5 * HOUR));
    watch.noteSeen(call('agent-b', 62 * HOUR, from('gateway-2')));
    expect(watch.silence(70 * HOUR)?.seen_until).toBe(at(60 * HOUR));
  });

  test('is not heard where one of them has told of nobody else', () => {
    const watch = new Watch();
    watch.noteSeen(...inTurn(30, ['gateway-1', 'gateway-2']));
    watch.noteSeen(call('agent-b', 60 * HOUR, from('gateway-1')));
    expect(watch.silence(60 * HOUR)?.seen_until).toBeUndefined();
  });

  test('waits no more for one that it has left long ago', () => {
    const watch = new Watch();
    const moved = Array.from({ length: 70 }, (_, n) =>
      call('agent-a', (n + 10) * HOUR, from('gateway-1')),
    );
    watch.noteSeen(...inTurn(4, ['gateway-2']), ...moved);
    watch.noteSeen(call('agent-b', 200 * HOUR, from('gateway-1')));
    expect(watch.silence(200 * HOUR)?.seen_until).toBe(at(200 * HOUR));
  });

  test('is not heard where there are more of them than are told apart', () => {
    const watch = new Watch();
    const many = Array.from({ length: 9 }, (_, n) => `gateway-${n}`);
    watch.noteSeen(...inTurn(36, many));
    watch.noteSeen(...many.map((one) => call('agent-b', 60 * HOUR, from(one))));
    expect(watch.silence(60 * HOUR)?.seen_until).toBeUndefined();
  });
});

describe('a call of somebody else', () => {
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
  const shown = call('agent-b', 100, { credential: { uid: 'key-1' } });
  const seen = (action: string, level: string, ...more: readonly JournalEntry[]) => {
    const rules = policyEntry({ rules: [{ actions: [{ action, level }] }] });
    const watch = new Watch(containedJournal(rules, alertEntry('a', { subject }), ...more));
    watch.noteSeen(shown, call('agent-b', 101, { credential: { uid: 'key-2' } }));
    return watch.told.flatMap((one) =>
      one.kind === 'observation' ? [one.observation.event_id] : [],
    );
  };

  test.each([
    ['revoke_token', 'credential'],
    ['revoke_credential', 'credential'],
  ])('with what %s has taken is noted, and no other', (action, level) => {
    expect(seen(action, level)).toEqual([shown.event_id]);
  });

  test.each([
    ['rotate_secret', 'credential'],
    ['revoke_token', 'task'],
  ])('is not where %s at level %s has taken no credential', (action, level) => {
    expect(seen(action, level)).toEqual([]);
  });

  test('is not once it was given back', () => {
    const back = alertEntry('a', { subject, revision: 2, state: 'withdrawn' });
    expect(seen('revoke_token', 'credential', back)).toEqual([]);
  });

  test('is not once the order has ended', () => {
    const rules = policyEntry({
      rules: [{ actions: [{ action: 'revoke_token', level: 'credential' }] }],
    });
    const watch = new Watch(containedJournal(rules, alertEntry('a', { subject })));
    watch.silence(24 * 3_600 * SECOND);
    watch.noteSeen(shown);
    expect(watch.told.filter((one) => one.kind === 'observation')).toEqual([]);
  });
});

describe('beside many calls a second of one kind', () => {
  const many = Array.from({ length: 9 }, (_, n) => call('agent-a', 100 + n));
  const noted = (over: Partial<AuditEvent>) => {
    const watch = new Watch();
    const other = call('agent-a', 200, over);
    watch.noteSeen(...many, other);
    const seen = watch.told.flatMap((one) => (one.kind === 'observation' ? [one.observation] : []));
    return { count: seen.length, hasOther: seen.some((one) => one.event_id === other.event_id) };
  };

  test.each<[string, Partial<AuditEvent>]>([
    ['another credential', { credential: { uid: 'jti-1' } }],
    ['an approval', { approval: { mode: 'human' } }],
    ['another assurance', { claims: eachClaim(() => 'asserted') }],
    ['another ground', { policy: { decision: 'allow', id: 'house-rule' } }],
    ['another conversation', { conversation_id: 'conversation-2' }],
    ['a delegation', { delegation: { root_agent_uid: 'agent-z' } }],
  ])('one with %s is noted', (_, over) => {
    expect(noted(over)).toEqual({ count: 5, hasOther: true });
  });

  test('the last of the same kind is, once its second is over', () => {
    const watch = new Watch();
    const last = call('agent-a', 950);
    watch.noteSeen(...many, last, call('agent-a', 940));
    const seen = () =>
      watch.told.flatMap((one) => (one.kind === 'observation' ? [one.observation.event_id] : []));
    watch.silence(999);
    expect(seen()).toHaveLength(4);
    watch.silence(1000);
    watch.silence(2000);
    expect(seen().slice(4)).toEqual([last.event_id]);
  });

  test('of a clock that stands still the one that was received last is', () => {
    const watch = new Watch();
    const still = [960, 970].map((ms) => call('agent-a', 950, { observed_time: at(ms) }));
    const ids = still.map((one, n) => ({ ...one, event_id: uuid(`still ${n}`) }));
    watch.noteSeen(...many, ...ids);
    watch.silence(1000);
    const seen = watch.told.flatMap((one) => (one.kind === 'observation' ? [one.observation] : []));
    expect(seen.at(-1)?.observed_time).toBe(at(970));
  });

  test('the last of the same kind is, once another second has begun for it', () => {
    const watch = new Watch();
    const last = call('agent-a', 950);
    const next = Array.from({ length: 5 }, (_, n) => call('agent-a', 1000 + n));
    watch.noteSeen(...many, last, ...next);
    expect(watch.told).toContainEqual(
      expect.objectContaining({
        observation: expect.objectContaining({ event_id: last.event_id }),
      }),
    );
  });

  test('how far an approval is proven is told with it', () => {
    const claims = eachClaim((claim) => (claim === 'approval' ? 'asserted' : PROVEN));
    const watch = new Watch();
    watch.noteSeen(call('agent-a', 100, { approval: { mode: 'human' }, claims }));
    expect(watch.told).toContainEqual(
      expect.objectContaining({
        observation: expect.objectContaining({
          ...{ approval: 'human', approval_assurance: 'asserted', assurance: PROVEN },
        }),
      }),
    );
  });

  test('another one of the same kind is not', () => {
    expect(noted({})).toEqual({ count: 4, hasOther: false });
  });
});
