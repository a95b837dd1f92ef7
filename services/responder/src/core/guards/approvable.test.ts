/** What people approve is what was recorded, asked about again, by people who are there together. */
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAssembly,
  at,
  Journal,
  lineageEntry,
  type PolicyOver,
  policyEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';
import { withheldByPause } from './enforcement-pause.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SPENT = { subjects: 0 };
const subject = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' };
const ON_KEY = [{ actions: [{ action: 'revoke_credential', level: 'credential' }] }];
/** Others lose by it, as the alert says: two people. */
const hurts = {
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

function inHand(policy: PolicyOver, over: object = { subject }) {
  const journal = new Journal();
  journal.add(policyEntry(policy), alertEntry('a', over));
  const decision_id = journal.decisions.at(-1)?.decision_id ?? '';
  const approve = (by: string, ms = 1000) => {
    journal.add(actEntry('approve', by, { decision_id, at: at(ms) }));
    return journal.decisions.at(-1)?.withheld_reason;
  };
  const given = () => journal.commands.filter((one) => one.initiating_entity === 'admin');
  return { journal, approve, given };
}

test('others who use the key since make it two people', () => {
  const { journal, approve, given } = inHand({ limits: SPENT, rules: ON_KEY });
  journal.add(lineageEntry('b', { credential_uid: 'key-1' }));
  expect(approve('ana')).toBe('second_person_needed');
  expect(given()).toEqual([]);
  expect(approve('ben', 2000)).toBeNull();
  expect(given()).toMatchObject([{ action: 'revoke_credential' }]);
});

test.each<[string, PolicyOver]>([
  ['rule_in_shadow', { rules: [{ mode: 'shadow' }] }],
  ['claim_only_asserted', { rules: [{ assurance_min: 'attested' }] }],
])('a rule that was changed since is not overruled: %s', (reason, policy) => {
  const { journal, approve, given } = inHand({ limits: SPENT });
  journal.add(policyEntry({ ...policy, limits: SPENT, seq: 2 }));
  expect(approve('ana')).toBe(reason);
  expect(given()).toEqual([]);
});

test('what is ordered is what was recorded, whatever the rule asks for since', () => {
  const { journal, approve, given } = inHand({ limits: SPENT });
  const rules = [{ actions: [{ action: 'disable_agent', level: 'agent' }] }];
  journal.add(policyEntry({ limits: SPENT, rules, seq: 2 }));
  expect(approve('ana')).toBeNull();
  const { action, target } = journal.decisions[0]?.would_be_command ?? {};
  expect(given()).toMatchObject([{ action, target }]);
  expect(action).toBe('revoke_token');
});

test('two people agree within a quarter of an hour, or not at all', () => {
  const { approve, given } = inHand({}, hurts);
  expect(approve('ana')).toBe('second_person_needed');
  expect(approve('ben', 16 * MINUTE_MS)).toBe('second_person_needed');
  expect(given()).toEqual([]);
  expect(approve('ana', 30 * MINUTE_MS)).toBeNull();
  expect(given()[0]?.approvals.map(({ by }) => by)).toEqual(['ben', 'ana']);
});

test('is approved for seven days, and no longer', () => {
  const after = (ms: number) => {
    const { journal, approve } = inHand({ limits: SPENT });
    journal.add(timeEntry(ms));
    return approve('ana', ms);
  };
  expect(after(7 * DAY_MS)).toBeNull();
  expect(after(7 * DAY_MS + 1)).toBe('nothing_to_approve');
});

test('a later revision of the alert replaces what an earlier one kept', () => {
  const { journal, approve, given } = inHand({ limits: SPENT });
  journal.add(alertEntry('a', { subject, revision: 2, detected_at: at(500) }));
  expect(approve('ana')).toBe('nothing_to_approve');
  const decision_id = journal.decisions[1]?.decision_id ?? '';
  journal.add(actEntry('approve', 'ana', { decision_id, at: at(2000) }));
  expect(given()).toMatchObject([{ action: 'revoke_token' }]);
});

describe('a later revision about other work of the agent', () => {
  const credential = (name: string) => ({
    agent_uid: 'agent-a',
    task_id: `task-${name}`,
    credential_uid: `key-${name}`,
  });
  const revised = (journal: Journal, names: string) =>
    [...names].forEach((name, n) => {
      const over = { revision: n + 1, detected_at: at(n), subject: credential(name) };
      journal.add(alertEntry('a', over));
    });

  test('leaves what was kept for the earlier, and replaces what was kept for the same', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: SPENT, rules: ON_KEY }));
    revised(journal, 'xyzx');
    const reasons = journal.decisions.slice(0, 4).map(({ decision_id }) => {
      journal.add(actEntry('approve', 'ana', { decision_id, at: at(2000) }));
      return journal.decisions.at(-1)?.withheld_reason;
    });
    expect(reasons).toEqual(['nothing_to_approve', null, null, null]);
  });

  test('replaces an order on the whole agent, which would be the same', () => {
    const journal = new Journal();
    const rules = [{ actions: [{ action: 'disable_agent', level: 'agent' }] }];
    journal.add(policyEntry({ limits: SPENT, rules }));
    revised(journal, 'xy');
    const { decision_id } = journal.decisions[0] ?? {};
    journal.add(actEntry('approve', 'ana', { decision_id, at: at(2000) }));
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('nothing_to_approve');
  });

  test('leaves them on the list of what a pause held back', () => {
    const journal = new Journal();
    journal.add(policyEntry({ rules: ON_KEY }), actEntry('pause', 'ana'), actEntry('pause', 'ben'));
    revised(journal, 'xyzx');
    const inHand = withheldByPause(journal.transaction, TENANT, Date.parse(at(2000)));
    const decided = journal.decisions.slice(-4).map(({ decision_id: id }) => id);
    expect(inHand.decisions.map(({ decisionId }) => decisionId)).toEqual(decided.slice(1));
  });

  test('replaces what was kept for another agent', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: SPENT, rules: ON_KEY }));
    revised(journal, 'x');
    const other = { ...credential('y'), agent_uid: 'agent-b' };
    journal.add(alertEntry('a', { revision: 2, detected_at: at(1), subject: other }));
    const { decision_id } = journal.decisions[0] ?? {};
    journal.add(actEntry('approve', 'ana', { decision_id, at: at(2000) }));
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('nothing_to_approve');
  });
});
