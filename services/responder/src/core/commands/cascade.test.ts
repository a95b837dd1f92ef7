/** Guarantee: an order reaches what was handed on from its subject, nobody else, and says why. */
import type { JournalEntry, LineageFact } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAlert,
  at,
  Journal,
  lineageEntry,
  type PolicyOver,
  policyEntry,
  registryEntry,
  TENANT,
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const by = (...names: readonly string[]): NonNullable<LineageFact['acts_for']> =>
  names.map((name) => ({ agent_uid: `agent-${name}`, ref: `hand-over-${name}` }));

/** a hands on to b, b to c, c to d: three delegations in one task. */
const CHAIN: readonly JournalEntry[] = [
  lineageEntry('a', { delegated_as: 'hand-over-a', requested_by: 'alice' }),
  lineageEntry('b', { acts_for: by('a') }),
  lineageEntry('c', { acts_for: by('a', 'b'), approved_by: 'bob' }),
  lineageEntry('d', { acts_for: by('a', 'b', 'c') }),
];
const ON_A = alertEntry('a', { subject: { agent_uid: 'agent-a', task_id: 'work' } });

function after(
  entries: readonly JournalEntry[],
  { policy = {}, registry = {} }: { policy?: PolicyOver; registry?: object } = {},
): Journal {
  const journal = new Journal();
  journal.add(policyEntry(policy), registryEntry({ receivers: [], ...registry }), ...entries);
  return journal;
}

const taken = (journal: Journal) =>
  journal.commands.map(({ action, target }) => `${action} ${target.agent_uid}`);
const reasons = (journal: Journal) =>
  Object.fromEntries(journal.decisions.map((one) => [one.agent_uid, one.withheld_reason]));

