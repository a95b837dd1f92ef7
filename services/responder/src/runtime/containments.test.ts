/**
 * Guarantees: a preview says what an order would break, reach and rest on, and orders nothing; and who
 * counts a thousand states traces nobody's lineage for it.
 */
import type { JournalEntry, Target } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  registryEntry,
  TENANT,
} from '../testing/response-fixtures.ts';
import { Containments } from './containments.ts';

const NOW_MS = Date.parse(at(0)) + 1000;
const target = (agent_uid: string, task_id: string): Target => ({
  ...{ level: 'task', tenant_id: TENANT, agent_uid, task_id },
});

/** The same draft, with a note of every key that is asked for. */
function noted(transaction: Transaction, keys: string[]): Transaction {
  return new Proxy(transaction, {
    get: (real, name) => {
      const member: unknown = Reflect.get(real, name, real);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]) => {
        if (name === 'get') keys.push(String(given[0]));
        return Reflect.apply(member, real, given);
      };
    },
  });
}

function after(...entries: readonly JournalEntry[]): Journal {
  const journal = new Journal();
  journal.add(policyEntry(), ...entries);
  return journal;
}

test('a preview says what breaks, whom it reaches and why, from whom it comes; and orders nothing', () => {
  const { transaction, commands, decisions } = after(
    lineageEntry('a', { delegated_as: 'hand-over-a', requested_by: 'alice' }),
    lineageEntry('b', { acts_for: [{ agent_uid: 'agent-a', ref: 'hand-over-a' }] }),
  );
  const preview = Containments.over(transaction).preview(target('agent-a', 'work'), NOW_MS);
  expect(preview.would_break).toMatchObject({ open_tasks: 1, agents: ['agent-b'] });
  expect(preview.reaches).toEqual([
    {
      ...{ agent_uid: 'agent-b', task_id: 'work', withheld: null, instead: null },
      because: expect.stringContaining('agent-b acts in task work on a delegation by agent-a'),
    },
  ]);
  expect(preview.lineage?.words).toContain('alice asked for it');
  expect([commands, decisions]).toEqual([[], []]);
});

test('a preview says what the order does then: whom it leaves and why, and how many people it takes', () => {
  const entries = [
    registryEntry({ agents: [{ uid: 'agent-b', class: 'autonomous', never_revoke: true }] }),
    lineageEntry('a', { delegated_as: 'h', credential_uid: 'key' }),
    ...['b', 'd'].map((name) =>
      lineageEntry(name, { acts_for: [{ agent_uid: 'agent-a', ref: 'h' }] }),
    ),
    lineageEntry('x', {
      acts_for: [{ agent_uid: 'agent-a', ref: 'h' }],
      assurance: 'asserted' as const,
    }),
    lineageEntry('c', { task_id: 'other', credential_uid: 'key' }),
  ];
  const { transaction } = after(...entries);
  const preview = (of: Target) => Containments.over(transaction).preview(of, NOW_MS);
  const key = {
    level: 'credential',
    tenant_id: TENANT,
    agent_uid: 'agent-a',
    credential_uid: 'key',
  };
  expect(preview(key)).toMatchObject({ action: 'revoke_credential', people: 2, withheld: null });
  expect(preview(target('agent-b', 'work'))).toMatchObject({
    ...{ withheld: 'never_revoke', protects: ['agent-b'] },
  });
  const said = preview(target('agent-a', 'work'));
  const order = actEntry('order', 'ana', {
    ...{ action: 'revoke_token', target: target('agent-a', 'work') },
  });
  const did = after(...entries, order);
  const left = (all: readonly { agent_uid: string }[], reasonOf: (n: number) => unknown) =>
    all.map(({ agent_uid }, n) => [agent_uid, reasonOf(n)]);
  const reached = did.decisions.slice(1);
  expect(left(said.reaches, (n) => said.reaches[n]?.withheld)).toEqual(
    left(reached, (n) => reached[n]?.withheld_reason),
  );
  expect(said.reaches.map((one) => one.withheld).toSorted()).toEqual([
    ...['claim_only_asserted', 'never_revoke', null],
  ]);
});

test('a preview of what nobody has seen says so', () => {
  const preview = Containments.over(after().transaction).preview(target('agent-x', 'work'), NOW_MS);
  expect(preview).toMatchObject({ lineage: null, reaches: [] });
  expect(preview.would_break.words).toBe('It would break no work that is known to be under way.');
});

test('counting states traces no lineage; who asks for it gets it', () => {
  const names = Array.from({ length: 50 }, (_, n) => `n${n}`);
  const { transaction } = after(
    ...names.map((name) => lineageEntry(name, { task_id: `task-${name}`, requested_by: 'alice' })),
    ...names.map((name) => alertEntry(name)),
  );
  const keys: string[] = [];
  const newest = Containments.over(noted(transaction, keys)).newest(1_000, NOW_MS);
  expect(newest.map((one) => one.state)).toEqual(names.map(() => 'issued'));
  expect(keys.filter((key) => key.startsWith('lineage'))).toEqual([]);
  expect(newest[0]?.lineage?.words).toContain('alice asked for it');
  expect(keys.filter((key) => key.startsWith('lineage')).length).toBeGreaterThan(0);
});
