/** What people order by hand: it takes two to pause, to resume and to overrule a guard for others. */
import { type Alert, enforcementNoticeSchema } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAssembly,
  at,
  Journal,
  policyEntry,
  receiptEntry,
  TENANT,
  uuid,
} from '../../testing/response-fixtures.ts';
import { pauseState, WITHHELD_BY_PAUSE_MAX, withheldByPause } from '../guards/enforcement-pause.ts';

const MINUTE_MS = 60_000;

const lastReason = (journal: Journal) => journal.decisions.at(-1)?.withheld_reason;
const isPaused = (journal: Journal) => pauseState(journal.transaction, TENANT).paused;

function started(): Journal {
  const journal = new Journal();
  journal.add(policyEntry());
  return journal;
}

describe('a pause', () => {
  test('takes two people: one alone stops nothing, and one twice is one', () => {
    const journal = started();
    journal.add(
      actEntry('pause', 'ana'),
      actEntry('pause', 'ana', { at: at(1000) }),
      alertEntry('a'),
    );
    expect(isPaused(journal)).toBe(false);
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions[1]?.withheld_reason).toBe('second_person_needed');
    journal.add(actEntry('pause', 'ben', { at: at(2000) }), alertEntry('b'));
    expect(journal.commands).toHaveLength(1);
    expect(lastReason(journal)).toBe('enforcement_paused');
  });

  test('is agreed to within a quarter of an hour, or not at all', () => {
    const journal = started();
    journal.add(actEntry('pause', 'ana'), actEntry('pause', 'ben', { at: at(16 * MINUTE_MS) }));
    expect(isPaused(journal)).toBe(false);
    journal.add(actEntry('pause', 'ana', { at: at(17 * MINUTE_MS) }));
    expect(isPaused(journal)).toBe(true);
  });

  test('is not agreed to by whom the first could sign in as, in either order; the first waits on', () => {
    const own = { holders: ['ana'] };
    for (const pair of [
      [actEntry('pause', 'ana'), actEntry('pause', 'eve', own)],
      [actEntry('pause', 'eve', own), actEntry('pause', 'ana')],
    ]) {
      const journal = started();
      journal.add(...pair);
      expect([isPaused(journal), lastReason(journal)]).toEqual([false, 'another_person_needed']);
      journal.add(actEntry('pause', 'ben'));
      expect(isPaused(journal)).toBe(true);
    }
  });

  test('ends when two agree, and an act that is played again changes nothing', () => {
    const journal = started();
    const [ana, ben] = [actEntry('pause', 'ana'), actEntry('pause', 'ben')];
    journal.add(ana, ben, actEntry('resume', 'ana'));
    expect(isPaused(journal)).toBe(true);
    journal.add(actEntry('resume', 'ben'));
    expect(isPaused(journal)).toBe(false);
    expect(journal.add(ana, ben)).toEqual([]);
    expect(isPaused(journal)).toBe(false);
  });

  test('is told to receivers that read the log, with its end, and nothing before two agree', () => {
    const journal = started();
    journal.add(actEntry('pause', 'ana'));
    expect(journal.notices).toEqual([]);
    journal.add(actEntry('pause', 'ben'), actEntry('pause', 'ben', { at: at(1) }));
    journal.add(actEntry('resume', 'ana'), actEntry('resume', 'ben'));
    expect(journal.notices).toMatchObject([
      { paused: true, by: ['ana', 'ben'], tenant_id: TENANT },
      { paused: false, by: ['ana', 'ben'] },
    ]);
    for (const one of journal.notices) enforcementNoticeSchema.parse(one);
    const [first, second] = journal.notices.map(({ number }) => number);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(journal.commands).toEqual([]);
  });

  test('is recorded in the chain of decisions with who agreed and why', () => {
    const journal = started();
    journal.add(actEntry('pause', 'ana'), actEntry('pause', 'ben'));
    expect(journal.decisions.map((one) => [one.seq, one.rule_id, one.withheld_reason])).toEqual([
      [1, 'operator/pause', 'second_person_needed'],
      [2, 'operator/pause', null],
    ]);
    expect(journal.decisions[1]?.act).toMatchObject({ by: ['ana', 'ben'] });
  });

  test('gives the reasons of both who agreed, and one that both gave once', () => {
    const journal = started();
    journal.add(
      actEntry('pause', 'ana', { reason: 'The gateway moves.' }),
      actEntry('pause', 'ben', { reason: 'I agree.' }),
      ...['ana', 'ben'].map((by) => actEntry('resume', by)),
    );
    expect(journal.notices.map(({ reason }) => reason)).toEqual([
      'The gateway moves. · I agree.',
      'A fault in the mail gateway.',
    ]);
  });

  test('leaves restores alone: what was wrong is given back', () => {
    const journal = started();
    journal.add(alertEntry('a'), actEntry('pause', 'ana'), actEntry('pause', 'ben'));
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn' }));
    expect(journal.commands.at(-1)?.action).toBe('restore');
  });
});

