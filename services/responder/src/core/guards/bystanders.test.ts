/**
 * Guarantee: who else uses a credential is not forgotten by work, nor by what is only asserted; and where
 * it is forgotten for want of room, that stands as others who use it.
 */
import type { LineageFact } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { noteUse } from '../model/credential-users.ts';
import { noteLineage } from '../model/lineage.ts';
import { othersHit } from './bystanders.ts';

const START_MS = Date.parse(START);
const DAY_MS = 86_400_000;
const REVOKE = { action: 'revoke_credential', level: 'credential' };

function sharing(...facts: readonly ReturnType<typeof lineageEntry>[]): Journal {
  const journal = new Journal();
  const receivers = [{ id: 'gateway', kind: 'http' }];
  journal.add(registryEntry({ receivers }), policyEntry({ rules: [{ actions: [REVOKE] }] }));
  journal.add(...facts);
  return journal;
}

const used = (name: string, task_id: string, over: Partial<LineageFact> = {}) =>
  lineageEntry(name, { task_id, credential_uid: 'key-1', ...over });

function withheld(journal: Journal): string | null | undefined {
  const subject = { agent_uid: 'agent-a', task_id: 't1', credential_uid: 'key-1' };
  journal.add(alertEntry('a', { subject }));
  return journal.decisions.at(-1)?.withheld_reason;
}

const times = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('who shares a key stays known', () => {
  test('while the subject uses it in task after task', () => {
    const journal = sharing(used('b', 'weekly'), ...times(300).map((i) => used('a', `t${i}`)));
    expect(withheld(journal)).toBe('bystanders_affected');
  });

  test('while it shows other tokens itself, or works on other tasks', () => {
    const rotated = times(16).map((i) =>
      lineageEntry('b', { task_id: 'nightly', credential_uid: `short-${i}` }),
    );
    const own = used('a', 't1');
    expect(withheld(sharing(used('b', 'nightly'), ...rotated, own))).toBe('bystanders_affected');
    const tasks = times(256).map((i) => lineageEntry('b', { task_id: `t${i}` }));
    expect(withheld(sharing(used('b', 'nightly'), ...tasks, own))).toBe('bystanders_affected');
  });

  test('and the subject’s own tasks make nobody else of it', () => {
    expect(withheld(sharing(...times(300).map((i) => used('a', `t${i}`))))).toBeNull();
  });

  test('who had it from the subject counts only once it is not known from whom', () => {
    const given = (i: number) => used('b', `t${i}`, { acts_for: [{ agent_uid: 'agent-a' }] });
    const own = times(3).map((i) => used('a', `t${i}`));
    expect(withheld(sharing(...own, ...times(3).map(given)))).toBeNull();
    expect(withheld(sharing(...own, ...times(300).map(given)))).toBe('bystanders_affected');
  });

  test('and an assertion that it was handed on makes nobody the subject’s own', () => {
    const handed = { acts_for: [{ agent_uid: 'agent-a' }], assurance: 'asserted' as const };
    const journal = sharing(used('b', 't1'), used('a', 't1'), used('b', 't1', handed));
    expect(withheld(journal)).toBe('bystanders_affected');
  });
});

describe('others of whom it is only asserted that they use it', () => {
  const ghost = used('ghost', 'x', { assurance: 'asserted' });

  test('leave a step-up in its task, which two people can turn into what was meant', () => {
    const journal = sharing(used('a', 't1'), ghost);
    expect(withheld(journal)).toBe('bystanders_affected');
    const decision = journal.decisions.at(-1);
    expect(decision?.degraded_to).toBe('require_step_up');
    const asked = journal.commands.map(({ action, target }) => `${action} ${target.task_id}`);
    expect(asked).toEqual(['require_step_up t1']);
    const about = { decision_id: decision?.decision_id ?? '' };
    journal.add(actEntry('approve', 'ana', about));
    expect(journal.commands).toHaveLength(1);
    journal.add(actEntry('approve', 'ben', about));
    expect(journal.commands.at(-1)?.action).toBe('revoke_credential');
  });

  test('lead to nothing stronger by a step-up that nobody could ask for', () => {
    const journal = sharing(used('a', 't1'), ghost);
    withheld(journal);
    const [asked] = journal.commands;
    if (asked === undefined) throw new Error('no step-up');
    journal.add(receiptEntry(asked, { receiver: 'gateway', state: 'failed' }));
    expect(journal.commands.map((one) => one.action)).not.toContain('revoke_credential');
  });

  test('beside one that is proven nothing is asked for', () => {
    const journal = sharing(used('a', 't1'), ghost, used('b', 'nightly'));
    expect(withheld(journal)).toBe('bystanders_affected');
    expect(journal.commands).toEqual([]);
  });
});

