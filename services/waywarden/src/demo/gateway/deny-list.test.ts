/** What an enforcement point promises: exactly what was ordered is refused, and nothing else is claimed. */
import type { RevocationCommand } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { type CallFacts, DenyList } from './deny-list.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const AGENT = 'agent/checker';
const CALL: CallFacts = {
  agentUid: AGENT,
  taskId: 'task-1',
  credentialUid: 'tok-1',
  tool: 'bank/approve_payment',
};

let made = 0;

function order(
  action: string,
  target: Partial<RevocationCommand['target']> & { readonly level: string },
  more: Partial<RevocationCommand> = {},
): RevocationCommand {
  made += 1;
  const id = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
  return {
    command_id: id,
    containment_id: id,
    tenant_id: 'demo',
    sequence: made,
    incident_id: id,
    alert_ids: [id],
    issued_at: new Date(NOW).toISOString(),
    expires_at: new Date(NOW + 3_600_000).toISOString(),
    action,
    target: { tenant_id: 'demo', agent_uid: AGENT, ...target },
    receivers: ['demo-gateway'],
    audience: 'waywarden:demo',
    drain: 'finish_unit_then_stop',
    severity: 'high',
    confidence: null,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'a test',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
    ...more,
  };
}

describe('DenyList', () => {
  it('refuses the calls of the task that was ordered, and no other task or agent', () => {
    const list = new DenyList();
    const revoke = order('revoke_token', { level: 'task', task_id: 'task-1' });
    expect(list.apply(revoke, NOW).state).toBe('applied');
    expect(list.refuses(CALL, NOW)?.command_id).toBe(revoke.command_id);
    expect(list.refuses({ ...CALL, taskId: 'task-2' }, NOW)).toBeUndefined();
    expect(list.refuses({ ...CALL, agentUid: 'agent/other' }, NOW)).toBeUndefined();
  });

  it.each([
    ['credential', 'revoke_token', { credential_uid: 'tok-1' }, { credentialUid: 'tok-2' }],
    ['tool', 'block_tool', { tool: 'approve_payment' }, { tool: 'bank/get_balance' }],
    ['agent', 'disable_agent', {}, { agentUid: 'agent/other' }],
  ] as const)('speaks at level %s about exactly that id', (level, action, ids, other) => {
    const list = new DenyList();
    expect(list.apply(order(action, { level, ...ids }), NOW).state).toBe('applied');
    expect(list.refuses(CALL, NOW)).toBeDefined();
    expect(list.refuses({ ...CALL, ...other }, NOW)).toBeUndefined();
  });

  it('lets an order end when it expires, and refuses one that has', () => {
    const list = new DenyList();
    list.apply(order('revoke_token', { level: 'task', task_id: 'task-1' }), NOW);
    expect(list.refuses(CALL, NOW + 3_599_999)).toBeDefined();
    expect(list.refuses(CALL, NOW + 3_600_000)).toBeUndefined();
    const late = order('revoke_token', { level: 'task', task_id: 'task-1' });
    expect(list.apply(late, NOW + 3_600_000).state).toBe('expired');
  });

  it('takes no order twice and none that is older than the last of its agent', () => {
    const list = new DenyList();
    const old = order('revoke_token', { level: 'task', task_id: 'task-1' });
    const restore = order(
      'restore',
      { level: 'task', task_id: 'task-1' },
      { restores: old.command_id },
    );
    list.apply(old, NOW);
    expect(list.apply(restore, NOW).state).toBe('applied');
    expect(list.refuses(CALL, NOW)).toBeUndefined();
    expect(list.apply(old, NOW).state).toBe('failed');
    expect(list.refuses(CALL, NOW)).toBeUndefined();
  });

  it('says unsupported of what it does not enforce, and of a target that lacks an id', () => {
    const list = new DenyList();
    expect(list.apply(order('open_case', { level: 'agent' }), NOW).state).toBe('unsupported');
    expect(list.apply(order('revoke_token', { level: 'task' }), NOW).state).toBe('unsupported');
    const contradictory = order('revoke_token', {
      level: 'task',
      task_id: 'task-1',
      credential_uid: 'tok-1',
    });
    expect(list.apply(contradictory, NOW).state).toBe('unsupported');
    expect(list.refuses(CALL, NOW)).toBeUndefined();
  });

  it('keeps tokens for new tasks from an agent whose issuance is blocked', () => {
    const list = new DenyList();
    list.apply(order('block_issuance', { level: 'agent' }), NOW);
    expect(list.refusesIssuance(AGENT, NOW)).toBeDefined();
    expect(list.refusesIssuance('agent/other', NOW)).toBeUndefined();
    expect(list.refuses(CALL, NOW)).toBeUndefined();
  });
});