describe('the end of a pause', () => {
  const paused = (policy: object = {}) => {
    const journal = new Journal();
    journal.add(policyEntry(policy), actEntry('pause', 'ana'), actEntry('pause', 'ben'));
    return journal;
  };
  const resume = (journal: Journal) =>
    journal.add(actEntry('resume', 'ana', { at: at(1) }), actEntry('resume', 'ben', { at: at(1) }));
  const inHand = (journal: Journal) =>
    withheldByPause(journal.transaction, TENANT, Date.parse(at(2)));
  const idsInHand = (journal: Journal) => inHand(journal).decisions.map(({ agentUid }) => agentUid);

  test('gives nothing of what it held back, lists it for people, and one of them approves it', () => {
    const journal = paused();
    journal.add(alertEntry('a'), alertEntry('b'));
    resume(journal);
    expect(journal.commands).toEqual([]);
    expect(inHand(journal).decisions).toMatchObject([
      { agentUid: 'agent-a', action: 'revoke_token', ruleId: 'hijack-task' },
      { agentUid: 'agent-b' },
    ]);
    const decision_id = inHand(journal).decisions[0]?.decisionId ?? '';
    journal.add(actEntry('approve', 'ana', { decision_id }));
    expect(journal.commands).toMatchObject([{ action: 'revoke_token' }]);
    expect(idsInHand(journal)).toEqual(['agent-b']);
  });

  test('lists no more what was withdrawn or decided anew, nor what another guard held back for good', () => {
    const journal = paused();
    journal.add(
      alertEntry('a'),
      alertEntry('b'),
      alertEntry('c', { decisive_assurance: 'asserted' }),
    );
    journal.add(alertEntry('a', { revision: 2, state: 'withdrawn' }));
    expect(idsInHand(journal)).toEqual(['agent-b']);
    journal.add(alertEntry('b', { revision: 2, severity: 'critical' }));
    expect(idsInHand(journal)).toEqual(['agent-b']);
    resume(journal);
    journal.add(alertEntry('b', { revision: 3, severity: 'critical' }));
    expect(journal.commands).toHaveLength(1);
    expect(idsInHand(journal)).toEqual([]);
  });

  test('lists what would have followed upon an order, for as long as the order is in force', () => {
    const journal = new Journal();
    journal.add(policyEntry(), alertEntry('a'), actEntry('pause', 'ana'), actEntry('pause', 'ben'));
    const [command] = journal.commands;
    if (command === undefined) throw new Error('Nothing was ordered.');
    journal.add(receiptEntry(command, { state: 'failed' }));
    resume(journal);
    expect(inHand(journal).decisions).toMatchObject([
      { ruleId: 'hijack-task/escalates/revoke_token-task', follows: command.command_id },
    ]);
    journal.add(actEntry('restore', 'ana', { order_id: command.command_id }));
    expect(inHand(journal).decisions).toEqual([]);
  });

  test('lists what one agent is held for beside an alert that is told of any number of tasks', () => {
    const journal = paused();
    const tasksOf = (name: string, agent_uid: string, count: number) =>
      Array.from({ length: count }, (_, n) =>
        alertEntry(name, {
          ...{ revision: n + 1, detected_at: at(1000 + n) },
          subject: { agent_uid, task_id: `${name}-${n}` },
        }),
      );
    journal.add(...tasksOf('a', 'agent-a', WITHHELD_BY_PAUSE_MAX + 50));
    journal.add(...tasksOf('b', 'agent-b', 1), ...tasksOf('graver', 'agent-a', 1));
    const { decisions, more } = inHand(journal);
    expect(decisions).toHaveLength(WITHHELD_BY_PAUSE_MAX);
    expect(more).toBe(52);
    const alerts = decisions.slice(-2).map(({ alertId }) => alertId);
    expect(alerts).toEqual([uuid('b'), uuid('graver')]);
  });

  test('says how many more there were than it lists', () => {
    const journal = paused();
    const names = Array.from({ length: WITHHELD_BY_PAUSE_MAX + 2 }, (_, n) => `n${n}`);
    journal.add(...names.map((name) => alertEntry(name)));
    expect(inHand(journal)).toMatchObject({ more: 2 });
    expect(inHand(journal).decisions).toHaveLength(WITHHELD_BY_PAUSE_MAX);
  });
});

