/** What follows by itself when an order is not carried out or ends. */
import { describe, expect, test } from 'vitest';
import { BOTH, Contained, MINUTE_MS } from '../../testing/contained.ts';
import {
  actEntry,
  alertEntry,
  at,
  callEntry,
  Journal,
  lineageEntry,
  type PolicyOver,
  policyEntry,
  receiptEntry,
  registryEntry,
  timeEntry,
} from '../../testing/response-fixtures.ts';

describe('escalation', () => {
  test.each(['failed', 'unsupported', 'partial', 'expired'] as const)(
    'follows when a required receiver answers %s',
    (state) => {
      const journal = new Contained();
      journal.say('revoke_token', 'gateway', { state });
      expect(journal.commands.at(-1)?.action).toBe('block_issuance');
      expect(journal.decisions.at(-1)?.follows?.why).toContain(`gateway answered "${state}"`);
    },
  );

  test('follows when a required receiver says nothing in time, one rung at a time', () => {
    const journal = new Contained();
    journal.noteNothingSeen('revoke_token');
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
    // Now both are down, and what is harder would only wait for them.
    journal.noteNothingSeen('block_issuance');
    expect(journal.commands).toHaveLength(2);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('no_other_receiver');
  });

  test('goes one rung at a time, and says when there is none left', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { state: 'failed' });
    journal.say('block_issuance', 'idp', { state: 'failed' });
    journal.say('disable_agent', 'gateway', { state: 'failed' });
    expect(journal.commands.map((one) => one.action)).toEqual([
      'revoke_token',
      'block_issuance',
      'disable_agent',
    ]);
    expect(journal.decisions.at(-1)).toMatchObject({
      would_be_command: null,
      withheld_reason: 'ladder_exhausted',
    });
  });

  test('asks nothing of who need not answer', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.say('revoke_token', 'idp', { state: 'failed' });
    journal.noteNothingSeen('revoke_token');
    expect(journal.commands).toHaveLength(1);
  });

  test('never follows from log time alone, however far it runs: only silence on the wall counts', () => {
    const journal = new Contained({ limits: { receipt_within: '1m' } });
    journal.add(timeEntry(55 * MINUTE_MS));
    expect(journal.commands).toHaveLength(1);
  });

  test('takes nothing more while everybody who could carry it out is silent too', () => {
    const journal = new Contained({}, [{ id: 'gateway', kind: 'http' }]);
    journal.noteNothingSeen('revoke_token');
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions.at(-1)).toMatchObject({
      rule_id: 'hijack-task/awaits/revoke_token-task',
      withheld_reason: 'no_other_receiver',
    });
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success'));
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
  });

  test('does not switch off an agent whose access was taken because no issuer blocks new tokens', () => {
    const journal = new Contained(BOTH);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'idp', { state: 'unsupported' });
    expect(journal.commands.map((one) => one.action)).not.toContain('disable_agent');
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('already_contained');
    const unheld = new Contained(BOTH);
    unheld.say('block_issuance', 'idp', { state: 'unsupported' });
    unheld.say('revoke_token', 'gateway', { state: 'failed' });
    expect(unheld.commands.at(-1)?.action).toBe('disable_agent');
  });

  test('of a block of issuance rests on what is proven: an asserted leak of the order beside it leads nowhere', () => {
    const refusedBeside = (assurance: 'asserted' | 'authenticated') => {
      const journal = new Contained(BOTH);
      journal.say('revoke_token', 'gateway');
      journal.add(callEntry('a', 'success', { assurance }));
      expect(journal.state()).toBe('leaked');
      journal.say('block_issuance', 'idp', { state: 'unsupported' });
      return journal.commands.map((one) => one.action);
    };
    expect(refusedBeside('asserted')).not.toContain('disable_agent');
    expect(refusedBeside('authenticated')).toContain('disable_agent');
  });

  test('stops where the rule was set back or the agent is protected', () => {
    const told = (policy: PolicyOver) => {
      const journal = new Contained();
      journal.add(policyEntry({ ...policy, seq: 2 }));
      journal.say('revoke_token', 'gateway', { state: 'failed' });
      expect(journal.commands).toHaveLength(1);
      return journal.decisions.at(-1)?.withheld_reason;
    };
    expect(told({ rules: [{ mode: 'shadow' }] })).toBe('rule_in_shadow');
    expect(told({ rules: [] })).toBe('rule_gone');
    expect(told({ neverRevoke: ['agent-a'] })).toBe('never_revoke');
  });
});

