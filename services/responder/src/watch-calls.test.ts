/** What of the live stream comes before the orders: silences that mean something, calls that tell. */
import {
  type AuditEvent,
  eachClaim,
  type JournalEntry,
  type RevocationCommand,
  type Silence,
} from '@waywarden/schemas';
import { MemoryDraft } from '@waywarden/stage';
import { describe, expect, test } from 'vitest';
import { alertEntry, at, Journal, policyEntry, TENANT, uuid } from './testing/response-fixtures.ts';
import { CallWatch } from './watch-calls.ts';
import { WatchedAgents } from './watched-agents.ts';

const SECOND = 1000;
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
  journal.add(...(entries.length > 0 ? entries : [policyEntry(), alertEntry('a')]));
  return journal;
}

/** `agent-a` is contained; what the watch puts into the journal is kept. */
class Watch {
  readonly told: JournalEntry[] = [];
  readonly #draft = new MemoryDraft();
  readonly #watch: CallWatch;
  #offset = 0;

  constructor(journal = containedJournal()) {
    const watched = new WatchedAgents();
    for (const command of journal.commands) watched.note(command satisfies RevocationCommand);
    this.#watch = new CallWatch(watched);
  }

  #read(type: 'event' | 'watermark', value: unknown): void {
    const place = { topic: 'audit.events', partition: 1, offset: this.#offset++, key: null };
    const outputs = this.#watch.decide(this.#draft, { ...place, type, value, source: 'test/1/0' });
    this.told.push(...outputs.map((one) => one.value as JournalEntry));
  }

  hear(...events: readonly AuditEvent[]): void {
    for (const event of events) this.#read('event', event);
  }

  /** The last silence that was told when everything up to `ms` was read. */
  silence(ms: number): Silence | undefined {
    this.#read('watermark', { seq: ms, time: at(ms) });
    return this.told.flatMap((one) => (one.kind === 'silence' ? [one.silence] : [])).at(-1);
  }
}

/** Six calls of `agent-a`, one a second. */
const rhythm = (assurance: Proof) =>
  [0, 1, 2, 3, 4, 5].map((n) => call('agent-a', n * SECOND, by('agent-a', assurance)));

test('a silence is heard where a proven record of another agent came later from the same source', () => {
  const watch = new Watch();
  watch.hear(...rhythm(PROVEN), call('agent-b', 60 * SECOND));
  expect(watch.silence(60 * SECOND)).toMatchObject({
    ...{ last_call: at(5 * SECOND), usual_ms: SECOND, heard_until: at(60 * SECOND) },
  });
});

test('what is only asserted proves no source to be alive', () => {
  const watch = new Watch();
  watch.hear(...rhythm(PROVEN), call('made-up', 60 * SECOND, by('made-up', 'asserted')));
  const silence = watch.silence(60 * SECOND);
  expect(silence).toMatchObject({ agent_uid: 'agent-a' });
  expect(silence?.heard_until).toBeUndefined();
});

test('a rhythm that is only asserted tells that a silence is due, and proves nothing by it', () => {
  const watch = new Watch();
  watch.hear(...rhythm('asserted'), call('agent-b', 60 * SECOND));
  const silence = watch.silence(60 * SECOND);
  expect(silence).toMatchObject({ agent_uid: 'agent-a' });
  expect(silence?.heard_until).toBeUndefined();
});

test('asserted calls make no proven rhythm quicker, but break its silence', () => {
  const watch = new Watch();
  const slow = [0, 10, 20, 30, 40].map((n) => call('agent-a', n * SECOND));
  const quick = [41, 42, 43, 44].map((n) => call('agent-a', n * SECOND, by('agent-a', 'asserted')));
  watch.hear(...slow, ...quick, call('agent-b', 60 * SECOND));
  expect(watch.silence(50 * SECOND)).toBeUndefined();
  expect(watch.silence(60 * SECOND)).toMatchObject({
    ...{ last_call: at(44 * SECOND), usual_ms: 10 * SECOND, heard_until: at(60 * SECOND) },
  });
});

test('no source is alive after it was last read, however far ahead its clock runs', () => {
  const watch = new Watch();
  const ahead = call('agent-b', 6 * SECOND, { event_time: at(600 * SECOND) });
  watch.hear(...rhythm(PROVEN), ahead);
  expect(watch.silence(60 * SECOND)?.heard_until).toBe(at(6 * SECOND));
});

