/** What a person takes back: in order, once, by two where two ordered it, and not ordered anew at once. */
import type { Alert, JournalEntry, RevocationCommand } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAlert,
  anAssembly,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  TENANT,
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const MINUTE_MS = 60_000;
const BOTH = {
  actions: [
    { action: 'revoke_token', level: 'task' },
    { action: 'block_issuance', level: 'agent' },
  ],
};
const ALERT = anAlert('a').alert_id;

const restore = (order_id: string, by = 'ana', time = at(1000)) =>
  actEntry('restore', by, { order_id, at: time, reason: 'A false alarm.' });

function contained(
  over: Partial<Alert> = {},
  rule: Readonly<Record<string, unknown>> = BOTH,
): Journal {
  const journal = new Journal();
  journal.add(policyEntry({ rules: [rule] }), alertEntry('a', over));
  return journal;
}
const undone = (journal: Journal) => journal.commands.flatMap((one) => one.restores ?? []);
const given = (journal: Journal): RevocationCommand[] =>
  journal.commands.filter((one) => one.action !== 'restore');
const lastReason = (journal: Journal) => journal.decisions.at(-1)?.withheld_reason;

describe('a restore', () => {
  test('of an alert takes back all that it led to, the last first, each after it in order', () => {
    const journal = contained();
    const before = given(journal);
    journal.add(restore(ALERT));
    expect(undone(journal)).toEqual(before.map((one) => one.command_id).toReversed());
    expect(journal.commands.map((one) => one.sequence)).toEqual([1, 2, 3, 4]);
    expect(journal.commands.at(-1)).toMatchObject({
      initiating_entity: 'admin',
      approvals: [{ by: 'ana', at: at(1000) }],
      reason: expect.stringContaining('ana said so: A false alarm.'),
    });
    expect(journal.decisions.at(-1)).toMatchObject({
      rule_id: 'operator/restore',
      withheld_reason: null,
      issued_command_ids: journal.commands.slice(2).map((one) => one.command_id),
    });
  });

  test('of one command leaves the others in force', () => {
    const journal = contained();
    const [first] = given(journal);
    journal.add(restore(first?.command_id ?? ''));
    expect(undone(journal)).toEqual([first?.command_id]);
  });

  test('counts once: again, or of what nobody ordered, it says that there is nothing', () => {
    const journal = contained();
    journal.add(restore(ALERT), restore(ALERT), restore(ALERT, 'ben', at(2000)));
    expect(undone(journal)).toHaveLength(2);
    expect(lastReason(journal)).toBe('nothing_to_restore');
    journal.add(restore(uuid('unknown')));
    expect(lastReason(journal)).toBe('nothing_to_restore');
  });

  test('of another tenant gives nothing back; of what has ended, the step-up in its place', () => {
    const journal = contained();
    journal.add(actEntry('restore', 'ana', { order_id: ALERT, tenant_id: 'other' }));
    expect(undone(journal)).toEqual([]);
    journal.add(alertEntry('b', { detected_at: at(120 * MINUTE_MS) }), restore(ALERT));
    const stepUps = given(journal).filter((one) => one.action === 'require_step_up');
    expect(undone(journal)).toEqual(stepUps.map((one) => one.command_id));
  });

  test('stays: the alert’s next revision orders nothing, a graver one or another alert does', () => {
    const journal = contained({ severity: 'high' });
    journal.add(restore(ALERT));
    const later = { revision: 2, detected_at: at(MINUTE_MS) };
    journal.add(alertEntry('a', { ...later, severity: 'high' }));
    expect(lastReason(journal)).toBe('reverted');
    expect(given(journal)).toHaveLength(2);
    journal.add(alertEntry('a', { ...later, revision: 3, severity: 'critical' }));
    expect(given(journal)).toHaveLength(4);
  });

  test('no longer holds after a day', () => {
    const journal = contained();
    journal.add(restore(ALERT));
    journal.add(alertEntry('a', { revision: 2, detected_at: at(25 * 60 * MINUTE_MS) }));
    expect(given(journal)).toHaveLength(4);
  });

  test('keeps what another alert needs, unless the command itself is named', () => {
    const journal = contained();
    journal.add(alertEntry('b', { subject: anAlert('a').subject }), restore(ALERT));
    expect(undone(journal)).toEqual([]);
    expect(lastReason(journal)).toBe('needed_by_other_alert');
    const [first] = given(journal);
    journal.add(restore(first?.command_id ?? '', 'ana', at(2000)));
    expect(undone(journal)).toEqual([first?.command_id]);
  });

  test('of what two people ordered takes two', () => {
    const target = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' };
    const cut = [{ action: 'revoke_token', target, stops: 'it', collateral: ['task other'] }];
    const journal = contained({ assembly: anAssembly({ cut }) }, {});
    const decision_id = journal.decisions.at(-1)?.decision_id ?? '';
    journal.add(
      actEntry('approve', 'ana', { decision_id }),
      actEntry('approve', 'ben', { decision_id }),
    );
    const [command] = given(journal);
    const id = command?.command_id ?? '';
    journal.add(restore(id), restore(id, 'ana', at(2000)), restore(id, 'ben', at(20 * MINUTE_MS)));
    expect(undone(journal)).toEqual([]);
    expect(lastReason(journal)).toBe('second_person_needed');
    journal.add(restore(id, 'ana', at(21 * MINUTE_MS)));
    expect(undone(journal)).toEqual([id]);
    expect(journal.commands.at(-1)?.approvals.map((one) => one.by)).toEqual(['ben', 'ana']);
  });

  test('of what two people ordered is not agreed to by an account that the first one made', () => {
    const target = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' };
    const cut = [{ action: 'revoke_token', target, stops: 'it', collateral: ['task other'] }];
    const journal = contained({ assembly: anAssembly({ cut }) }, {});
    const decision_id = journal.decisions.at(-1)?.decision_id ?? '';
    const approve = (by: string, over: object = {}) =>
      journal.add(actEntry('approve', by, { decision_id, ...over }));
    approve('ana');
    approve('eve', { holders: ['ana'] });
    expect([lastReason(journal), given(journal)]).toEqual(['another_person_needed', []]);
    approve('ben');
    const id = given(journal)[0]?.command_id ?? '';
    journal.add(restore(id), actEntry('restore', 'eve', { order_id: id, holders: ['ana'] }));
    expect([lastReason(journal), undone(journal)]).toEqual(['another_person_needed', []]);
    journal.add(restore(id, 'ben', at(2000)));
    expect(undone(journal)).toEqual([id]);
  });
});