describe('three delegations', () => {
  test('an order on the first reaches the last, each in its task, with a decision that says why', () => {
    const journal = after([...CHAIN, ON_A]);
    expect(taken(journal)).toEqual(['a', 'b', 'c', 'd'].map((one) => `revoke_token agent-${one}`));
    for (const { target, drain } of journal.commands) {
      expect(target).toMatchObject({ level: 'task', task_id: 'work' });
      expect(drain).toBe('finish_unit_then_stop');
    }
    const last = journal.decisions.find((one) => one.agent_uid === 'agent-d');
    expect(last?.follows?.why).toMatch(/agent-d acts in task work on a delegation by agent-/);
    expect(last?.follows?.command_id).toBe(journal.commands[0]?.command_id);
    expect(new Set(journal.decisions.map((one) => one.decision_id)).size).toBe(4);
    expect(new Set(journal.commands.map((one) => one.containment_id)).size).toBe(4);
  });

  test('the decision names credential, task, who handed on, who asked and who approved', () => {
    const registry = {
      agents: [
        {
          uid: 'agent-a',
          class: 'autonomous',
          risk_review: { by: 'ciso', at: '2026-10-01', expires: '2027-04-01' },
        },
      ],
    };
    const journal = after([...CHAIN, ON_A], { registry });
    const last = journal.decisions.find((one) => one.agent_uid === 'agent-d');
    expect(last?.lineage?.holders.map((one) => one.agent_uid)).toEqual(
      ['d', 'c', 'b', 'a'].map((one) => `agent-${one}`),
    );
    expect(last?.lineage).toMatchObject({
      requested_by: 'alice',
      approved_by: ['bob'],
      reviewed_by: 'ciso',
      words:
        'agent-d acts in task work for agent-c, who acts for agent-b, who acts for agent-a; alice asked for it; approved by bob; ciso answered for the risk review.',
    });
  });

  test('an order in the middle leaves who stands above alone', () => {
    const on = alertEntry('b', { subject: { agent_uid: 'agent-b', task_id: 'work' } });
    expect(taken(after([...CHAIN, on]))).toEqual(
      ['b', 'c', 'd'].map((one) => `revoke_token agent-${one}`),
    );
  });

  test('whoever becomes known after the order is reached too, and nobody twice', () => {
    const journal = after([...CHAIN.slice(0, 2), ON_A]);
    expect(taken(journal)).toHaveLength(2);
    journal.add(...CHAIN, ...CHAIN, alertEntry('a', { ...ON_A, revision: 2 }));
    expect(taken(journal).filter((one) => one.endsWith('-d'))).toHaveLength(1);
    expect(taken(journal)).toHaveLength(4);
  });

  test('they are found whoever is read first', () => {
    expect(taken(after([...CHAIN.toReversed(), ON_A])).toSorted()).toEqual(
      taken(after([...CHAIN, ON_A])).toSorted(),
    );
  });

  test('withdrawing the alert restores all of them', () => {
    const journal = after([...CHAIN, ON_A]);
    journal.add({
      kind: 'alert',
      alert: anAlert('a', { state: 'withdrawn', revision: 2, detected_at: at(1000) }),
    });
    const restored = journal.commands.filter((one) => one.action === 'restore');
    expect(restored.map((one) => one.target.agent_uid).toSorted()).toEqual(
      ['a', 'b', 'c', 'd'].map((one) => `agent-${one}`),
    );
  });

  test('who takes the order back by hand takes back what it reached', () => {
    const journal = after([...CHAIN, ON_A]);
    const act = {
      act_id: uuid('act'),
      tenant_id: TENANT,
      act: 'restore' as const,
      by: 'ana',
      at: at(1000),
      reason: 'It was meant.',
      order_id: journal.commands[0]?.command_id,
    };
    journal.add({ kind: 'act', act });
    expect(journal.commands.filter((one) => one.action === 'restore')).toHaveLength(4);
    journal.add(lineageEntry('e', { acts_for: by('a') }));
    expect(taken(journal).filter((one) => one.endsWith('-e'))).toEqual([]);
  });

  test('what follows upon each is decided once each, and ends with what it followed', () => {
    const journal = after([...CHAIN, ON_A]);
    const ends = new Set(journal.commands.map((one) => one.expires_at));
    expect(ends.size).toBe(1);
    journal.add(timeEntry(60 * 60_000 - 1000));
    const ids = journal.decisions.map((one) => one.decision_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(journal.decisions.filter((one) => one.rule_id.includes('/lapses/'))).toHaveLength(4);
  });
});

describe('guards, asked about each', () => {
  test('who is never revoked keeps what it has, and so do those to whom it handed on', () => {
    const journal = after([...CHAIN, ON_A], { policy: { neverRevoke: ['agent-b'] } });
    expect(reasons(journal)).toEqual({
      'agent-a': null,
      'agent-b': 'never_revoke',
      'agent-c': 'above_not_taken',
      'agent-d': 'above_not_taken',
    });
    expect(taken(journal)).toEqual(['revoke_token agent-a']);
  });

  test('a descent that is only asserted takes nobody', () => {
    const claimed = lineageEntry('b', { acts_for: by('a'), assurance: 'asserted' });
    const journal = after([lineageEntry('a'), claimed, ON_A]);
    expect(reasons(journal)).toEqual({ 'agent-a': null, 'agent-b': 'claim_only_asserted' });
    // Proven since, it counts: what was left for want of proof is not decided again by itself.
    expect(taken(journal)).toEqual(['revoke_token agent-a']);
  });

  test('who hands on can’t draw others into its own fall', () => {
    const named = lineageEntry('a', { delegated_as: 'hand-over-a' });
    expect(taken(after([named, lineageEntry('b'), ON_A]))).toEqual(['revoke_token agent-a']);
  });

  test('who also works for somebody else in that task is a bystander', () => {
    const both = [
      lineageEntry('b', { acts_for: by('a') }),
      lineageEntry('b', { acts_for: by('z') }),
    ];
    const journal = after([lineageEntry('a'), lineageEntry('z'), ...both, ON_A]);
    expect(reasons(journal)).toEqual({ 'agent-a': null, 'agent-b': 'bystanders_affected' });
  });

  test('in its blackout it is left, and those below it are not', () => {
    const agents = ['a', 'b', 'c', 'd'].map((name) => ({
      uid: `agent-${name}`,
      class: 'autonomous',
      ...(name === 'b' ? { blackout: ['daily 00:00-23:59'] } : {}),
    }));
    const journal = after([...CHAIN, ON_A], { registry: { agents } });
    expect(reasons(journal)).toMatchObject({
      'agent-b': 'blackout',
      'agent-c': null,
      'agent-d': null,
    });
  });

  test('each counts against the budget of the rule; beyond it each is asked instead', () => {
    const journal = after([...CHAIN, ON_A], { policy: { limits: { subjects: 2 } } });
    expect(taken(journal)).toEqual([
      'revoke_token agent-a',
      'revoke_token agent-b',
      'require_step_up agent-c',
      'require_step_up agent-d',
    ]);
    expect(reasons(journal)['agent-d']).toBe('budget_exceeded');
  });

  test('a rule in shadow reaches nobody', () => {
    const journal = after([...CHAIN, ON_A], { policy: { rules: [{ mode: 'shadow' }] } });
    expect(journal.decisions).toHaveLength(1);
  });

  test('an order that reaches too many takes the nearest, and says that there are more', () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      lineageEntry(`n${n}`, { acts_for: by('a') }),
    );
    const journal = after([lineageEntry('a'), ...many, ON_A]);
    expect(taken(journal)).toHaveLength(65);
    expect(journal.decisions.filter((one) => one.withheld_reason === 'cascade_limit')).toHaveLength(
      1,
    );
    journal.add(...many);
    expect(taken(journal)).toHaveLength(65);
  });
});

