/** Guarantee: what becomes of orders waits behind nothing that somebody tells, least of all without proof. */
import type { JournalEntry, TaskEnd } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';
import { type Due, isOrderDue, noteDue, popDue } from './due-heap.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const due = (what: Due['what'], atMs: number): Due => ({
  what,
  atMs,
  commandId: `${what} ${atMs}`,
});

function junkEnd(n: number, over: Partial<TaskEnd>): JournalEntry {
  const own = { agent_uid: 'agent-x', task_id: `junk-${n}`, event_id: `junk-${n}` };
  const rest = { tenant_id: TENANT, event_time: at(-HOUR_MS), assurance: 'asserted' } as const;
  return { kind: 'task_end', task_end: { ...rest, ...own, ...over } };
}

describe('the heaps', () => {
  test('hand out what is about orders first, and of each kind the soonest', () => {
    const transaction = new MemoryTransaction();
    for (const one of [due('task_end', 1), due('lapse', 9), due('probe', 5), due('lease', 2)]) {
      noteDue(transaction, one);
    }
    noteDue(transaction, due('task_end', 0), false);
    const taken = popDue(transaction, 9).map(({ what, atMs }) => `${what} ${atMs}`);
    expect(taken).toEqual(['probe 5', 'lapse 9', 'task_end 1', 'lease 2', 'task_end 0']);
  });

  test('have a small room for what is only asserted, and what is proven has its own', () => {
    const transaction = new MemoryTransaction();
    const asserted = Array.from({ length: 10_001 }, (_, n) =>
      noteDue(transaction, due('lease', n), false),
    );
    expect(asserted.filter((isNoted) => !isNoted)).toHaveLength(1);
    const proven = [due('lease', 1), due('task_end', 1), due('lapse', 1)];
    expect(proven.map((one) => noteDue(transaction, one))).toEqual([true, true, true]);
    const first = popDue(transaction, 1).slice(0, 3);
    expect(first.map(({ what }) => what)).toEqual(['lapse', 'task_end', 'lease']);
  });

  test('are drained over several steps, and say that something about orders is left', () => {
    const transaction = new MemoryTransaction();
    for (let n = 0; n < 600; n++) noteDue(transaction, due('lapse', n));
    let taken = 0;
    for (; isOrderDue(transaction, 600); taken += popDue(transaction, 600).length);
    expect(taken).toBe(600);
  });
});

test('an order lapses in time through a flood of ends, asserted or of another', () => {
  for (const assurance of ['asserted', 'authenticated'] as const) {
    const journal = new Journal();
    const policy = policyEntry({ taskEnd: { mode: 'enforce' }, rules: [{ expires: '1h' }] });
    journal.add(policy, alertEntry('a'), timeEntry(59 * MINUTE_MS));
    for (let n = 0; n < 3000; n++) journal.add(junkEnd(n, { assurance }));
    journal.add(timeEntry(HOUR_MS - 30_000));
    const own = journal.commands.filter(({ target }) => target.agent_uid === 'agent-a');
    expect(own.map(({ action }) => action)).toEqual(['revoke_token', 'require_step_up']);
  }
});

test('an order is not forgotten before its lapse was seen to, however many are due at once', () => {
  const journal = new Journal();
  journal.add(policyEntry({ taskEnd: {}, rules: [{ expires: '1h' }] }));
  const names = Array.from({ length: 500 }, (_, n) => `n${n}`);
  journal.add(...names.map((name) => alertEntry(name)));
  for (let n = 0; n < 3000; n++) journal.add(junkEnd(n, {}));
  // Nothing moved the clock for a while: all of them have ended already.
  for (let step = 0; step < 100; step++) journal.add(timeEntry(2 * HOUR_MS + step));
  const asked = journal.commands.filter(({ action }) => action === 'require_step_up');
  expect(new Set(asked.map(({ target }) => target.agent_uid)).size).toBe(500);
});

test('a proven end is kept until its time, through more ends than are remembered', () => {
  for (const assurance of ['asserted', 'authenticated'] as const) {
    const journal = new Journal();
    journal.add(policyEntry({ taskEnd: { mode: 'enforce' } }), timeEntry(1), lineageEntry('a'));
    const own = { agent_uid: 'agent-a', task_id: 'work', event_id: 'own', event_time: at(0) };
    journal.add(junkEnd(0, { ...own, assurance: 'authenticated' }));
    for (let n = 0; n < 10_001; n++) {
      const other = { agent_uid: `agent-${n % 100}`, event_time: at(MINUTE_MS), assurance };
      journal.add(junkEnd(n, other));
    }
    journal.add(timeEntry(2 * MINUTE_MS));
    const taken = journal.commands.filter(({ target }) => target.agent_uid === 'agent-a');
    expect(taken.map(({ action }) => action)).toEqual(['revoke_token']);
  }
});
