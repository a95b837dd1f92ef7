/** Which calls an order refuses, and which orders are said to be applied. */
import type { RevocationCommand } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { type CallFacts, PROVENANCE_ACTIONS, REFUSING_ACTIONS } from './call-facts.ts';
import { DenyList } from './deny-list.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

type Ids = { readonly level: string } & Readonly<Record<string, string>>;

function order(sequence: number, action: string, target: Ids): RevocationCommand {
  return {
    ...{ command_id: UUID(sequence), containment_id: UUID(sequence), tenant_id: 'acme', sequence },
    ...{ incident_id: UUID(900), alert_ids: [UUID(901)], severity: 'high', confidence: null },
    ...{ issued_at: '2026-11-24T09:00:00Z', expires_at: '2026-11-24T10:00:00Z', drain: 'cancel' },
    ...{ action, target: { tenant_id: 'acme', agent_uid: 'agent-a', ...target } },
    ...{ receivers: ['gateway'], audience: 'waywarden:acme', initiating_entity: 'policy' },
    ...{ approvals: [], evidence: [], reason: 'a test' },
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
  };
}

const HANDED = { level: 'delegation', parent_agent_uid: 'boss', delegation_ref: 'd1' };
const CREDENTIAL = { level: 'credential', credential_uid: 'key-1' };
const all = () => new DenyList([...REFUSING_ACTIONS, ...PROVENANCE_ACTIONS]);
const isRefused = (list: DenyList, facts: Partial<CallFacts>, nowMs = NOW) =>
  list.refuses({ agentUid: 'agent-a', ...facts }, nowMs) !== undefined;

describe('a revoked credential', () => {
  test('is refused whoever shows it, and its agent must say which one it uses', () => {
    const list = all();
    list.apply(order(1, 'revoke_credential', CREDENTIAL), NOW);
    expect(isRefused(list, { credentialUid: 'key-1' })).toBe(true);
    expect(isRefused(list, { agentUid: 'agent-thief', credentialUid: 'key-1' })).toBe(true);
    expect(isRefused(list, {})).toBe(true);
    expect(isRefused(list, { credentialUid: 'key-2' })).toBe(false);
    expect(isRefused(list, { agentUid: 'agent-b' })).toBe(false);
  });

  test('is good again for everybody when the order ends or is taken back', () => {
    const thief = { agentUid: 'agent-thief', credentialUid: 'key-1' };
    const list = all();
    list.apply(order(1, 'revoke_credential', CREDENTIAL), NOW);
    expect(isRefused(list, thief, NOW + 3_600_000)).toBe(false);
    list.apply(order(2, 'revoke_credential', CREDENTIAL), NOW);
    const back = { ...order(3, 'restore', CREDENTIAL), restores: UUID(2) };
    expect(list.apply(back, NOW).state).toBe('applied');
    expect(isRefused(list, thief)).toBe(false);
    expect(isRefused(list, {})).toBe(false);
  });
});

describe('a step-up', () => {
  const TASK = { level: 'task', task_id: 'task-a' };

  test('refuses what nobody agreed to, and lets pass what a person did', () => {
    const list = all();
    list.apply(order(1, 'require_step_up', TASK), NOW);
    expect(isRefused(list, { taskId: 'task-a' })).toBe(true);
    expect(isRefused(list, { taskId: 'task-a', approvedBy: '' })).toBe(true);
    expect(isRefused(list, { taskId: 'task-a', approvedBy: 'alice' })).toBe(false);
  });

  test('agreed to is no way around an order that takes access', () => {
    const list = all();
    list.apply(order(1, 'require_step_up', TASK), NOW);
    list.apply(order(2, 'revoke_token', TASK), NOW);
    const call = { agentUid: 'agent-a', taskId: 'task-a', approvedBy: 'alice' };
    expect(list.refuses(call, NOW)?.action).toBe('revoke_token');
  });
});

test('a restore that is read after its time gives back all the same, and once', () => {
  const list = all();
  list.apply(order(1, 'disable_agent', { level: 'agent' }), NOW);
  const back = { ...order(2, 'restore', { level: 'agent' }), restores: UUID(1) };
  const late = { ...back, expires_at: '2026-11-24T08:00:00Z' };
  expect(list.apply(late, NOW)).toEqual({ state: 'applied', detail: 'Restored.' });
  expect(isRefused(list, {})).toBe(false);
  expect(list.apply(late, NOW).isReplay).toBe(true);
});