describe('invented delegates', () => {
  const fakes = (n: number) =>
    Array.from({ length: n }, (_, i) =>
      lineageEntry(`x${i}`, { assurance: 'asserted', acts_for: by('a') }),
    );
  const own = lineageEntry('a');
  const real = lineageEntry('b', { acts_for: by('a') });
  const both = ['revoke_token agent-a', 'revoke_token agent-b'];

  test.each([64, 200])('stand in the way of none that is proven (%i)', (n) => {
    expect(taken(after([own, ...fakes(n), real, ON_A]))).toEqual(both);
    expect(taken(after([own, real, ...fakes(n), ON_A]))).toEqual(both);
    const late = after([own, ...fakes(n), ON_A, real]);
    expect(taken(late)).toEqual(both);
    const limits = late.decisions.filter((one) => one.withheld_reason === 'cascade_limit');
    expect(limits.map((one) => one.rule_id)).toEqual(
      n > 64 ? [expect.stringContaining('limit-asserted')] : [],
    );
  });

  test('nor do invented parents push out the one who handed on', () => {
    const parents = Array.from({ length: 40 }, (_, i) =>
      lineageEntry('b', { assurance: 'asserted', acts_for: by(`z${i}`) }),
    );
    expect(taken(after([own, real, ...parents, ON_A]))).toEqual(both);
  });

  test('nor does an assertion about one take the place of what it proves later', () => {
    const claimed = lineageEntry('b', { assurance: 'asserted', acts_for: by('a') });
    const journal = after([own, claimed, ON_A]);
    expect(taken(journal)).toEqual(['revoke_token agent-a']);
    journal.add(real);
    expect(taken(journal)).toEqual(both);
  });

  test('draw nobody in who has a credential of them, however proven that is', () => {
    const ghost = lineageEntry('a', { assurance: 'asserted', credential_uid: 'key-c' });
    const made = { credential_uid: 'made-c', parent_credential_uid: 'key-c', task_id: 'theirs' };
    const journal = after([ghost, lineageEntry('c', made), ON_A]);
    expect(taken(journal)).toEqual(['revoke_token agent-a']);
    expect(reasons(journal)['agent-c']).toBe('claim_only_asserted');
  });

  test('and others who are invented leave a step-up instead of nothing', () => {
    const other = lineageEntry('z', { delegated_as: 'hand-over-z' });
    const claimed = lineageEntry('b', { assurance: 'asserted', acts_for: by('z') });
    const journal = after([own, other, real, claimed, ON_A]);
    expect(taken(journal)).toEqual(['revoke_token agent-a', 'require_step_up agent-b']);
    expect(journal.decisions.at(-1)).toMatchObject({
      withheld_reason: 'bystanders_affected',
      degraded_to: 'require_step_up',
    });
  });
});