test('a flood of assertions pushes out nobody who is proven', () => {
  const flood = times(300).map((i) =>
    lineageEntry('b', { task_id: `fake-${i}`, assurance: 'asserted' }),
  );
  const ghosts = times(200).map((i) => used(`x${i}`, 'fake', { assurance: 'asserted' }));
  const { transaction } = sharing(used('b', 'nightly'), used('a', 't1'), ...flood, ...ghosts);
  const target = { level: 'credential', tenant_id: TENANT, agent_uid: 'agent-a' };
  const planned = { ...REVOKE, target: { ...target, credential_uid: 'key-1' }, problems: [] };
  expect(othersHit(transaction, planned, START_MS)).toBe('proven');
});

describe('what there is no room for', () => {
  const planned = (uid: string) => ({
    ...REVOKE,
    target: { level: 'credential', tenant_id: TENANT, agent_uid: 'agent-a', credential_uid: uid },
    problems: [],
  });
  const use = (transaction: MemoryTransaction, agentUid: string, uid: string, isProven = true) =>
    noteUse(transaction, { tenantId: TENANT, uid, agentUid, isProven, atMs: START_MS });

  test('more credentials than are remembered leave that they had other users, for eight days', () => {
    const transaction = new MemoryTransaction();
    use(transaction, 'agent-b', 'key-1');
    use(transaction, 'agent-a', 'key-2');
    for (const i of times(50_010)) use(transaction, 'agent-c', `short-${i}`);
    expect(othersHit(transaction, planned('key-1'), START_MS)).toBe('proven');
    expect(othersHit(transaction, planned('key-1'), START_MS + 8 * DAY_MS)).toBeUndefined();
    expect(othersHit(transaction, planned('key-2'), START_MS)).toBeUndefined();
  });

  test('asserted ones push out no proven one, however many they are', () => {
    const transaction = new MemoryTransaction();
    use(transaction, 'agent-b', 'key-1');
    for (const i of times(60_000)) use(transaction, 'agent-c', `fake-${i}`, false);
    expect(othersHit(transaction, planned('key-1'), START_MS)).toBe('proven');
  });

  test('of more agents than are named, it is known that there were more', () => {
    const transaction = new MemoryTransaction();
    use(transaction, 'agent-b', 'key-1');
    for (const _ of times(40)) use(transaction, 'agent-a', 'key-1');
    for (const i of times(32)) use(transaction, `agent-${i}`, 'key-1', false);
    expect(othersHit(transaction, planned('key-1'), START_MS)).toBe('proven');
    for (const i of times(33)) use(transaction, `agent-${i}`, 'key-2', i > 0);
    expect(othersHit(transaction, planned('key-2'), START_MS)).toBe('proven');
  });

  test('an asserted task beside as many proven ones as are kept is not kept', () => {
    const transaction = new MemoryTransaction();
    const fact = (task_id: string, assurance: LineageFact['assurance']): LineageFact => ({
      ...{ tenant_id: TENANT, event_id: 'e', event_time: at(0), agent_uid: 'agent-b' },
      ...{ task_id, assurance },
    });
    for (const i of times(256)) noteLineage(transaction, fact(`t${i}`, 'authenticated'));
    expect(noteLineage(transaction, fact('fake', 'asserted'))).toBeUndefined();
    expect(noteLineage(transaction, fact('t256', 'authenticated'))).toBeDefined();
  });
});
