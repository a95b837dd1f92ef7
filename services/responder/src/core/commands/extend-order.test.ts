/** What is in force reaches a receiver that is registered after it, without an alert and without a gap. */
import type { Receipt } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { Containments } from '../../runtime/containments.ts';
import { MINUTE_MS } from '../../testing/contained.ts';
import {
  actEntry,
  alertEntry,
  at,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';

const AGENT = { uid: 'agent-a', class: 'autonomous' };
const GATEWAY = { id: 'gateway', kind: 'http' };
const LATER = { id: 'second', kind: 'http', required: true };

const registered = (receivers: readonly object[], seq = 1, agent: object = {}) =>
  registryEntry({ receivers, agents: [{ ...AGENT, ...agent }] }, seq);

function ordered(): Journal {
  const journal = new Journal();
  const actions = [{ action: 'disable_agent', level: 'agent' }];
  journal.add(registered([GATEWAY]), policyEntry({ rules: [{ expires: '1h', actions }] }));
  journal.add(alertEntry('a'));
  return journal;
}

function answer(journal: Journal, state: Receipt['state'], receiver: string): void {
  const command = journal.commands.at(-1);
  if (command === undefined) throw new Error('Nothing was ordered.');
  journal.add(receiptEntry(command, { receiver, state, applied_at: at(1000) }));
}

const stateOfFirst = (journal: Journal) =>
  Containments.over(journal.transaction).of(
    journal.commands[0]?.command_id ?? '',
    Date.parse(START) + 2 * MINUTE_MS,
  )?.state;

test('without an alert it is given once more, to all, until the same time, and nothing is lifted', () => {
  const journal = ordered();
  answer(journal, 'applied', 'gateway');
  journal.add(registered([GATEWAY, LATER], 2), timeEntry(MINUTE_MS));
  const [first, next, ...more] = journal.commands;
  expect(more).toEqual([]);
  expect(next).toMatchObject({
    ...{ action: 'disable_agent', receivers: ['gateway', 'second'], target: first?.target },
    ...{ expires_at: first?.expires_at, alert_ids: first?.alert_ids, at_expiry: first?.at_expiry },
  });
  expect(next?.sequence).toBeGreaterThan(first?.sequence ?? 0);
  expect(journal.decisions.at(-1)).toMatchObject({
    issued_command_ids: [next?.command_id],
    follows: { command_id: first?.command_id, why: expect.stringContaining('second') },
  });
  // Contained only once the new one has carried it out.
  expect(stateOfFirst(journal)).toBe('partly_applied');
  answer(journal, 'applied', 'gateway');
  answer(journal, 'applied', 'second');
  expect(stateOfFirst(journal)).toBe('contained');
});

test('once, however often the registry is published, and not where only its agents change', () => {
  const journal = ordered();
  journal.add(registered([GATEWAY, LATER], 2), timeEntry(MINUTE_MS));
  const before = journal.outputs.length;
  journal.add(registered([GATEWAY, LATER], 3, { owner: { person: 'ana' } }));
  journal.add(registered([LATER, GATEWAY], 4), timeEntry(2 * MINUTE_MS));
  expect(journal.outputs).toHaveLength(before);
});

test('a withdrawn alert gives back both', () => {
  const journal = ordered();
  journal.add(registered([GATEWAY, LATER], 2), timeEntry(MINUTE_MS));
  journal.add(alertEntry('a', { state: 'withdrawn', revision: 2, detected_at: at(2 * MINUTE_MS) }));
  const given = journal.commands.filter(({ action }) => action !== 'restore');
  const undone = journal.commands.flatMap(({ restores }) => restores ?? []);
  expect(undone.toSorted()).toEqual(given.map(({ command_id }) => command_id).toSorted());
});

test('who stands on the never-revoke list since, or whose rule enforces no longer, is told and not done', () => {
  const cases = [
    { entry: registered([GATEWAY, LATER], 2, { never_revoke: true }), reason: 'never_revoke' },
    {
      entry: registered([GATEWAY, LATER], 2),
      rules: [{ mode: 'shadow' }],
      reason: 'rule_in_shadow',
    },
    { entry: registered([GATEWAY, LATER], 2), rules: [], reason: 'rule_gone' },
  ];
  for (const { entry, rules, reason } of cases) {
    const journal = ordered();
    if (rules !== undefined) journal.add(policyEntry({ rules, seq: 2 }));
    journal.add(entry, timeEntry(MINUTE_MS));
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions.at(-1)).toMatchObject({
      ...{ withheld_reason: reason, issued_command_ids: [] },
      would_be_command: { receivers: ['gateway', 'second'] },
    });
  }
});

test('what a person has ordered goes on in that person’s name', () => {
  const journal = new Journal();
  journal.add(registered([GATEWAY]), policyEntry());
  const target = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' };
  journal.add(actEntry('order', 'alice', { action: 'revoke_token', target, at: at(1000) }));
  journal.add(registered([GATEWAY, LATER], 2), timeEntry(MINUTE_MS));
  expect(journal.commands).toHaveLength(2);
  expect(journal.commands[1]).toMatchObject({
    ...{ initiating_entity: 'admin', approvals: journal.commands[0]?.approvals },
    receivers: ['gateway', 'second'],
  });
});

test('an order that has ended or was taken back goes to nobody new', () => {
  const journal = ordered();
  journal.add(alertEntry('a', { state: 'withdrawn', revision: 2, detected_at: at(MINUTE_MS) }));
  const before = journal.commands.length;
  journal.add(registered([GATEWAY, LATER], 2), timeEntry(2 * MINUTE_MS));
  expect(journal.commands).toHaveLength(before);
});