describe('one whom the order would have reached', () => {
  const decisionOn = (journal: Journal, name: string) =>
    journal.decisions.find((one) => one.agent_uid === `agent-${name}` && one.follows !== undefined)
      ?.decision_id;
  const approve = (journal: Journal, name: string, ...people: readonly string[]) => {
    const decision_id = decisionOn(journal, name) ?? '';
    for (const person of people) journal.add(actEntry('approve', person, { decision_id }));
    return journal.decisions.at(-1)?.withheld_reason;
  };
  /** b's and z's task are the same hand-over: what is taken from b is taken from z. */
  const shared = [lineageEntry('a'), lineageEntry('b', { acts_for: by('a', 'z') })];
  const theirs = lineageEntry('z', { task_id: 'theirs', delegated_as: 'hand-over-z' });

  test('and who was spared for others’ sake is taken when two people approve it, and given back with it', () => {
    const journal = after([...shared, theirs, ON_A]);
    expect(reasons(journal)['agent-b']).toBe('bystanders_affected');
    expect(approve(journal, 'b', 'ana')).toBe('second_person_needed');
    expect(taken(journal)).toEqual(['revoke_token agent-a']);
    expect(approve(journal, 'b', 'ben')).toBeNull();
    const given = journal.commands.at(-1);
    expect(given).toMatchObject({ action: 'revoke_token', initiating_entity: 'admin' });
    expect(given?.target.agent_uid).toBe('agent-b');
    expect(given?.approvals.map((one) => one.by)).toEqual(['ana', 'ben']);
    expect(given?.expires_at).toBe(journal.commands[0]?.expires_at);
    const order_id = journal.commands[0]?.command_id ?? '';
    for (const person of ['ana', 'ben']) journal.add(actEntry('restore', person, { order_id }));
    expect(taken(journal).slice(-2).toSorted()).toEqual(['restore agent-a', 'restore agent-b']);
  });

  test('and who was only asked, for the budget’s sake, is taken when one approves it', () => {
    const journal = after([...CHAIN, ON_A], { policy: { limits: { subjects: 2 } } });
    expect(approve(journal, 'd', 'ana')).toBeNull();
    expect(taken(journal).at(-1)).toBe('revoke_token agent-d');
    const order_id = journal.commands[0]?.command_id ?? '';
    journal.add(actEntry('restore', 'ana', { order_id }));
    const back = journal.commands.filter((one) => one.action === 'restore');
    expect(back.filter((one) => one.target.agent_uid === 'agent-d')).toHaveLength(2);
  });

  test.each([
    ['rule_in_shadow', { mode: 'shadow' }],
    ['claim_only_asserted', { assurance_min: 'attested' }],
  ])('is not taken under a rule that was changed since: %s', (reason, rule) => {
    const limits = { subjects: 2 };
    const journal = after([...CHAIN, ON_A], { policy: { limits } });
    const before = taken(journal);
    journal.add(policyEntry({ limits, rules: [rule], seq: 2 }));
    expect(approve(journal, 'd', 'ana')).toBe(reason);
    expect(taken(journal)).toEqual(before);
  });

  test('is left once the order that reached it was taken back, and whoever is never revoked always', () => {
    const journal = after([...shared, theirs, ON_A]);
    const order_id = journal.commands[0]?.command_id ?? '';
    journal.add(actEntry('restore', 'ana', { order_id }));
    expect(approve(journal, 'b', 'ana', 'ben')).toBe('nothing_to_approve');
    const never = after([...CHAIN, ON_A], { policy: { neverRevoke: ['agent-b'] } });
    expect(approve(never, 'b', 'ana', 'ben')).toBe('nothing_to_approve');
    expect(taken(never)).toEqual(['revoke_token agent-a']);
  });
});

