/** Guarantee: a rule that names agents, owners, workflows or tools speaks of nobody else, and of all that it names. */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { alertEntry, Journal, registryEntry, TENANT } from '../../testing/response-fixtures.ts';

/** Whether a rule of such a `when` decided anything about an alert of agent/pay-1. */
function speaks(when: object, subject: object = {}): boolean {
  const journal = new Journal();
  const rules = [
    {
      id: 'narrow',
      when: { kind: ['hijack_suspected'], ...when },
      actions: [{ action: 'disable_agent', level: 'agent' }],
    },
  ];
  const policy = policySchema.parse({ version: 1, rules });
  const owner = { person: 'ada@example.test', team: 'payments' };
  journal.add(
    registryEntry({ agents: [{ uid: 'agent/pay-1', class: 'autonomous', owner }] }),
    {
      kind: 'control',
      control: { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p1', policy },
    },
    alertEntry('a', {
      kind: 'hijack_suspected',
      subject: { agent_uid: 'agent/pay-1', ...subject },
    }),
  );
  return journal.decisions.length > 0;
}

describe('a rule', () => {
  it('without selectors speaks of every agent', () => {
    expect(speaks({})).toBe(true);
  });

  it.each([
    ['an agent by a star', { agents: ['agent/pay-*'] }, {}, true],
    ['another agent', { agents: ['agent/mail'] }, {}, false],
    ['one of several', { agents: ['agent/mail', 'agent/pay-1'] }, {}, true],
    ['an owner that is a team', { owners: ['payments'] }, {}, true],
    ['an owner that is a person', { owners: ['ada@*'] }, {}, true],
    ['another owner', { owners: ['support'] }, {}, false],
    ['a workflow', { workflows: ['pay*'] }, { workflow: 'payout' }, true],
    ['a workflow, of an alert that names none', { workflows: ['*'] }, {}, false],
    ['a tool', { tools: ['bank/transfer'] }, { tool: 'bank/transfer' }, true],
    ['a tool, of another', { tools: ['bank/*'] }, { tool: 'mail/send' }, false],
    ['a tool and another agent', { tools: ['*'], agents: ['agent/mail'] }, { tool: 't' }, false],
  ])('that names %s', (_, when, subject, expected) => {
    expect(speaks(when, subject)).toBe(expected);
  });
});
