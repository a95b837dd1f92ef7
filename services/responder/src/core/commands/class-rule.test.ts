/** A rule by the class table: what triggers it, and what it takes, is decided by the agent's class. */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { alertEntry, Journal, registryEntry, TENANT } from '../../testing/response-fixtures.ts';

const RULE = {
  id: 'by-class',
  when: { kind: ['class_triggers'], severity_min: 'high' },
  mode: 'enforce',
  actions: [{ action: 'class_ladder', level: 'agent' }],
};

/** What is ordered upon a finding of `kind` about an agent of `cls`; with each, its level. */
function answer(cls: string, kind: string, classes: object = {}, subject: object = {}) {
  const journal = new Journal();
  const limits = { subjects: 1000, fleet_share: 1 };
  const receivers = ['gateway'];
  const policy = policySchema.parse({ version: 1, limits, receivers, classes, rules: [RULE] });
  journal.add(registryEntry({ agents: [{ uid: 'agent-a', class: cls }] }), {
    kind: 'control',
    control: { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p1', policy },
  });
  journal.add(
    alertEntry('a', {
      kind,
      subject: { agent_uid: 'agent-a', task_id: 'task-a', ...subject },
    }),
  );
  const ordered = journal.commands.map(({ action, target }) => `${action} ${target.level}`);
  return { ordered, reasons: journal.decisions.map((one) => one.withheld_reason) };
}

describe('a rule by class', () => {
  test('answers what the class names, with the first rung of its ladder, at the narrowest place', () => {
    expect(answer('autonomous', 'outside_task_envelope').ordered).toEqual(['require_step_up task']);
    expect(
      answer('human_triggered', 'outside_profile', {}, { instance_uid: 'i-1' }).ordered,
    ).toEqual(['kill_session task']);
    expect(
      answer('scheduled_job', 'outside_profile', {}, { credential_uid: 'c-1' }).ordered,
    ).toEqual(['revoke_credential credential']);
  });

  test('has nothing to do with what the class does not name: no decision either', () => {
    expect(answer('scheduled_job', 'approval_bypass')).toEqual({ ordered: [], reasons: [] });
    expect(answer('assistive', 'outside_profile')).toEqual({ ordered: [], reasons: [] });
  });

  test('is changed by the policy’s own class table', () => {
    const assistive = { revocation_triggers: ['outside_profile'], ladder: ['revoke_token'] };
    const changed = answer('assistive', 'outside_profile', { assistive });
    expect(changed.ordered).toEqual(['revoke_token task']);
    const quiet = { autonomous: { revocation_triggers: [] } };
    expect(answer('autonomous', 'outside_task_envelope', quiet).reasons).toEqual([]);
  });

  test('takes nothing where no rung of the ladder has a known target', () => {
    expect(answer('scheduled_job', 'outside_profile')).toEqual({
      ordered: [],
      reasons: ['target_incomplete'],
    });
  });
});