describe('credentials', () => {
  const onCredential = alertEntry('a', {
    subject: { agent_uid: 'agent-a', task_id: 'work', credential_uid: 'token-a' },
  });
  const policy = {
    rules: [{ actions: [{ action: 'revoke_credential', level: 'credential' }] }],
  };
  const made = [
    lineageEntry('a', { credential_uid: 'token-a' }),
    lineageEntry('b', {
      task_id: 'other',
      credential_uid: 'token-b',
      parent_credential_uid: 'token-a',
    }),
    lineageEntry('c', {
      task_id: 'third',
      credential_uid: 'token-c',
      parent_credential_uid: 'token-b',
    }),
    lineageEntry('d', { acts_for: by('a'), credential_uid: 'token-d' }),
  ];

  test('what was made of a credential goes with it, and nothing else of its holders', () => {
    const journal = after([...made, onCredential], { policy });
    expect(
      journal.commands.map(({ action, target }) => [action, target.level, target.credential_uid]),
    ).toEqual([
      ['revoke_credential', 'credential', 'token-a'],
      ['revoke_token', 'credential', 'token-b'],
      ['revoke_token', 'credential', 'token-c'],
    ]);
  });

  test('one that others use too is left, since they would lose it', () => {
    const shared = lineageEntry('z', { task_id: 'theirs', credential_uid: 'token-c' });
    const journal = after([...made, shared, onCredential], { policy });
    expect(reasons(journal)).toMatchObject({ 'agent-b': null, 'agent-c': 'bystanders_affected' });
  });

  test('disabling an agent reaches what it handed on in each of its tasks', () => {
    const entries = ['one', 'two'].flatMap((task_id) => [
      lineageEntry('a', { task_id }),
      lineageEntry('b', { task_id, acts_for: by('a') }),
    ]);
    const journal = after([...entries, ON_A], {
      policy: { rules: [{ actions: [{ action: 'disable_agent', level: 'agent' }] }] },
    });
    expect(journal.commands.map(({ target }) => [target.agent_uid, target.task_id])).toEqual([
      ['agent-a', undefined],
      ['agent-b', 'one'],
      ['agent-b', 'two'],
    ]);
  });

  test('what was handed on in work that has been over for days is left until it goes on', () => {
    const days = (n: number) => n * 86_400_000;
    const over = { task_id: 'over', acts_for: by('a') };
    const late = (name: string, of: object, n: number) =>
      lineageEntry(name, { ...of, event_time: at(days(n)) });
    const on = alertEntry('a', {
      ...{ subject: { agent_uid: 'agent-a' }, detected_at: at(days(3)) },
    });
    const journal = after(
      [lineageEntry('a', { task_id: 'over' }), lineageEntry('b', over), timeEntry(days(3)), on],
      { policy: { rules: [{ actions: [{ action: 'disable_agent', level: 'agent' }] }] } },
    );
    expect(taken(journal)).toEqual(['disable_agent agent-a']);
    journal.add(late('b', over, 3));
    expect(taken(journal)).toEqual(['disable_agent agent-a', 'revoke_token agent-b']);
  });

  test('a delegate with a task of its own is known by the hand-over’s id', () => {
    const journal = after([
      lineageEntry('a', { delegated_as: 'hand-over-a' }),
      lineageEntry('b', { task_id: 'its own', acts_for: by('a') }),
      ON_A,
    ]);
    expect(journal.commands[1]?.target).toMatchObject({ agent_uid: 'agent-b', task_id: 'its own' });
  });
});
