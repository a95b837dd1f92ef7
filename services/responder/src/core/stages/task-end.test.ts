/** What the end of a task takes, and whose end counts. */
import type { JournalEntry, TaskEnd } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  lineageEntry,
  policyEntry,
  receiptEntry,
  registryEntry,
  TENANT,
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const MINUTE_MS = 60_000;
const GRACE = timeEntry(2 * MINUTE_MS);

function ended(over: Partial<TaskEnd> = {}): JournalEntry {
  const own = { agent_uid: 'agent-a', task_id: 'task-a', ...over };
  const end = { tenant_id: TENANT, event_id: uuid(JSON.stringify(own)), event_time: at(0) };
  return { kind: 'task_end', task_end: { ...end, assurance: 'authenticated', ...own } };
}

function leased(...entries: readonly JournalEntry[]): Journal {
  const journal = new Journal();
  journal.add(policyEntry({ taskEnd: { mode: 'enforce' }, limits: { subjects: 1 } }), ...entries);
  return journal;
}

test('what is left of a task’s access is revoked once its time to finish is over', () => {
  const journal = leased(ended(), timeEntry(2 * MINUTE_MS - 1));
  expect(journal.commands).toEqual([]);
  journal.add(GRACE);
  expect(journal.commands).toMatchObject([
    {
      action: 'revoke_token',
      target: { level: 'task', agent_uid: 'agent-a', task_id: 'task-a' },
      drain: 'finish_unit_then_stop',
    },
  ]);
});

test('an end that is only asserted takes nothing, and says why', () => {
  const journal = leased(ended({ assurance: 'asserted' }), GRACE);
  expect(journal.commands).toEqual([]);
  expect(journal.decisions[0]?.withheld_reason).toBe('claim_only_asserted');
});

test('an end that another reports takes nothing from who has the task', () => {
  const journal = leased(ended({ agent_uid: 'agent-b' }), GRACE);
  expect(journal.commands.map(({ target }) => target.agent_uid)).toEqual(['agent-b']);
});

test('ends are routine: no budget counts them, and they spend none', () => {
  const many = Array.from({ length: 20 }, (_, n) => ended({ task_id: `task-${n}` }));
  const journal = leased(...many, GRACE, alertEntry('z', { detected_at: at(3 * MINUTE_MS) }));
  expect(journal.commands).toHaveLength(21);
  expect(new Set(journal.decisions.map((one) => one.withheld_reason))).toEqual(new Set([null]));
});

test('the same end again is the same end; without the setting, or in shadow, it takes nothing', () => {
  const journal = leased(ended(), ended(), GRACE, ended(), timeEntry(9 * MINUTE_MS));
  expect(journal.commands).toHaveLength(1);
  const unset = new Journal();
  unset.add(policyEntry(), ended(), GRACE);
  expect(unset.decisions).toEqual([]);
  const shadow = new Journal();
  shadow.add(policyEntry({ taskEnd: {} }), ended(), GRACE);
  expect(shadow.commands).toEqual([]);
  expect(shadow.decisions[0]?.withheld_reason).toBe('rule_in_shadow');
});

test('a call that goes through afterwards is a leak, and the end of the order asks nobody', () => {
  const journal = leased(ended(), GRACE);
  const [command] = journal.commands;
  if (command === undefined) throw new Error('An order was expected.');
  const applied_at = at(3 * MINUTE_MS);
  journal.add(receiptEntry(command, { applied_at }));
  journal.add(callEntry('a', 'success', { event_time: at(4 * MINUTE_MS) }));
  expect(journal.alerts[0]?.kind).toBe('containment_leak');
  journal.add(timeEntry(25 * 3_600_000));
  expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token']);
});

describe('an orchestrator’s end', () => {
  const workflows = [{ name: 'bills', orchestrators: ['agent-boss'] }];
  const works = (name: string, over: object = {}) =>
    lineageEntry(name, { task_id: 'task-a', workflow: 'bills', ...over });
  const end = (over: Partial<TaskEnd> = {}) => ended({ agent_uid: 'agent-boss', ...over });
  const taken = (...entries: readonly JournalEntry[]) => {
    const journal = leased(registryEntry({ workflows }), ...entries, timeEntry(3 * MINUTE_MS));
    return journal.commands.map(({ target }) => target.agent_uid);
  };

  test('ends the task for all who work in it, and says who told it', () => {
    expect(taken(works('a'), works('boss'), end())).toEqual(['agent-boss', 'agent-a']);
    // Who leaves the workflow out is in the orchestrator's all the same.
    expect(taken(works('a', { workflow: undefined }), works('boss'), end())).toContain('agent-a');
  });

  test('ends nothing of another workflow, task or run, nor where it is only asserted', () => {
    const others = [
      works('a', { workflow: 'other' }),
      works('b', { task_id: 'task-b' }),
      works('c', { event_time: at(1) }),
      works('d', { assurance: 'asserted' }),
    ];
    expect(taken(works('boss'), ...others, end())).toEqual(['agent-boss']);
    expect(taken(works('boss'), works('a'), end({ assurance: 'asserted' }))).toEqual([]);
    // A worker's own end is its own.
    expect(taken(works('boss'), works('a'), ended())).toEqual(['agent-a']);
  });
});
