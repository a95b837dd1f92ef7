/** Guards that leave something milder in force: blackouts, and an origin that misled several. */
import type { Alert, JournalEntry } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  at,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';

const GATEWAY = { id: 'gateway', kind: 'http' };
const actionsOf = (journal: Journal) => journal.commands.map((one) => one.action);

describe('in a blackout', () => {
  // The fixtures' day is a Tuesday, 09:00.
  const agent = (over: object = {}) => ({
    uid: 'agent-a',
    class: 'autonomous',
    blackout: ['tue 08:00-10:00'],
    ...over,
  });
  const blackedOut = (over: object = {}) => {
    const journal = new Journal();
    journal.add(registryEntry({ receivers: [GATEWAY], agents: [agent(over)] }), policyEntry());
    journal.add(alertEntry('a'));
    return journal;
  };
  const silence = (journal: Journal): JournalEntry => {
    const command_id = journal.commands[0]?.command_id ?? '';
    return {
      kind: 'unanswered',
      unanswered: { tenant_id: TENANT, command_id, at: at(0), by: 'person' },
    };
  };

  test('only what can’t be taken back waits for a person, and the decision says why', () => {
    const journal = blackedOut();
    expect(actionsOf(journal)).toEqual(['require_step_up']);
    expect(journal.commands[0]?.scope?.['effects']).toContain('pay');
    expect(journal.decisions[0]).toMatchObject({
      withheld_reason: 'blackout',
      degraded_to: 'require_step_up',
      would_be_command: { action: 'revoke_token' },
    });
  });

  test('when nobody answers, an autonomous agent loses its token after all', () => {
    const journal = blackedOut();
    journal.add(silence(journal));
    expect(actionsOf(journal)).toEqual(['require_step_up', 'revoke_token']);
    expect(journal.decisions.at(-1)?.rule_id).toBe('hijack-task/unanswered/require_step_up-task');
    journal.add(silence(journal));
    expect(actionsOf(journal)).toHaveLength(2);
  });

  test('when nobody answers, a scheduled job stays at the step-up, and that is an outcome', () => {
    const journal = blackedOut({ class: 'scheduled_job' });
    journal.add(silence(journal));
    expect(actionsOf(journal)).toEqual(['require_step_up']);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('left_at_step_up');
  });

  test('nothing follows when the alert was withdrawn before', () => {
    const journal = blackedOut();
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn' }), silence(journal));
    expect(actionsOf(journal)).toEqual(['require_step_up', 'restore']);
  });

  test.each(['failed', 'unsupported'] as const)(
    'a step-up that is answered %s takes nothing stronger, and the person is still waited for',
    (state) => {
      const journal = blackedOut();
      const [stepUp] = journal.commands;
      if (stepUp === undefined) throw new Error('A step-up was expected.');
      journal.add(receiptEntry(stepUp, { receiver: 'gateway', state }));
      expect(actionsOf(journal)).toEqual(['require_step_up']);
      expect(journal.decisions.at(-1)).toMatchObject({
        rule_id: 'hijack-task/escalates/require_step_up-task',
        withheld_reason: 'blackout',
        would_be_command: { action: 'revoke_token' },
      });
      journal.add(silence(journal));
      expect(actionsOf(journal)).toEqual(['require_step_up', 'revoke_token']);
    },
  );

  test('an order that was given before it takes nothing stronger in it, and does after it', () => {
    const failedAt = (minutes: number) => {
      const journal = blackedOut({ blackout: ['tue 09:05-09:10'] });
      const [order] = journal.commands;
      if (order === undefined) throw new Error('An order was expected.');
      journal.add(timeEntry(minutes * 60_000));
      journal.add(receiptEntry(order, { receiver: 'gateway', state: 'failed' }));
      return journal;
    };
    expect(actionsOf(failedAt(6))).toEqual(['revoke_token']);
    expect(failedAt(6).decisions.at(-1)?.withheld_reason).toBe('blackout');
    expect(actionsOf(failedAt(11))).toEqual(['revoke_token', 'block_issuance']);
  });

  describe('what would have been stronger', () => {
    const MINUTE_MS = 60_000;
    /** The order failed in the blackout, which ends at ten past nine. */
    const delayed = (blackout = ['tue 09:05-09:10']) => {
      const journal = blackedOut({ blackout });
      const [order] = journal.commands;
      if (order === undefined) throw new Error('An order was expected.');
      journal.add(timeEntry(6 * MINUTE_MS));
      journal.add(receiptEntry(order, { receiver: 'gateway', state: 'failed' }));
      expect(journal.decisions.at(-1)?.withheld_reason).toBe('blackout');
      return { journal, order, decision_id: journal.decisions.at(-1)?.decision_id ?? '' };
    };

    test('is asked for once more when it ends, once', () => {
      const { journal, order } = delayed();
      journal.add(timeEntry(9 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token']);
      journal.add(timeEntry(10 * MINUTE_MS), timeEntry(12 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token', 'block_issuance']);
      expect(journal.decisions.at(-1)).toMatchObject({
        rule_id: 'hijack-task/retries/revoke_token-task',
        ...{ withheld_reason: null, follows: { command_id: order.command_id } },
      });
    });

    test('is not where the receiver has carried the order out since, nor where it was taken back', () => {
      const done = delayed();
      done.journal.add(
        receiptEntry(done.order, { receiver: 'gateway', applied_at: at(7 * MINUTE_MS) }),
      );
      const back = delayed();
      back.journal.add(alertEntry('a', { revision: 2, state: 'withdrawn' }));
      for (const { journal } of [done, back]) {
        journal.add(timeEntry(12 * MINUTE_MS));
        expect(actionsOf(journal)).not.toContain('block_issuance');
      }
    });

    test('waits for the end of all that follow upon each other, and for none that has no end', () => {
      const { journal } = delayed(['tue 09:05-09:10', 'tue 09:10-09:20']);
      journal.add(timeEntry(19 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token']);
      journal.add(timeEntry(20 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token', 'block_issuance']);
    });

    test('one person may approve while it lasts; then nothing is asked for when it ends', () => {
      const { journal, decision_id } = delayed();
      journal.add(actEntry('approve', 'ana', { decision_id, at: at(7 * MINUTE_MS) }));
      expect(journal.commands.at(-1)).toMatchObject({
        ...{ action: 'block_issuance', initiating_entity: 'admin' },
        approvals: [{ by: 'ana' }],
      });
      journal.add(timeEntry(12 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token', 'block_issuance']);
      journal.add(actEntry('approve', 'ben', { decision_id, at: at(13 * MINUTE_MS) }));
      expect(journal.decisions.at(-1)?.withheld_reason).toBe('nothing_to_approve');
    });

    test('is asked for no more once a person declined it', () => {
      const { journal, decision_id } = delayed();
      journal.add(actEntry('decline', 'ana', { decision_id, at: at(7 * MINUTE_MS) }));
      journal.add(timeEntry(12 * MINUTE_MS));
      expect(actionsOf(journal)).toEqual(['revoke_token']);
    });

    test('can be approved into nothing once a list of never-revoke has its agent', () => {
      const { journal, decision_id } = delayed();
      journal.add(policyEntry({ seq: 2, neverRevoke: ['agent-a'] }));
      journal.add(actEntry('approve', 'ana', { decision_id, at: at(7 * MINUTE_MS) }));
      expect(journal.decisions.at(-1)?.withheld_reason).toBe('never_revoke');
      expect(actionsOf(journal)).toEqual(['revoke_token']);
    });
  });

  test('what nobody answered takes no more of the ladder while it lasts', () => {
    const journal = blackedOut();
    journal.add(silence(journal));
    const order = journal.commands[1];
    if (order === undefined) throw new Error('An order was expected.');
    journal.add(receiptEntry(order, { receiver: 'gateway', state: 'failed' }));
    expect(actionsOf(journal)).toEqual(['require_step_up', 'revoke_token']);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('blackout');
  });

  test('it holds back only in its time, only its agent, and no step-up', () => {
    expect(actionsOf(blackedOut({ blackout: ['tue 10:00-12:00'] }))).toEqual(['revoke_token']);
    expect(actionsOf(blackedOut({ uid: 'agent-b' }))).toEqual(['revoke_token']);
    const journal = new Journal();
    const rules = [{ actions: [{ action: 'require_step_up', level: 'task' }] }];
    journal.add(registryEntry({ receivers: [GATEWAY], agents: [agent()] }), policyEntry({ rules }));
    journal.add(alertEntry('a'));
    expect(journal.decisions[0]?.withheld_reason).toBeNull();
  });
});

describe('an origin that misled several', () => {
  const page = { resource_id: 'page-1' };
  const misled = (n: number, over: Partial<Alert> = {}) =>
    alertEntry(`v${n}`, { origins: [page], detected_at: at(n * 1000), ...over });
  const attacked = (count: number, policy: object = {}) => {
    const journal = new Journal();
    journal.add(registryEntry({ receivers: [GATEWAY] }), policyEntry(policy));
    for (let n = 0; n < count; n++) journal.add(misled(n));
    return journal;
  };

  test('is quarantined once for 60 victims, who are asked to step up and not revoked', () => {
    const journal = attacked(60);
    const count = (action: string) => actionsOf(journal).filter((one) => one === action).length;
    expect(count('quarantine_origin')).toBe(1);
    // The first had no fellow yet.
    expect(count('revoke_token')).toBe(1);
    expect(count('require_step_up')).toBe(59);
    const reasons = journal.decisions.slice(1).map((one) => one.withheld_reason);
    expect(new Set(reasons)).toEqual(new Set(['origin_quarantined']));
    const [order] = journal.commands.filter((one) => one.action === 'quarantine_origin');
    expect(order?.target).toMatchObject({ level: 'origin', resource_id: 'page-1' });
  });

  test('from the first victim on, where the policy says so', () => {
    const journal = attacked(3, { limits: { origin_subjects: 1 } });
    expect(actionsOf(journal)).not.toContain('revoke_token');
  });

  test('a planted value counts before the place where it stood', () => {
    const journal = attacked(0);
    const fp = 'a'.repeat(64);
    const origins = [{ fp }, page];
    journal.add(misled(1, { origins }), misled(2, { origins }));
    const [order] = journal.commands.filter((one) => one.action === 'quarantine_origin');
    expect(order?.target).toMatchObject({ level: 'origin', fp });
  });

  test('who obeyed something else, or the same a day later, is revoked as ever', () => {
    const journal = attacked(1);
    journal.add(misled(2, { origins: [{ resource_id: 'page-2' }] }));
    journal.add(misled(3, { detected_at: at(26 * 3_600_000) }));
    expect(actionsOf(journal).filter((one) => one === 'revoke_token')).toHaveLength(3);
  });

  test('in shadow nothing is stopped, and nobody is counted', () => {
    const journal = attacked(5, { rules: [{ mode: 'shadow' }] });
    expect(journal.commands).toEqual([]);
    journal.add(policyEntry({ seq: 2 }), misled(9));
    expect(actionsOf(journal)).toEqual(['revoke_token']);
  });

  const answered = (journal: Journal, state: 'unsupported' | 'applied') => {
    for (const one of journal.commands.filter((order) => order.action === 'quarantine_origin')) {
      journal.add(receiptEntry(one, { receiver: 'gateway', state }));
    }
  };
  const revoked = (journal: Journal) =>
    journal.commands
      .filter((one) => one.action === 'revoke_token')
      .map((one) => one.target.agent_uid);

  test('that nobody can stop has stopped nothing: whom it reached gets the next action, once', () => {
    const journal = attacked(3);
    answered(journal, 'unsupported');
    expect(revoked(journal)).toEqual(['agent-v0', 'agent-v1', 'agent-v2']);
    expect(journal.decisions.at(-1)?.follows?.why).toContain('Nobody could stop the origin');
    answered(journal, 'unsupported');
    journal.add(misled(3));
    expect(revoked(journal)).toEqual(['agent-v0', 'agent-v1', 'agent-v2', 'agent-v3']);
    expect(journal.decisions.at(-1)?.withheld_reason).toBeNull();
  });

  test('that nobody can stop takes no more of them than the budget has room for', () => {
    const journal = attacked(5, { limits: { subjects: 2 } });
    answered(journal, 'unsupported');
    expect(revoked(journal)).toEqual(['agent-v0', 'agent-v1']);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('budget_exceeded');
    expect(actionsOf(journal).filter((one) => one === 'require_step_up')).toHaveLength(4);
  });

  test('that somebody has stopped, or may yet, spares those whom it reached', () => {
    const journal = attacked(3);
    journal.add(misled(3));
    answered(journal, 'applied');
    journal.add(misled(4));
    expect(revoked(journal)).toEqual(['agent-v0']);
  });

  test('is stopped by one order, also after one of many receivers has said that it can’t', () => {
    const journal = new Journal();
    const receivers = [GATEWAY, { id: 'deaf', kind: 'http' }];
    journal.add(registryEntry({ receivers }), policyEntry(), misled(0), misled(1));
    const [order] = journal.commands.filter((one) => one.action === 'quarantine_origin');
    if (order === undefined) throw new Error('The origin was to be stopped.');
    journal.add(receiptEntry(order, { receiver: 'deaf', state: 'unsupported' }), misled(2));
    expect(actionsOf(journal).filter((one) => one === 'quarantine_origin')).toHaveLength(1);
    expect(revoked(journal)).toEqual(['agent-v0']);
  });

  test('has one victim where one agent obeyed it in two tasks', () => {
    const journal = attacked(1);
    journal.add(misled(1, { subject: { agent_uid: 'agent-v0', task_id: 'another' } }));
    expect(actionsOf(journal)).toEqual(['revoke_token', 'revoke_token']);
  });

  test('revokes none of them either where nobody can ask for a step-up', () => {
    const journal = attacked(4);
    for (const one of journal.commands) {
      if (one.action !== 'require_step_up') continue;
      journal.add(receiptEntry(one, { receiver: 'gateway', state: 'unsupported' }));
    }
    expect(actionsOf(journal).filter((one) => one === 'revoke_token')).toHaveLength(1);
    expect(journal.decisions.at(-1)).toMatchObject({
      rule_id: 'hijack-task/escalates/require_step_up-task',
      withheld_reason: 'origin_quarantined',
    });
  });
});

test('a step-up for want of budget leads to no revocation once there is budget again', () => {
  const journal = new Journal();
  const spent = policyEntry({ limits: { subjects: 0 } });
  journal.add(registryEntry({ receivers: [GATEWAY] }), spent, alertEntry('a'));
  const [stepUp] = journal.commands;
  if (stepUp === undefined) throw new Error('A step-up was expected.');
  journal.add(policyEntry({ seq: 2 }));
  journal.add(receiptEntry(stepUp, { receiver: 'gateway', state: 'failed' }));
  expect(actionsOf(journal)).toEqual(['require_step_up']);
  expect(journal.decisions.at(-1)?.withheld_reason).toBe('budget_exceeded');
});
