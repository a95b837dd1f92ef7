/** Orders of one agent that calls are held against, where there are more than there is room for. */
import type { JournalEntry } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { Contained, MINUTE_MS } from '../../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  receiptEntry,
  TENANT,
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const ROOM = 64;
const POLICY = {
  limits: { overrun_grace: '0s' },
  taskEnd: { mode: 'enforce', expires: '24h' },
  rules: [{ expires: '12h' }],
};

const each = (count: number, make: (n: number) => JournalEntry) =>
  Array.from({ length: count }, (_, n) => make(n));

/** Tasks of `agent-a` that it reports as ended. */
const ended = (count: number) =>
  each(count, (n) => ({
    kind: 'task_end',
    task_end: {
      ...{ tenant_id: TENANT, event_id: uuid(`end ${n}`), event_time: at(1800 + n) },
      ...{ agent_uid: 'agent-a', task_id: `other-${n}`, assurance: 'authenticated' },
    },
  }));

/** Alerts about further tasks of `agent-a`. */
const suspected = (count: number, detectedMs = 1900) =>
  each(count, (n) =>
    alertEntry(`more ${n}`, {
      subject: { agent_uid: 'agent-a', task_id: `other-${n}` },
      detected_at: at(detectedMs),
    }),
  );

function confirmed(): Contained {
  const journal = new Contained(POLICY);
  journal.say('revoke_token', 'gateway');
  journal.add(callEntry('a', 'denied', { event_time: at(1500) }));
  expect(journal.state()).toBe('confirmed');
  return journal;
}

test('however many tasks a contained agent ends, its calls are held against the order that stops it', () => {
  const journal = confirmed();
  journal.add(...ended(2 * ROOM), timeEntry(MINUTE_MS), timeEntry(MINUTE_MS + 1));
  expect(journal.commands.length).toBeGreaterThan(2 * ROOM);
  journal.add(callEntry('a', 'success', { event_time: at(2 * MINUTE_MS) }));
  expect(journal.state()).toBe('leaked');
  expect(journal.alerts).toHaveLength(1);
});

test('the end of a task is not routine once an alert needs its order too', () => {
  const journal = new Contained({ ...POLICY, rules: [{ expires: '12h' }] });
  journal.add(...ended(1), timeEntry(MINUTE_MS), ...suspected(1, MINUTE_MS));
  const order = journal.commands.find(({ target }) => target.task_id === 'other-0');
  journal.add(...ended(2 * ROOM).slice(1), timeEntry(2 * MINUTE_MS));
  journal.say('revoke_token', 'gateway');
  if (order === undefined) throw new Error('It was not given.');
  const applied = { command_id: order.command_id, tenant_id: TENANT, agent_uid: 'agent-a' };
  const receipt = { ...applied, receiver: 'gateway', state: 'applied' as const };
  journal.add({ kind: 'receipt', receipt });
  const late = { task_id: 'other-0', event_time: at(3 * MINUTE_MS) };
  journal.add(callEntry('a', 'success', late));
  expect(journal.alerts).toHaveLength(1);
});

test('an order that is put out while in force is not said to be confirmed any more', () => {
  const journal = confirmed();
  journal.add(...suspected(ROOM));
  expect(journal.state()).toBe('unconfirmed');
  expect(journal.view('revoke_token').proof.unwatchedSinceMs).toBe(Date.parse(at(1900)));
});

test('an order that is put out is still held against the calls of its own task', () => {
  const journal = confirmed();
  journal.add(...suspected(ROOM), callEntry('a', 'success', { event_time: at(2000) }));
  expect(journal.state()).toBe('leaked');
  expect(journal.alerts.map(({ subject }) => subject.task_id)).toEqual(['task-a']);
});

test('however many of its tasks have ended, one that goes on is a leak', () => {
  const journal = new Contained(POLICY);
  journal.add(...ended(3 * ROOM), timeEntry(MINUTE_MS), timeEntry(MINUTE_MS + 1));
  const first = journal.commands.find(({ target }) => target.task_id === 'other-0');
  if (first === undefined) throw new Error('It was not given.');
  journal.add(receiptEntry(first, { receiver: 'gateway', applied_at: at(MINUTE_MS + 10) }));
  const late = { task_id: 'other-0', event_time: at(3 * MINUTE_MS) };
  journal.add(callEntry('a', 'success', late));
  expect(journal.alerts.map(({ kind }) => kind)).toEqual(['containment_leak']);
});

test('what is in force no longer goes before what is', () => {
  const journal = confirmed();
  journal.add(...suspected(ROOM - 1));
  const back = { subject: { agent_uid: 'agent-a', task_id: 'other-5' }, detected_at: at(1900) };
  journal.add(alertEntry('more 5', { ...back, revision: 2, state: 'withdrawn' }));
  journal.add(alertEntry('last', { subject: { agent_uid: 'agent-a', task_id: 'last' } }));
  expect(journal.state()).toBe('confirmed');
});
