/**
 * Guarantees: what an order would break is the work under way that it takes access from, its own and
 * others', each counted once; what is over or long silent is none; and the words stay short, however
 * many there are.
 */
import type { JournalEntry, LineageFact, Target } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  at,
  Journal,
  lineageEntry,
  policyEntry,
  registryEntry,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { tenantPolicy, tenantRegistry } from '../model/tenant-policy.ts';
import { usualAction } from '../operator/preview-order.ts';
import { breakageOf } from './would-break.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse(at(0)) + HOUR_MS;

const by = (...names: readonly string[]): NonNullable<LineageFact['acts_for']> =>
  names.map((name) => ({ agent_uid: `agent-${name}`, ref: `hand-over-${name}` }));
const agent = (name: string): Target => ({
  ...{ level: 'agent', tenant_id: TENANT, agent_uid: `agent-${name}` },
});
const task = (name: string, task_id = 'work'): Target => ({
  ...agent(name),
  ...{ level: 'task', task_id },
});

function asked(
  target: Target,
  entries: readonly JournalEntry[],
  { nowMs = NOW_MS, action = usualAction(target) } = {},
) {
  const journal = new Journal();
  journal.add(policyEntry(), ...entries);
  const { transaction } = journal;
  const policy = tenantPolicy(transaction, TENANT);
  if (policy === undefined) throw new Error('no policy');
  const context = {
    transaction,
    policy,
    registry: tenantRegistry(transaction, TENANT),
    neverRevoke: [],
  };
  return breakageOf(context, { action, target }, nowMs);
}

/** a hands on to b in its task, b to c in a task of its own. */
const CHAIN = [
  lineageEntry('a', { delegated_as: 'hand-over-a' }),
  lineageEntry('b', { acts_for: by('a'), delegated_as: 'hand-over-b' }),
  lineageEntry('c', { acts_for: by('b'), task_id: 'its own' }),
];

describe('what an order would break', () => {
  test('is said of all access where nobody says what hangs on the part of it', () => {
    const tool: Target = { ...agent('a'), level: 'tool', tool: 'mail/send' };
    const { open_tasks, words } = asked(tool, CHAIN);
    expect(open_tasks).toBeGreaterThan(0);
    expect(words).toMatch(/^What hangs on this tool alone is not known; of all of its access: It/);
  });

  test.each([
    ['call', 'It holds this one call and takes no access.'],
    ['origin', 'Whose calls it would refuse is not known before they are made.'],
  ])('is not claimed of a %s', (level, words) => {
    expect(asked({ ...agent('a'), level }, CHAIN)).toEqual({
      ...{ open_tasks: 0, agents: [], agents_count: 0, words },
    });
  });

  test('is its own task, and those of all to whom it was handed on', () => {
    const broken = asked(task('a'), CHAIN);
    expect(broken).toMatchObject({ open_tasks: 2, agents_count: 2 });
    expect(broken.agents.toSorted()).toEqual(['agent-b', 'agent-c']);
    expect(broken.words).toBe(
      'It would break 2 open tasks (work, its own), and 2 other agents would lose what was handed on to them: agent-b, agent-c.',
    );
  });

  test('is less further down, and nothing of who stands above or beside', () => {
    expect(asked(task('b'), CHAIN)).toMatchObject({ open_tasks: 2, agents: ['agent-c'] });
    expect(asked(task('c', 'its own'), CHAIN)).toMatchObject({ open_tasks: 1, agents: [] });
    const beside = lineageEntry('z', { task_id: 'another' });
    expect(asked(task('c', 'its own'), [...CHAIN, beside])).toMatchObject({ open_tasks: 1 });
  });

  test('of a whole agent is every task of it', () => {
    const entries = ['one', 'two', 'three'].map((task_id) => lineageEntry('a', { task_id }));
    expect(asked(agent('a'), entries)).toMatchObject({ open_tasks: 3, agents_count: 0 });
    expect(asked(task('a', 'two'), entries)).toMatchObject({ open_tasks: 1 });
  });

  test('of a credential is who holds what was made of it', () => {
    const target = { ...agent('a'), level: 'credential', credential_uid: 'token-a' };
    const made = [
      lineageEntry('a', { credential_uid: 'token-a' }),
      lineageEntry('b', {
        ...{ task_id: 'other', credential_uid: 'token-b', parent_credential_uid: 'token-a' },
      }),
      lineageEntry('c', { task_id: 'third', credential_uid: 'token-c' }),
    ];
    expect(asked(target, made)).toMatchObject({ open_tasks: 2, agents: ['agent-b'] });
  });

  test('is nothing of what was handed on where the action reaches nobody', () => {
    expect(asked(task('a'), CHAIN, { action: 'require_step_up' })).toMatchObject({
      ...{ open_tasks: 1, agents: [], agents_count: 0 },
    });
  });

  test('is nothing of who is never revoked, nor of who is said to have it: both are named as left', () => {
    const agents = [{ uid: 'agent-b', class: 'autonomous', never_revoke: true }];
    const said = lineageEntry('x', { acts_for: by('a'), assurance: 'asserted' });
    const broken = asked(task('a'), [registryEntry({ agents }), ...CHAIN, said]);
    expect(broken).toMatchObject({ open_tasks: 1, agents: [], agents_count: 0 });
    expect(broken.words).toContain('Left with what was handed on to them: agent-b,');
    expect(broken.words).toContain('agent-x');
  });

  test('of a credential names who else uses it, and for whose sake it is not given', () => {
    const target = { ...agent('a'), level: 'credential', credential_uid: 'key' };
    const uses = ['a', 'c'].map((name) =>
      lineageEntry(name, { task_id: `task-${name}`, credential_uid: 'key' }),
    );
    const shared = asked(target, uses);
    expect(shared).toMatchObject({ open_tasks: 2, agents: ['agent-c'], agents_count: 1 });
    expect(shared.words).toContain('takes two people: agent-c.');
    const agents = [{ uid: 'agent-c', class: 'autonomous', never_revoke: true }];
    const guarded = asked(target, [registryEntry({ agents }), ...uses]);
    expect(guarded.words).toMatch(/^It is not given: it would hit who is never revoked, agent-c\./);
  });

  test('is nothing that was silent for a day, nor anything unknown', () => {
    const none = 'It would break no work that is known to be under way.';
    expect(asked(task('a'), CHAIN, { nowMs: NOW_MS + 24 * HOUR_MS })).toMatchObject({
      ...{ open_tasks: 0, agents_count: 0, words: none },
    });
    expect(asked(task('nobody'), CHAIN)).toMatchObject({ open_tasks: 0, words: none });
  });

  test('is counted whole and named in part, in words that stay short', () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      lineageEntry(`n${n}`, { acts_for: by('a'), task_id: `${'long '.repeat(40)}${n}` }),
    );
    const broken = asked(task('a'), [lineageEntry('a', { delegated_as: 'hand-over-a' }), ...many]);
    expect(broken).toMatchObject({ open_tasks: 101, agents_count: 100 });
    expect(broken.agents).toHaveLength(5);
    expect(broken.words).toMatch(/and 96 more\), and 100 other agents/);
    expect(broken.words.length).toBeLessThan(1_000);
  });
});