describe('what two people ordered', () => {
  const AGENT = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };
  const order = (by: string, over: object = {}) =>
    actEntry('order', by, { action: 'disable_agent', target: AGENT, expires: '1h', ...over });

  function ofTwo(...before: readonly JournalEntry[]): Journal {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { by_hand_of_two: ['disable_agent'] } }));
    journal.add(lineageEntry('a', { delegated_as: 'h1' }));
    journal.add(lineageEntry('b', { acts_for: [{ agent_uid: 'agent-a', ref: 'h1' }] }));
    journal.add(...before, order('ana'), order('ben'));
    return journal;
  }
  const idOn = (journal: Journal, agent: string, action: string) =>
    given(journal).find((one) => one.target.agent_uid === agent && one.action === action)
      ?.command_id ?? '';

  function takesTwo(journal: Journal, id: string, time: string): void {
    const before = undone(journal).length;
    journal.add(restore(id, 'ana', time));
    expect([undone(journal).length, lastReason(journal)]).toEqual([before, 'second_person_needed']);
    journal.add(restore(id, 'ben', time));
    expect(undone(journal).slice(before)).toEqual([id]);
  }

  test('one of them does not undo for whom it reached', () => {
    const journal = ofTwo();
    takesTwo(journal, idOn(journal, 'agent-b', 'revoke_token'), at(3000));
  });

  test('nor for whom it reached that a rule had contained before', () => {
    const target = { ...AGENT, level: 'task', agent_uid: 'agent-b', task_id: 'work' };
    const journal = ofTwo(order('eve', { action: 'revoke_token', target, expires: '2h' }));
    takesTwo(journal, idOn(journal, 'agent-b', 'revoke_token'), at(3000));
  });

  test('nor the step-up at its end', () => {
    const journal = ofTwo();
    journal.add(timeEntry(61 * MINUTE_MS));
    takesTwo(journal, idOn(journal, 'agent-a', 'require_step_up'), at(62 * MINUTE_MS));
  });

  test('is not given back by a withdrawn alert, and its decision says so', () => {
    const journal = new Journal();
    const subject = { agent_uid: 'agent-a', task_id: 'work', credential_uid: 'key-1' };
    const actions = [{ action: 'revoke_credential', level: 'credential' }];
    journal.add(policyEntry({ rules: [{ actions }] }));
    for (const name of ['a', 'b']) journal.add(lineageEntry(name, { credential_uid: 'key-1' }));
    journal.add(alertEntry('a', { subject }));
    const about = { decision_id: journal.decisions.at(-1)?.decision_id ?? '' };
    journal.add(actEntry('approve', 'ana', about), actEntry('approve', 'ben', about));
    journal.add(
      alertEntry('a', { subject, revision: 2, state: 'withdrawn', detected_at: at(5000) }),
    );
    expect(undone(journal)).toEqual([]);
    expect(journal.decisions.at(-1)?.withheld_reasons).toEqual([
      'alert_withdrawn',
      'ordered_by_two',
    ]);
    takesTwo(journal, idOn(journal, 'agent-a', 'revoke_credential'), at(6000));
  });
});
