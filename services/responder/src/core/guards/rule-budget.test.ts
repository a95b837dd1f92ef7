/**
 * Guarantees: no source can spend what others have, no agent all of it, none is believed to be two, a mixed or unknown one
 * spends what those share, and no number of sources is a way around three times the limit.
 */
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  Journal,
  lineageEntry,
  policyEntry,
  receiptEntry,
  registryEntry,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { tenantPolicy } from '../model/tenant-policy.ts';
import { RULE_BUDGETS, SPENT_SHOWN_MAX, spentBudgets } from './rule-budget.ts';

const LIMIT = 2;

function started(): Journal {
  const journal = new Journal();
  journal.add(policyEntry({ limits: { subjects: LIMIT } }));
  return journal;
}

/** The reasons of one alert for each name, all on the word of these sources. */
function told(journal: Journal, names: string, sources?: readonly string[]) {
  const before = journal.decisions.length;
  for (const name of names) {
    journal.add(alertEntry(name, sources === undefined ? {} : { sources: [...sources] }));
  }
  return journal.decisions.slice(before).map((one) => one.withheld_reason ?? 'acted');
}

const spentNow = (journal: Journal) => {
  const policy = tenantPolicy(journal.transaction, TENANT);
  if (policy === undefined) throw new Error('No policy was given.');
  return spentBudgets(journal.transaction, policy, {
    tenantId: TENANT,
    ruleId: 'hijack-task',
    nowMs: 0,
  });
};

describe('one source', () => {
  test('spends its own budget and leaves those of others, and the decision names it', () => {
    const journal = started();
    expect(told(journal, 'abc', ['gateway/a'])).toEqual(['acted', 'acted', 'budget_exceeded']);
    expect(journal.decisions.at(-1)).toMatchObject({
      degraded_to: 'require_step_up',
      budget: { of: 'source', source: 'gateway/a', counted: 'subjects', max: LIMIT },
    });
    expect(told(journal, 'de', ['gateway/b'])).toEqual(['acted', 'acted']);
    expect(journal.decisions.at(-1)?.budget).toBeUndefined();
    expect(spentNow(journal)).toMatchObject([{ of: 'source', source: 'gateway/a' }]);
  });

  test('of agents too: a share of the fleet is one source’s, and three shares are the rule’s', () => {
    const journal = new Journal();
    const agents = Array.from({ length: 20 }, (_, n) => ({ uid: `agent-${n}` }));
    journal.add(registryEntry({ agents }), policyEntry({ limits: { fleet_share: 0.05 } }));
    const all = ['a', 'b', 'c', 'd'].map((one, n) => {
      const [first = ''] = told(journal, `${n}`, [`gateway/${one}`]);
      return first;
    });
    expect(all).toEqual(['acted', 'acted', 'acted', 'budget_exceeded']);
    expect(journal.decisions.at(-1)?.budget).toEqual({ of: 'rule', counted: 'agents', max: 3 });
    expect(told(journal, '5', ['gateway/a'])).toEqual(['budget_exceeded']);
    expect(journal.decisions.at(-1)?.budget).toMatchObject({ source: 'gateway/a', max: 1 });
  });

  test('pays for what it says again of another’s subject', () => {
    const journal = started();
    const subject = { agent_uid: 'agent-x', task_id: 'x' };
    const short = policyEntry({ limits: { subjects: 1 }, rules: [{ expires: '1s' }], seq: 2 });
    journal.add(short, alertEntry('x', { subject, sources: ['gateway/a'] }));
    const detected_at = '2026-11-24T09:00:02.000000000Z';
    journal.add(alertEntry('y', { subject, sources: ['gateway/b'], detected_at }));
    expect(journal.decisions.at(-1)?.withheld_reason).toBeNull();
    for (const source of ['gateway/a', 'gateway/b']) {
      journal.add(alertEntry(source, { sources: [source], detected_at }));
      expect(journal.decisions.at(-1)?.budget).toMatchObject({ of: 'source', source });
    }
  });
});