test('what is ordered before the first policy was read waits for it, and goes before alerts', () => {
  const journal = new Journal();
  journal.add(alertEntry('a'), actEntry('pause', 'ana'), actEntry('pause', 'ben'));
  expect(journal.decisions).toEqual([]);
  journal.add(policyEntry());
  expect(journal.decisions.map((one) => [one.rule_id, one.withheld_reason])).toEqual([
    ['operator/pause', 'second_person_needed'],
    ['operator/pause', null],
    ['hijack-task', 'enforcement_paused'],
  ]);
});

describe('an approval', () => {
  const bystanders: Partial<Alert> = {
    assembly: anAssembly({
      cut: [
        {
          action: 'revoke_token',
          target: { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' },
          stops: 'it',
          collateral: ['task other'],
        },
      ],
    }),
  };
  const inHand = (over: Partial<Alert> = bystanders, policy: object = {}) => {
    const journal = new Journal();
    journal.add(policyEntry(policy), alertEntry('a', over));
    const decision_id = journal.decisions.at(-1)?.decision_id ?? '';
    return { journal, decision_id };
  };

  test('of an order that hits bystanders takes two people, who stand in the command', () => {
    const { journal, decision_id } = inHand();
    journal.add(actEntry('approve', 'ana', { decision_id }));
    journal.add(actEntry('approve', 'ana', { decision_id, at: at(1) }));
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('second_person_needed');
    journal.add(actEntry('approve', 'ben', { decision_id }));
    const [command] = journal.commands;
    expect(command).toMatchObject({ action: 'revoke_token', initiating_entity: 'admin' });
    expect(command?.approvals.map(({ by }) => by)).toEqual(['ana', 'ben']);
  });

  test('of what only a budget held back takes one', () => {
    const { journal, decision_id } = inHand({}, { limits: { subjects: 0 } });
    journal.add(actEntry('approve', 'ana', { decision_id }));
    expect(journal.commands.map((one) => one.action)).toEqual(['require_step_up', 'revoke_token']);
  });

  test.each<[string, Partial<Alert>, object]>([
    ['an assertion', { decisive_assurance: 'asserted' }, {}],
    ['the never-revoke list', {}, { neverRevoke: ['agent-a'] }],
    ['a rule in shadow', {}, { rules: [{ mode: 'shadow' }] }],
  ])('can’t overrule %s', (_, over, policy) => {
    const { journal, decision_id } = inHand(over, policy);
    journal.add(
      actEntry('approve', 'ana', { decision_id }),
      actEntry('approve', 'ben', { decision_id }),
    );
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('nothing_to_approve');
  });

  test('is declined by one person: nobody approves it any more, and new evidence asks anew', () => {
    const { journal, decision_id } = inHand();
    journal.add(actEntry('approve', 'ana', { decision_id }));
    journal.add(actEntry('decline', 'ben', { decision_id }));
    expect(journal.decisions.at(-1)).toMatchObject({
      ...{ rule_id: 'operator/decline', withheld_reason: null, agent_uid: 'agent-a' },
      ...{ issued_command_ids: [], act: { act: 'decline', by: ['ben'] } },
    });
    journal.add(actEntry('approve', 'ben', { decision_id }));
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('nothing_to_approve');
    journal.add(alertEntry('a', { ...bystanders, revision: 2 }));
    const anew = { decision_id: journal.decisions.at(-1)?.decision_id ?? '' };
    journal.add(actEntry('approve', 'ana', anew), actEntry('approve', 'ben', anew));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token']);
  });

  test('is held to the lists in force when it is given', () => {
    const { journal, decision_id } = inHand();
    journal.add(policyEntry({ seq: 2, neverRevoke: ['agent-a'] }));
    journal.add(
      actEntry('approve', 'ana', { decision_id }),
      actEntry('approve', 'ben', { decision_id }),
    );
    expect(journal.commands).toEqual([]);
    expect(lastReason(journal)).toBe('never_revoke');
  });
});

describe('people', () => {
  const signed = (key: string) => ({
    signed: { text: '', signature: '', key: {}, key_print: key },
  });
  const pause = (by: string, key: string, ms: number) => ({
    ...actEntry('pause', by, { at: at(ms) }),
    ...signed(key),
  });

  test('are told apart by their keys: one that was renamed in the registry agrees with nobody', () => {
    const journal = started();
    journal.add(pause('ana', 'key-1', 0), pause('ben', 'key-1', 1000));
    expect(isPaused(journal)).toBe(false);
    journal.add(pause('carla', 'key-2', 2000));
    expect(isPaused(journal)).toBe(true);
    expect(journal.decisions.at(-1)?.act?.signed?.key_print).toBe('key-2');
  });
});