describe('others who use the credential that is taken next', () => {
  const KEY = { credential_uid: 'key-1' };
  /** A scheduled job, whose next rung takes its key. */
  const failed = (...users: readonly ReturnType<typeof lineageEntry>[]) => {
    const journal = new Journal();
    const agents = [{ uid: 'agent-a', class: 'scheduled_job' }];
    journal.add(registryEntry({ receivers: [{ id: 'gateway', kind: 'http' }], agents }));
    journal.add(policyEntry(), lineageEntry('a', { task_id: 'task-a', ...KEY }), ...users);
    const subject = { agent_uid: 'agent-a', task_id: 'task-a', ...KEY };
    journal.add(alertEntry('a', { subject, subject_class: 'scheduled_job' }));
    const [order] = journal.commands;
    if (order === undefined) throw new Error('Nothing was ordered.');
    journal.add(receiptEntry(order, { receiver: 'gateway', state: 'failed' }));
    return journal;
  };
  const actions = ({ commands }: Journal) => commands.map((one) => one.action);
  const ghost = lineageEntry('ghost', { ...KEY, assurance: 'asserted' });

  test('hold it back; where that is only asserted, a step-up is asked for meanwhile', () => {
    expect(actions(failed())).toEqual(['revoke_token', 'revoke_credential']);
    const proven = failed(lineageEntry('b', KEY));
    expect(actions(proven)).toEqual(['revoke_token']);
    expect(proven.decisions.at(-1)?.withheld_reason).toBe('bystanders_affected');
    const invented = failed(ghost);
    expect(actions(invented)).toEqual(['revoke_token', 'require_step_up']);
    expect(invented.decisions.at(-1)).toMatchObject({
      ...{ withheld_reason: 'bystanders_affected', degraded_to: 'require_step_up' },
      issued_command_ids: [invented.commands.at(-1)?.command_id],
    });
  });

  test('lead to it by no detour over that step-up, and by two people', () => {
    const journal = failed(ghost);
    const stepUp = journal.commands.at(-1);
    const decision_id = journal.decisions.at(-1)?.decision_id ?? '';
    if (stepUp === undefined) throw new Error('Nobody is asked.');
    journal.add(receiptEntry(stepUp, { receiver: 'gateway', state: 'failed' }));
    expect(actions(journal)).toEqual(['revoke_token', 'require_step_up']);
    journal.add(actEntry('approve', 'ana', { decision_id }));
    expect(actions(journal)).not.toContain('revoke_credential');
    journal.add(actEntry('approve', 'ben', { decision_id }));
    expect(actions(journal).at(-1)).toBe('revoke_credential');
  });
});

describe('a budget', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const spent = { limits: { subjects: 1, window: '1h' }, rules: [{ expires: '12h' }] };

  test('that the subject itself has spent stops nothing stronger: nobody more is touched', () => {
    const journal = new Contained(spent);
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'success'));
    expect(journal.decisions.at(-1)?.withheld_reasons).toEqual([]);
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token', 'block_issuance']);
    journal.say('block_issuance', 'idp', { state: 'failed' });
    journal.add(alertEntry('b'));
    expect(journal.commands.map((one) => one.action).slice(2)).toEqual([
      'disable_agent',
      'require_step_up',
    ]);
  });

  /** The budget is another's by the time the order of the first leaks. */
  const leakedLate = () => {
    const journal = new Contained(spent);
    journal.say('revoke_token', 'gateway');
    journal.add(timeEntry(HOUR_MS), alertEntry('b', { detected_at: at(HOUR_MS) }));
    const lateMs = HOUR_MS + MINUTE_MS;
    journal.add(timeEntry(lateMs), callEntry('a', 'success', { event_time: at(lateMs) }));
    return journal;
  };

  test('that others have spent leaves a step-up, and once there is room it is given', () => {
    const journal = leakedLate();
    expect(journal.decisions.at(-1)).toMatchObject({
      ...{ withheld_reason: 'budget_exceeded', degraded_to: 'require_step_up' },
      ...{ budget: { of: 'shared', counted: 'subjects', max: 1 } },
    });
    const stepUp = journal.commands.at(-1);
    expect(stepUp).toMatchObject({ action: 'require_step_up', target: { task_id: 'task-a' } });
    expect(journal.decisions.at(-1)?.issued_command_ids).toEqual([stepUp?.command_id]);
    const before = journal.commands.length;
    journal.add(timeEntry(2 * HOUR_MS - 1));
    expect(journal.commands).toHaveLength(before);
    journal.add(timeEntry(2 * HOUR_MS));
    expect(journal.commands.slice(before).map((one) => one.action)).toEqual(['block_issuance']);
    expect(journal.decisions.at(-1)?.rule_id).toContain('/retries/');
  });

  test('that has no room yet when it is looked at is waited for again, and decided once', () => {
    const journal = new Contained(spent);
    journal.say('revoke_token', 'gateway');
    // What leaves the window first is of another budget.
    const other = { detected_at: at(HOUR_MS / 2), sources: ['gateway/x'] };
    journal.add(alertEntry('x', other), alertEntry('b', { detected_at: at(HOUR_MS) }));
    const lateMs = HOUR_MS + MINUTE_MS;
    journal.add(timeEntry(lateMs), callEntry('a', 'success', { event_time: at(lateMs) }));
    const retried = () => journal.decisions.filter((one) => one.rule_id.includes('/retries/'));
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('budget_exceeded');
    journal.add(timeEntry(1.75 * HOUR_MS));
    expect(retried()).toEqual([]);
    journal.add(timeEntry(2 * HOUR_MS));
    expect(retried()).toMatchObject([{ withheld_reason: null }]);
  });
});