describe('one agent', () => {
  const sources = ['gateway/a'];
  const started = () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { subjects: 10 } }));
    return journal;
  };
  /** One alert that is told of one task after the other. */
  const tasks = (journal: Journal, agent_uid: string, count: number) => {
    const before = journal.decisions.length;
    for (let n = 0; n < count; n += 1) {
      const subject = { agent_uid, task_id: `${agent_uid}-${n}` };
      journal.add(alertEntry(agent_uid, { revision: n + 1, subject, sources }));
    }
    const made = journal.decisions.slice(before);
    return made.map((one) => one.withheld_reason ?? 'acted');
  };

  test('leaves the last of its budget to whom the rule has not contained', () => {
    const journal = started();
    const all = tasks(journal, 'noisy', 30);
    expect(all.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => 'acted'));
    expect(new Set(all.slice(7))).toEqual(new Set(['budget_exceeded']));
    expect(journal.decisions.at(-1)).toMatchObject({
      degraded_to: 'require_step_up',
      budget: { counted: 'subjects', max: 7 },
    });
    expect(told(journal, 'abcd', sources)).toEqual(['acted', 'acted', 'acted', 'budget_exceeded']);
    expect(journal.decisions.at(-1)?.budget).toMatchObject({ max: 10 });
  });

  test('shares what is left with another one that goes on', () => {
    const journal = started();
    expect(tasks(journal, 'x', 4)).not.toContain('budget_exceeded');
    expect(tasks(journal, 'y', 4)).toEqual(['acted', 'acted', 'acted', 'budget_exceeded']);
    expect(told(journal, 'a', sources)).toEqual(['acted']);
  });

  test('has all of a budget of one', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { subjects: 1 } }));
    expect(tasks(journal, 'x', 2)).toEqual(['acted', 'budget_exceeded']);
  });
});

describe('several sources, or unknown ones', () => {
  test('share one budget, which is not that of a source', () => {
    const journal = started();
    expect(told(journal, 'a')).toEqual(['acted']);
    expect(told(journal, 'b', ['gateway/a', 'gateway/b'])).toEqual(['acted']);
    expect(told(journal, 'c', ['gateway/a', 'gateway/c'])).toEqual(['budget_exceeded']);
    expect(journal.decisions.at(-1)?.budget).toEqual({
      of: 'shared',
      counted: 'subjects',
      max: LIMIT,
    });
    expect(told(journal, 'd', ['gateway/a'])).toEqual(['acted']);
  });
});

describe('the rule', () => {
  test('has three budgets in all, however many sources there are', () => {
    const journal = started();
    const names = Array.from({ length: LIMIT * RULE_BUDGETS + 1 }, (_, n) => `${n}`);
    const all = names.flatMap((name) => told(journal, name, [`gateway/${name}`]));
    expect(all.filter((one) => one === 'acted')).toHaveLength(LIMIT * RULE_BUDGETS);
    expect(journal.decisions.at(-1)?.budget).toEqual({
      ...{ of: 'rule', counted: 'subjects', max: LIMIT * RULE_BUDGETS },
    });
  });

  test('remembers a bounded number of spent budgets, the latest', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { subjects: 0 } }));
    for (let n = 0; n < SPENT_SHOWN_MAX + 3; n++) told(journal, 'a', [`gateway/${n}`]);
    const spent = spentNow(journal);
    expect(spent).toHaveLength(SPENT_SHOWN_MAX);
    expect(spent.at(-1)?.source).toBe(`gateway/${SPENT_SHOWN_MAX + 2}`);
  });

  test('goes on with what an earlier version has counted, as of no source', () => {
    const journal = started();
    const admitted = ['p', 'q'].map((subject) => ({
      subject,
      agentUid: subject,
      atMs: Date.parse('2026-11-24T09:00:00Z'),
    }));
    journal.transaction.put(`budget|${TENANT}|hijack-task`, admitted);
    expect(told(journal, 'a')).toEqual(['budget_exceeded']);
    expect(told(journal, 'b', ['gateway/a'])).toEqual(['acted']);
  });
});

describe('what follows upon an order', () => {
  const sources = ['gateway/a'];

  test('spends the budget of the source on whose word it was given: an escalation', () => {
    const journal = new Journal();
    const agents = [{ uid: 'agent-a', class: 'autonomous' }];
    const limits = { subjects: 1, window: '1h' };
    const policy = policyEntry({ limits, rules: [{ expires: '12h' }] });
    journal.add(registryEntry({ agents }), policy, alertEntry('a', { sources }));
    const [order] = journal.commands;
    if (order === undefined) throw new Error('Nothing was ordered.');
    // Its own subject is out of the window, and the budget another's.
    journal.add(alertEntry('b', { sources, detected_at: '2026-11-24T10:00:00.000000000Z' }));
    journal.add(receiptEntry(order, { state: 'failed' }));
    expect(journal.decisions.at(-1)?.rule_id).toContain('/escalates/');
    expect(journal.decisions.at(-1)?.budget).toMatchObject({ of: 'source', source: 'gateway/a' });
  });

  test('and one that reaches whom access was handed on to', () => {
    const journal = started();
    const acts_for = [{ agent_uid: 'agent-a' }];
    journal.add(lineageEntry('a'));
    for (const name of ['b', 'c']) journal.add(lineageEntry(name, { acts_for }));
    const subject = { agent_uid: 'agent-a', task_id: 'work' };
    journal.add(alertEntry('a', { subject, sources }));
    const last = journal.decisions.at(-1);
    expect(last?.rule_id).toContain('/reaches/');
    expect(last?.budget).toMatchObject({ of: 'source', source: 'gateway/a' });
    expect(told(journal, 'z', ['gateway/b'])).toEqual(['acted']);
  });
});