describe('an agent that calls through several sources', () => {
  const from = (instance: string) => ({ source: { kind: 'test', instance } });
  const inTurn = (count: number, sources: readonly string[]) =>
    Array.from({ length: count }, (_, n) =>
      call('agent-a', n * SECOND, from(sources[n % sources.length] ?? '')),
    );

  test('is heard to be silent only where all of them are alive', () => {
    const watch = new Watch();
    watch.hear(...inTurn(6, ['gateway-1', 'gateway-2']));
    watch.hear(call('agent-b', 5 * SECOND, from('gateway-2')));
    watch.hear(call('agent-b', 60 * SECOND, from('gateway-1')));
    expect(watch.silence(60 * SECOND)?.heard_until).toBe(at(5 * SECOND));
    watch.hear(call('agent-b', 62 * SECOND, from('gateway-2')));
    expect(watch.silence(70 * SECOND)?.heard_until).toBe(at(60 * SECOND));
  });

  test('is not heard where one of them has told of nobody else', () => {
    const watch = new Watch();
    watch.hear(...inTurn(6, ['gateway-1', 'gateway-2']));
    watch.hear(call('agent-b', 60 * SECOND, from('gateway-1')));
    expect(watch.silence(60 * SECOND)?.heard_until).toBeUndefined();
  });

  test('waits no more for one that it has left long ago', () => {
    const watch = new Watch();
    const moved = Array.from({ length: 70 }, (_, n) =>
      call('agent-a', (n + 10) * SECOND, from('gateway-1')),
    );
    watch.hear(...inTurn(4, ['gateway-2']), ...moved);
    watch.hear(call('agent-b', 200 * SECOND, from('gateway-1')));
    expect(watch.silence(200 * SECOND)?.heard_until).toBe(at(200 * SECOND));
  });

  test('is not heard where there are more of them than are told apart', () => {
    const watch = new Watch();
    const many = Array.from({ length: 9 }, (_, n) => `gateway-${n}`);
    watch.hear(...inTurn(18, many));
    watch.hear(...many.map((one) => call('agent-b', 60 * SECOND, from(one))));
    expect(watch.silence(60 * SECOND)?.heard_until).toBeUndefined();
  });
});

describe('a call of somebody else', () => {
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
  const shown = call('agent-b', 100, { credential: { uid: 'key-1' } });
  const seen = (action: string, level: string, ...more: readonly JournalEntry[]) => {
    const rules = policyEntry({ rules: [{ actions: [{ action, level }] }] });
    const watch = new Watch(containedJournal(rules, alertEntry('a', { subject }), ...more));
    watch.hear(shown, call('agent-b', 101, { credential: { uid: 'key-2' } }));
    return watch.told.flatMap((one) => (one.kind === 'sighting' ? [one.sighting.event_id] : []));
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
    watch.hear(shown);
    expect(watch.told.filter((one) => one.kind === 'sighting')).toEqual([]);
  });
});

describe('beside many calls a second of one kind', () => {
  const many = Array.from({ length: 9 }, (_, n) => call('agent-a', 100 + n));
  const noted = (over: Partial<AuditEvent>) => {
    const watch = new Watch();
    const other = call('agent-a', 200, over);
    watch.hear(...many, other);
    const seen = watch.told.flatMap((one) => (one.kind === 'sighting' ? [one.sighting] : []));
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
    watch.hear(...many, last, call('agent-a', 940));
    const seen = () =>
      watch.told.flatMap((one) => (one.kind === 'sighting' ? [one.sighting.event_id] : []));
    watch.silence(999);
    expect(seen()).toHaveLength(4);
    watch.silence(1000);
    watch.silence(2000);
    expect(seen().slice(4)).toEqual([last.event_id]);
  });

  test('the last of the same kind is, once another second has begun for it', () => {
    const watch = new Watch();
    const last = call('agent-a', 950);
    const next = Array.from({ length: 5 }, (_, n) => call('agent-a', 1000 + n));
    watch.hear(...many, last, ...next);
    expect(watch.told).toContainEqual(
      expect.objectContaining({ sighting: expect.objectContaining({ event_id: last.event_id }) }),
    );
  });

  test('another one of the same kind is not', () => {
    expect(noted({})).toEqual({ count: 4, hasOther: false });
  });
});
