/** What a person orders by hand: at once, within what holds for everybody, and recorded with its price. */
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  at,
  callEntry,
  Journal,
  policyEntry,
  receiptEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';

const MINUTE_MS = 60_000;
const TASK = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' };
const AGENT = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };

const order = (by: string, over: object = {}) =>
  actEntry('order', by, { action: 'revoke_token', target: TASK, ...over });
const lastReason = (journal: Journal) => journal.decisions.at(-1)?.withheld_reason;

function ordered(over: object = {}) {
  const journal = new Journal();
  const entry = order('ana', over);
  journal.add(policyEntry(), entry);
  const [command] = journal.commands;
  if (command === undefined || entry.kind !== 'act') throw new Error('Nothing was ordered.');
  return { journal, command, actId: entry.act.act_id };
}

describe('an order by hand', () => {
  test('is given at once, in the person’s name, and recorded with what it would break', () => {
    const { journal, command } = ordered({ expires: '30m' });
    expect(command).toMatchObject({
      ...{ action: 'revoke_token', target: TASK, initiating_entity: 'admin', alert_ids: [] },
    });
    expect(command.approvals.map(({ by }) => by)).toEqual(['ana']);
    expect(command.reason).toContain('ana ordered revoke_token at level task');
    expect(journal.decisions.at(-1)).toMatchObject({
      ...{ rule_id: 'operator/order', withheld_reason: null, agent_uid: 'agent-a' },
      would_break: { words: expect.any(String) },
      act: { act: 'order', by: ['ana'] },
    });
  });

  test.each<[string, object, object]>([
    ['never_revoke', { neverRevoke: ['agent-a'] }, {}],
    ['no_receiver', { receivers: [] }, {}],
    ['target_incomplete', {}, { target: { ...TASK, task_id: undefined } }],
    ['target_incomplete', {}, { target: { ...TASK, tenant_id: 'other' } }],
    ['target_incomplete', {}, { action: 'restore' }],
  ])('is held back as %s, whoever agrees', (reason, policy, over) => {
    const journal = new Journal();
    journal.add(policyEntry(policy), order('ana', over), order('ben', over));
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe(reason);
  });

  test('takes two people where the policy says so', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { by_hand_of_two: ['disable_agent'] } }));
    const disable = { action: 'disable_agent', target: AGENT };
    journal.add(order('ana', disable), order('ana', { ...disable, at: at(1) }));
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('second_person_needed');
    journal.add(order('ben', disable));
    expect(journal.commands[0]?.approvals.map(({ by }) => by)).toEqual(['ana', 'ben']);
  });

  test('takes two people who say the same length of time', () => {
    const journal = new Journal();
    const disable = { action: 'disable_agent', target: AGENT };
    journal.add(policyEntry({ limits: { by_hand_of_two: ['disable_agent'] } }));
    journal.add(order('ana', { ...disable, expires: '5m' }));
    journal.add(order('ben', { ...disable, expires: '30d' }));
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('second_person_needed');
    // The same length, however it is written.
    journal.add(order('ben', { ...disable, expires: '1h', at: at(1) }));
    journal.add(order('ana', { ...disable, expires: '60m', at: at(1) }));
    expect(journal.commands).toHaveLength(1);
  });

  test('is given back by its own id, and lapses to a step-up when nobody does', () => {
    const { journal, actId } = ordered({ expires: '30m' });
    journal.add(timeEntry(30 * MINUTE_MS));
    const actions = () => journal.commands.map(({ action }) => action);
    expect(actions()).toEqual(['revoke_token', 'require_step_up']);
    journal.add(actEntry('restore', 'ana', { order_id: actId }));
    expect(actions().at(-1)).toBe('restore');
  });

  test('is followed by nothing stronger when it fails: that is a person’s to say', () => {
    const { journal, command } = ordered();
    journal.add(receiptEntry(command, { state: 'failed' }));
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions.at(-1)?.withheld_reasons).toContain('ordered_by_hand');
  });

  test('on what was handed over is not leaked by what its agent does for others', () => {
    const delegating = { parent_agent_uid: 'agent-p', delegation_ref: 'hand-1' };
    const target = { ...AGENT, level: 'delegation', ...delegating };
    const { journal, command } = ordered({ action: 'revoke_delegation', target });
    journal.add(receiptEntry(command, { state: 'applied', applied_at: at(1000) }));
    journal.add(callEntry('a', 'success'), callEntry('a', 'success', { acts_for: ['agent-q'] }));
    expect(journal.alerts).toHaveLength(0);
    journal.add(callEntry('a', 'success', { acts_for: ['agent-p'] }));
    expect(journal.alerts).toHaveLength(1);
  });

  test('on one credential is not leaked by what its agent does with another', () => {
    const target = { ...AGENT, level: 'credential', credential_uid: 'cred-1' };
    const { journal, command } = ordered({ target });
    journal.add(receiptEntry(command, { state: 'applied', applied_at: at(1000) }));
    journal.add(callEntry('a', 'success', { credential_uid: 'cred-2' }));
    expect(journal.alerts).toHaveLength(0);
    journal.add(callEntry('a', 'success', { credential_uid: 'cred-1' }));
    expect(journal.alerts).toHaveLength(1);
  });
});
