import type { Alert, JournalEntry } from '@waywarden/schemas';
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
  receiptEntry,
  registryEntry,
} from '../../testing/response-fixtures.ts';

/** The only decision and the commands after one alert under one policy. */
function decided(entries: readonly JournalEntry[]): {
  reason: string | null;
  reasons: readonly string[];
  commands: number;
  wouldBe: boolean;
} {
  const journal = new Journal();
  journal.add(...entries);
  const [decision] = journal.decisions;
  if (!decision || journal.decisions.length !== 1) throw new Error('One decision was expected.');
  return {
    reason: decision.withheld_reason,
    reasons: decision.withheld_reasons ?? [],
    commands: journal.commands.length,
    wouldBe: decision.would_be_command !== null,
  };
}

test('an enforced rule with nothing against it issues its command', () => {
  expect(decided([policyEntry(), alertEntry('a')])).toEqual({
    reason: null,
    reasons: [],
    commands: 1,
    wouldBe: true,
  });
});

describe('nothing is issued, and the decision says why, when', () => {
  test('the rule is in shadow', () => {
    const got = decided([policyEntry({ rules: [{ mode: 'shadow' }] }), alertEntry('a')]);
    expect(got).toEqual({
      reason: 'rule_in_shadow',
      reasons: ['rule_in_shadow'],
      commands: 0,
      wouldBe: true,
    });
  });

  test('the rule only warns', () => {
    const got = decided([policyEntry({ rules: [{ mode: 'warn' }] }), alertEntry('a')]);
    expect(got).toEqual({
      reason: 'rule_in_warn',
      reasons: ['rule_in_warn'],
      commands: 0,
      wouldBe: true,
    });
  });

  test.each(['asserted', 'inferred', 'unresolved'] as const)(
    'the alert rests on an %s claim, even if the rule asks for no more',
    (assurance) => {
      const got = decided([
        policyEntry({ rules: [{ assurance_min: assurance }] }),
        alertEntry('a', { decisive_assurance: assurance }),
      ]);
      expect(got).toMatchObject({ reason: 'claim_only_asserted', commands: 0 });
    },
  );

  test('the alert does not say on what it rests', () => {
    const { decisive_assurance: _, ...alert } = anAlert('a');
    const got = decided([policyEntry(), { kind: 'alert', alert }]);
    expect(got).toMatchObject({ reason: 'claim_only_asserted', commands: 0 });
  });

  test('the rule asks for more than the alert rests on', () => {
    const got = decided([policyEntry({ rules: [{ assurance_min: 'attested' }] }), alertEntry('a')]);
    expect(got).toMatchObject({ reason: 'claim_only_asserted', commands: 0 });
  });

  test.each([
    'capability_inferred',
    'order_undetermined',
    'proof_not_minimal',
    'possibly_exercised',
    'grant_unknown',
    'a_caveat_of_a_later_version',
  ])('the assembly has the caveat %s', (caveat) => {
    const assembly = anAssembly({ caveats: [caveat] });
    const got = decided([policyEntry(), alertEntry('a', { assembly })]);
    expect(got).toMatchObject({ reason: caveat, commands: 0 });
  });

  test('the proof is not minimal', () => {
    const assembly = anAssembly({ proof_minimal: false });
    const got = decided([policyEntry(), alertEntry('a', { assembly })]);
    expect(got).toMatchObject({ reason: 'proof_not_minimal', commands: 0 });
  });

  test('two agents together scored only just enough, and nothing shows that the text was handed over', () => {
    const judged = (score: number, level: string): Partial<Alert> => ({
      score,
      reasons: [
        {
          ...{ feature: 'instruction_match', text: 'It obeys passage 1.' },
          ...{ threshold: 3.5, threshold_source: 'static', level },
        },
      ],
    });
    const asked = (over: Partial<Alert>) => decided([policyEntry(), alertEntry('a', over)]);
    expect(asked(judged(4.3, 'chain'))).toMatchObject({ reason: 'near_threshold', commands: 0 });
    expect(asked(judged(4.4, 'chain'))).toMatchObject({ reason: null, commands: 1 });
    expect(asked(judged(3.6, 'call'))).toMatchObject({ reason: null, commands: 1 });
  });

  test('what was found is only listed, and nobody is shown it as an alert', () => {
    const got = decided([policyEntry(), alertEntry('a', { hygiene: true })]);
    expect(got).toMatchObject({ reason: 'only_listed', commands: 0 });
  });

  test('it is about what agents have in common, whose name may also be that of an agent', () => {
    const got = decided([policyEntry(), alertEntry('a', { rule_id: 'common-cause' })]);
    expect(got).toMatchObject({ reason: 'target_incomplete', commands: 0 });
  });

  test('the policy lists the agent as never to be revoked', () => {
    const got = decided([policyEntry({ neverRevoke: ['agent-a'] }), alertEntry('a')]);
    expect(got).toMatchObject({ reason: 'never_revoke', commands: 0 });
  });

  test('the registry lists the agent as never to be revoked', () => {
    const registry = registryEntry({ agents: [{ uid: 'agent-a', never_revoke: true }] });
    expect(decided([registry, policyEntry(), alertEntry('a')])).toMatchObject({
      reason: 'never_revoke',
      commands: 0,
    });
  });

  test('the cut would hit another agent which is never to be revoked', () => {
    const target = { level: 'tool', tenant_id: 'acme', agent_uid: 'soar', tool: 'mail/send' };
    const cut = [{ action: 'block_tool', target, stops: 'sending', collateral: [] }];
    const rules = [{ actions: [{ action: 'block_tool', level: 'tool' }] }];
    const alert = alertEntry('a', { assembly: anAssembly({ cut }) });
    expect(decided([policyEntry({ rules }), alert])).toMatchObject({ reason: null, commands: 1 });
    expect(decided([policyEntry({ rules, neverRevoke: ['soar'] }), alert])).toMatchObject({
      reason: 'never_revoke',
      commands: 0,
    });
  });

  test('the alert is not evaluable', () => {
    const got = decided([policyEntry(), alertEntry('a', { evaluable: false })]);
    expect(got).toMatchObject({ reason: 'not_evaluable', commands: 0 });
  });

  test('the action would take bystanders', () => {
    const target = { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a', task_id: 'task-a' };
    const cut = [{ action: 'revoke_token', target, stops: 'all', collateral: ['agent-b'] }];
    const got = decided([policyEntry(), alertEntry('a', { assembly: anAssembly({ cut }) })]);
    expect(got).toMatchObject({ reason: 'bystanders_affected', commands: 0 });
  });

  test('the target is incomplete: no command is even described', () => {
    const got = decided([policyEntry(), alertEntry('a', { subject: { agent_uid: 'agent-a' } })]);
    expect(got).toEqual({
      reason: 'target_incomplete',
      reasons: ['target_incomplete'],
      commands: 0,
      wouldBe: false,
    });
  });

  test('nobody would receive the command', () => {
    const got = decided([policyEntry({ receivers: [] }), alertEntry('a')]);
    expect(got).toMatchObject({ reason: 'no_receiver', commands: 0 });
  });
});

test('all guards that speak are recorded, the decisive one first', () => {
  const got = decided([
    policyEntry({ rules: [{ mode: 'shadow' }], neverRevoke: ['agent-a'] }),
    alertEntry('a', { decisive_assurance: 'asserted', evaluable: false }),
  ]);
  expect(got.reasons).toEqual([
    'rule_in_shadow',
    'claim_only_asserted',
    'never_revoke',
    'not_evaluable',
  ]);
});

test('a rule that does not match leaves no decision', () => {
  const none = (rule: object, alert: Parameters<typeof alertEntry>[1] = {}) => {
    const journal = new Journal();
    journal.add(
      policyEntry({ rules: [{ when: { kind: ['hijack_suspected'], ...rule } }] }),
      alertEntry('a', alert),
    );
    return journal.decisions.length;
  };
  expect(none({})).toBe(1);
  expect(none({ kind: ['task_overrun'] })).toBe(0);
  expect(none({ severity_min: 'critical' })).toBe(0);
  expect(none({ confidence_min: 0.9 })).toBe(0);
  expect(none({ confidence_min: 0.9 }, { confidence: 0.95 })).toBe(1);
  expect(none({ classes: ['autonomous'] })).toBe(0);
  expect(none({ classes: ['autonomous'] }, { subject_class: 'autonomous' })).toBe(1);
});

describe('a credential that others use', () => {
  const SHARED = { credential_uid: 'shared' };
  const subject = { agent_uid: 'agent-a', task_id: 'task-a', ...SHARED };
  const order = (action: string, level: string) =>
    policyEntry({ rules: [{ actions: [{ action, level }] }] });
  const REVOKE = order('revoke_credential', 'credential');
  const alert = alertEntry('a', { subject });
  const own = lineageEntry('a', { task_id: 'task-a', ...SHARED, delegated_as: 'h' });

  test('is not taken from them by a rule, whatever the cut says; two people may', () => {
    const journal = new Journal();
    journal.add(REVOKE, own, lineageEntry('b', SHARED), alert);
    const [decision] = journal.decisions;
    expect(decision?.withheld_reason).toBe('bystanders_affected');
    const decision_id = decision?.decision_id ?? '';
    journal.add(actEntry('approve', 'ana', { decision_id }));
    expect(journal.commands).toEqual([]);
    journal.add(actEntry('approve', 'ben', { decision_id }));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_credential']);
  });

  test('is taken by nobody once its alert is withdrawn, whoever approves', () => {
    const journal = new Journal();
    journal.add(REVOKE, own, lineageEntry('b', SHARED), alert);
    const decision_id = journal.decisions[0]?.decision_id ?? '';
    journal.add(actEntry('approve', 'ana', { decision_id }));
    journal.add(alertEntry('a', { subject, revision: 2, state: 'withdrawn' }));
    journal.add(actEntry('approve', 'ben', { decision_id }));
    expect(journal.commands).toEqual([]);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('nothing_to_approve');
  });

  test('is not taken by the ladder of a class either, nor as what follows an order', () => {
    const registry = registryEntry({ agents: [{ uid: 'agent-a', class: 'scheduled_job' }] });
    const others = [own, lineageEntry('b', SHARED)];
    const ladder = order('class_ladder', 'agent');
    expect(decided([registry, ladder, ...others, alert])).toMatchObject({ commands: 0 });
    const journal = new Journal();
    journal.add(registry, order('require_step_up', 'task'), ...others, alert);
    const [command] = journal.commands;
    if (command === undefined) throw new Error('A command was expected.');
    journal.add(receiptEntry(command, { state: 'failed' }));
    expect(journal.decisions.at(-1)).toMatchObject({
      would_be_command: { action: 'revoke_credential' },
      withheld_reason: 'bystanders_affected',
    });
  });

  test.each([
    ['nobody else uses it', []],
    ['others use others', [lineageEntry('b', { credential_uid: 'another' })]],
    [
      'who uses it got it from the subject',
      [lineageEntry('b', { ...SHARED, acts_for: [{ agent_uid: 'agent-a', ref: 'h' }] })],
    ],
    [
      'who used it has not for long',
      [lineageEntry('b', { ...SHARED, event_time: at(-9 * 86_400_000) })],
    ],
  ])('is taken where %s', (_, others) => {
    const journal = new Journal();
    journal.add(REVOKE, own, ...others, alert);
    expect(journal.decisions[0]?.withheld_reason).toBeNull();
  });

  test('is no reason to leave the access of one task', () => {
    const others = [own, lineageEntry('b', SHARED)];
    expect(decided([order('revoke_token', 'task'), ...others, alert]).commands).toBe(1);
  });
});
