/** Calls that were made before an order by their source's clock, and received after it was applied. */
import type { JournalEntry, ObservedCall } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { BLOCK, Contained, MINUTE_MS } from '../../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  registryEntry,
  TENANT,
  uuid,
} from '../../testing/response-fixtures.ts';

/** Applied a second after it was given. */
function applied(): Contained {
  const journal = new Contained(BLOCK);
  journal.say('disable_agent', 'gateway');
  return journal;
}

const SOURCE = 'otlp/worker-1';
const told = (
  outcome: string,
  madeMs: number,
  lastSeenMs: number,
  over: Partial<ObservedCall> = {},
) =>
  callEntry('a', outcome, {
    ...{ event_time: at(madeMs), observed_time: at(lastSeenMs), source: SOURCE },
    ...over,
  });

const silent = (lastMs: number, untilMs: number): JournalEntry => ({
  kind: 'silence',
  silence: {
    ...{ tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: MINUTE_MS },
    ...{ last_call: at(lastMs), until: at(untilMs), seen_until: at(untilMs) },
  },
});

const state = (journal: Contained, ms = 9 * MINUTE_MS) => journal.state('disable_agent', ms);

test('are no leak, and leave it unconfirmed until a silence from the last of them on', () => {
  const journal = applied();
  journal.add(told('success', -600_000, 5000), told('success', -599_000, 6000));
  expect(journal.alerts).toEqual([]);
  expect(state(journal)).toBe('unconfirmed');
  expect(journal.view('disable_agent').proof.untied).toMatchObject({ why: 'late_record' });
  journal.add(silent(0, 4 * MINUTE_MS));
  expect(state(journal)).toBe('confirmed');
  journal.add(told('success', -598_000, 5 * MINUTE_MS));
  expect(state(journal)).toBe('unconfirmed');
  journal.add(silent(5 * MINUTE_MS, 8 * MINUTE_MS));
  expect(state(journal)).toBe('confirmed');
});

test('that were received before it was applied stand against nothing', () => {
  const journal = applied();
  journal.add(told('success', 500, 1000));
  expect(journal.view('disable_agent').proof).toEqual({});
});

test('take away that it is confirmed by a refusal at another source', () => {
  const journal = applied();
  journal.add(told('denied', 2000, 2000, { source: 'mcp/gateway' }));
  expect(state(journal)).toBe('confirmed');
  journal.add(told('success', -600_000, 3000));
  expect(state(journal)).toBe('unconfirmed');
  journal.add(told('denied', 4000, 4000, { source: 'mcp/gateway' }));
  expect(state(journal)).toBe('confirmed');
});

test('that come with a later refusal of the same clock leave it confirmed, in either order', () => {
  const batch = [told('success', 500, 5000), told('denied', 2000, 5000)];
  for (const entries of [batch, batch.toReversed()]) {
    const journal = applied();
    journal.add(...entries);
    expect(state(journal)).toBe('confirmed');
    journal.add(told('success', 700, 6000));
    expect(state(journal)).toBe('unconfirmed');
  }
});

test('of two clocks are settled only by a refusal that is later than both', () => {
  const journal = applied();
  const other = { source: 'otlp/worker-2' };
  journal.add(told('success', 500, 5000, other), told('success', 600, 6000));
  journal.add(told('denied', 2000, 7000));
  expect(state(journal)).toBe('unconfirmed');
  journal.add(told('denied', 6500, 7000));
  expect(state(journal)).toBe('confirmed');
});

test('that a receipt makes late are found among those that were kept', () => {
  const journal = new Contained(BLOCK);
  journal.add(told('success', 100, 5000));
  journal.add(told('success', 500, 600));
  for (let ms = 610; ms < 620; ms++) journal.add(told('denied', ms, ms));
  journal.say('disable_agent', 'gateway');
  expect(state(journal)).toBe('unconfirmed');
});

test('ask whoever can tell, once more', () => {
  const journal = applied();
  const receivers = [
    { id: 'gateway', kind: 'http' },
    { id: 'prober', kind: 'http', probes: true },
  ];
  journal.add(registryEntry({ receivers, agents: [] }, 2));
  journal.add(told('success', -600_000, 5000));
  const { probe } = journal.view('disable_agent').proof;
  expect(probe).toMatchObject({ tries: 0 });
});

test('with the credential that an order took, by somebody else, leave it unconfirmed too', () => {
  const rules = [{ actions: [{ action: 'revoke_token', level: 'credential' }] }];
  const journal = new Contained({ rules });
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
  journal.add(alertEntry('a', { alert_id: uuid('with key'), subject }));
  journal.say('revoke_token', 'gateway');
  const by = { agent_uid: 'agent-b', task_id: 'task-b', credential_uid: 'key-1' };
  journal.add(told('success', 500, 600, by));
  expect(journal.view('revoke_token').proof).toEqual({});
  journal.add(told('success', 500, 5000, by));
  expect(journal.state('revoke_token', 6000)).toBe('unconfirmed');
  expect(journal.alerts).toEqual([]);
});