describe('an order on a part of an agent refuses its calls that do not say theirs', () => {
  test.each<[string, Ids, Partial<CallFacts>]>([
    ['revoke_token', { level: 'task', task_id: 'x' }, { taskId: 'y' }],
    ['kill_session', { level: 'conversation', conversation_id: 'x' }, { conversationId: 'y' }],
    ['kill_session', { level: 'instance', instance_uid: 'x' }, { instanceUid: 'y' }],
    ['block_tool', { level: 'tool', tool: 'x' }, { tool: 'mail/y' }],
    ['revoke_delegation', HANDED, { parentAgentUid: 'boss', delegationRef: 'd2' }],
    ['revoke_delegation', HANDED, { parentAgentUid: '' }],
  ])('%s on %o', (action, target, other) => {
    const list = all();
    expect(list.apply(order(1, action, target), NOW).state).toBe('applied');
    expect(isRefused(list, {})).toBe(true);
    expect(isRefused(list, other)).toBe(false);
    expect(isRefused(list, { agentUid: 'agent-b' })).toBe(false);
  });

  test('what is about the call goes before what it leaves open, and a disabled agent before both', () => {
    const list = all();
    list.apply(order(1, 'revoke_credential', CREDENTIAL), NOW);
    list.apply(order(2, 'revoke_token', { level: 'task', task_id: 'x' }), NOW);
    const facts = { agentUid: 'agent-a', taskId: 'x' };
    expect(list.refuses(facts, NOW)?.sequence).toBe(2);
    list.apply(order(3, 'disable_agent', { level: 'agent' }), NOW);
    expect(list.refuses(facts, NOW)?.sequence).toBe(3);
  });
});

describe('an order on facts that nobody has said are given', () => {
  const origin = { level: 'origin', resource_id: 'mail-7' };
  const cases: [string, Ids][] = [
    ['quarantine_origin', origin],
    ['revoke_delegation', HANDED],
  ];

  test.each(cases)('%s is unsupported, and applied where they are', (action, target) => {
    expect(new DenyList().apply(order(1, action, target), NOW).state).toBe('unsupported');
    expect(all().apply(order(1, action, target), NOW).state).toBe('applied');
  });

  test('refuses nothing where it is kept from a time when they were', () => {
    const before = all();
    before.apply(order(1, 'revoke_delegation', HANDED), NOW);
    expect(isRefused(new DenyList(undefined, before.state), {})).toBe(false);
  });
});

describe('an order that ends while Waywarden is not heard', () => {
  const END = NOW + 3_600_000;
  const MINUTE_MS = 60_000;
  const AGENT = { tenant_id: 'acme', agent_uid: 'agent-a' };
  const at_expiry = {
    action: 'require_step_up',
    target: { level: 'task', ...AGENT, task_id: 'T' },
    until: '2026-11-25T10:00:00Z',
  };
  const disabled = { ...order(1, 'disable_agent', { level: 'agent' }), at_expiry };
  const given = (
    command: RevocationCommand = disabled,
    supported: readonly string[] = REFUSING_ACTIONS,
  ) => {
    const list = new DenyList(supported);
    list.lastSeen(NOW);
    list.apply(command, NOW);
    return list;
  };
  const refused = (list: DenyList, ms: number, taskId = 'T') =>
    list.refuses({ agentUid: 'agent-a', taskId }, ms)?.action;

  test('becomes the step-up that it names, where and for as long as that says', () => {
    const list = given();
    expect(refused(list, END - 1, 'other')).toBe('disable_agent');
    expect(refused(list, END)).toBe('require_step_up');
    expect(refused(list, END, 'other')).toBeUndefined();
    const restarted = new DenyList(REFUSING_ACTIONS, given().state);
    expect(refused(restarted, END)).toBe('require_step_up');
    expect(refused(list, END + 25 * 3_600_000)).toBeUndefined();
  });

  test('goes on a minute after Waywarden is heard again, which then says what holds', () => {
    const list = given();
    const back = END + 3_600_000;
    list.lastSeen(back);
    expect(refused(list, back)).toBe('require_step_up');
    list.lastSeen(back + MINUTE_MS / 2);
    list.lastSeen(back + MINUTE_MS + 1);
    expect(refused(list, back + MINUTE_MS + 2)).toBeUndefined();
  });

  test('just ends where Waywarden is heard all the while', () => {
    const list = given();
    for (let ms = NOW; ms <= END + 2 * MINUTE_MS; ms += MINUTE_MS / 2) list.lastSeen(ms);
    expect(refused(list, END + 2 * MINUTE_MS)).toBeUndefined();
  });

  test('is taken back by its own id, and ends where it can’t be done or names another', () => {
    const list = given();
    list.apply({ ...order(2, 'restore', { level: 'agent' }), restores: UUID(1) }, NOW);
    expect(refused(list, END)).toBeUndefined();
    expect(refused(given(disabled, ['disable_agent']), END)).toBeUndefined();
    const target = { ...at_expiry.target, agent_uid: 'agent-b' };
    expect(
      refused(given({ ...disabled, at_expiry: { ...at_expiry, target } }), END),
    ).toBeUndefined();
  });
});