describe('an order that failed', () => {
  const again = (state: 'failed' | 'unsupported' | 'applied', over: object = {}) => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { state });
    const before = journal.commands.length;
    const subject = { agent_uid: 'agent-a', task_id: 'task-a' };
    journal.add(alertEntry('another', { subject, detected_at: at(5000), ...over }));
    return journal.commands.slice(before).map((one) => one.action);
  };

  test('contains nothing: another alert about its subject orders again', () => {
    expect(again('failed')).toEqual(['revoke_token']);
    expect(again('unsupported')).toEqual(['revoke_token']);
  });

  test('takes no newer order with it when its own alert is withdrawn', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { state: 'failed' });
    const subject = { agent_uid: 'agent-a', task_id: 'task-a' };
    journal.add(alertEntry('another', { subject, detected_at: at(5000) }));
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn', detected_at: at(6000) }));
    const before = journal.commands.length;
    journal.add(alertEntry('third', { subject, detected_at: at(7000) }));
    expect(journal.commands).toHaveLength(before);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('already_contained');
  });

  test('is not repeated where it is in force, nor by its own alert', () => {
    expect(again('applied')).toEqual([]);
    const own = new Contained();
    own.say('revoke_token', 'gateway', { state: 'failed' });
    const before = own.commands.length;
    own.add(alertEntry('a', { revision: 2, detected_at: at(5000) }));
    expect(own.commands).toHaveLength(before);
  });
});

describe('the end of an order', () => {
  test('is a step-up before it ends, held by the same alert', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(timeEntry(59 * MINUTE_MS));
    expect(journal.commands).toHaveLength(1);
    journal.add(timeEntry(60 * MINUTE_MS - 30_000));
    const stepUp = journal.commands.at(-1);
    expect(stepUp).toMatchObject({
      action: 'require_step_up',
      target: { level: 'task', task_id: 'task-a' },
    });
    expect(stepUp?.reason).toContain('ends');
    journal.add(
      alertEntry('a', { revision: 2, state: 'withdrawn', detected_at: at(61 * MINUTE_MS) }),
    );
    expect(journal.commands.at(-1)?.restores).toBe(stepUp?.command_id);
  });

  test('leads to nothing stronger where its step-up is refused, and does where calls go through it', () => {
    const ended = () => {
      const journal = new Contained();
      journal.say('revoke_token', 'gateway');
      journal.add(timeEntry(60 * MINUTE_MS - 30_000));
      return journal;
    };
    const refused = ended();
    refused.say('require_step_up', 'gateway', { state: 'unsupported' });
    expect(refused.commands.map((one) => one.action)).toEqual(['revoke_token', 'require_step_up']);
    expect(refused.decisions.at(-1)).toMatchObject({
      rule_id: 'hijack-task/escalates/require_step_up-task',
      withheld_reason: 'ladder_exhausted',
    });
    const leaked = ended();
    leaked.say('require_step_up', 'gateway', { applied_at: at(60 * MINUTE_MS) });
    leaked.add(timeEntry(60.5 * MINUTE_MS));
    leaked.add(callEntry('a', 'success', { event_time: at(61 * MINUTE_MS) }));
    expect(leaked.alerts).toHaveLength(1);
    expect(leaked.commands.at(-1)?.action).toBe('revoke_token');
    expect(leaked.commands).toHaveLength(3);
  });

  test('of what was taken back leaves nothing behind', () => {
    const journal = new Contained();
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn', detected_at: at(1000) }));
    journal.add(timeEntry(70 * MINUTE_MS));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token', 'restore']);
  });
});
