/** What a policy would have done in the last days is said one by one, and no more than it would. */
import type { Decision, RevocationCommand } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { lastDays } from './last-days.ts';
import { sayLastDays } from './say-results.ts';

const command = (id: string, action: string, day: number): RevocationCommand =>
  ({
    command_id: id,
    action,
    issued_at: `2026-11-${day}T09:00:00Z`,
    target: { level: 'task', tenant_id: 'acme', agent_uid: `agent/${id}`, task_id: `task-${id}` },
    reason: 'why',
  }) as unknown as RevocationCommand;

function decision(given: RevocationCommand, over: Partial<Decision> = {}): Decision {
  return {
    rule_id: 'r',
    alert_ids: [`alert-${given.command_id}`],
    alert_revision: 1,
    mode: 'enforce',
    decided_at: given.issued_at,
    would_be_command: given,
    withheld_reason: null,
    withheld_reasons: [],
    issued_command_ids: [given.command_id],
    ...over,
  } as unknown as Decision;
}
const watching: Partial<Decision> = { rule_id: 'w', mode: 'shadow', issued_command_ids: [] };
const acting: Partial<Decision> = { rule_id: 'w' };

const [old, coldStart, asked, watched, reached, inHand] = [
  command('old', 'revoke_token', 10),
  command('young', 'revoke_token', 23),
  command('asked', 'require_step_up', 23),
  command('watched', 'disable_agent', 24),
  command('reached', 'revoke_token', 24),
  command('held', 'revoke_token', 24),
];
const history = {
  commands: [old, coldStart, asked],
  decisions: [
    decision(old),
    decision(coldStart),
    decision(asked),
    decision(watched, { ...watching, withheld_reasons: ['rule_in_shadow'] }),
    decision(inHand, { ...watching, withheld_reasons: ['rule_in_shadow', 'never_revoke'] }),
  ],
  latest: '2026-11-24T12:00:00Z',
  watching: ['w'],
  // What a rule that watches would do is read from here alone, with what follows upon it.
  enforced: {
    commands: [watched, reached],
    decisions: [
      decision(watched, acting),
      decision(reached, { rule_id: 'w/reaches/disable_agent-agent/abc' }),
      decision(coldStart),
      decision(inHand, { ...acting, issued_command_ids: [], withheld_reasons: ['never_revoke'] }),
    ],
  },
};

describe('the last days of a history', () => {
  it('count back from its own end, and list what was taken, asked, and held back', () => {
    expect(lastDays(history, 7)).toMatchObject({
      until: expect.stringMatching(/^2026-11-24T12/),
      revoked_count: 1,
      revoked: [{ rule: 'r', target: 'revoke_token task task-young of agent/young' }],
      step_ups: 1,
      if_enforced_count: 2,
      if_enforced: [
        { target: 'disable_agent task task-watched of agent/watched' },
        { target: 'revoke_token task task-reached of agent/reached' },
      ],
      withheld: { never_revoke: 1 },
    });
    expect(lastDays(history, 30).revoked_count).toBe(2);
  });

  it('count an alert that was held back once, however often it was revised, and not where it led to an order', () => {
    const none = { issued_command_ids: [], withheld_reasons: ['never_revoke'] };
    const later = [2, 3].map((alert_revision) => decision(inHand, { ...none, alert_revision }));
    const first = decision(inHand, { issued_command_ids: [], withheld_reasons: ['not_evaluable'] });
    const counted = (decisions: readonly Decision[]) =>
      lastDays({ ...history, decisions, enforced: { decisions: [], commands: [] } }, 7).withheld;
    expect(counted([first, ...later])).toEqual({ never_revoke: 1 });
    const again = decision(coldStart, { ...none, alert_revision: 2 });
    expect(counted([decision(coldStart), again])).toEqual({});
  });

  it('are said in one sentence, then one by one', () => {
    const said = sayLastDays(lastDays(history, 7));
    expect(said[0]).toBe(
      'In the last 7 days this policy would have revoked 1 time, and asked for 1 step-up:',
    );
    expect(said[1]).toContain('revoke_token task task-young of agent/young');
    expect(said.join('\n')).toContain(
      'Enforced, what only watches now would have revoked 2 times more:',
    );
    expect(said.at(-1)).toBe('  held back by guards: 1 never_revoke');
    const quiet = sayLastDays(lastDays({ decisions: [], commands: [], latest: undefined }, 7));
    expect(quiet[0]).toBe(
      'In the last 7 days this policy would have revoked nothing, and asked for 0 step-ups.',
    );
  });
});
