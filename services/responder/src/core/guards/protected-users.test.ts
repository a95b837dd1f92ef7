/**
 * Guarantee: a credential that somebody on a never-revoke list is proven to have used is taken from
 * nobody, however long ago that was, whoever orders it; whoever does is told whom it would hit.
 */
import type { JournalEntry, LineageFact } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  at,
  Journal,
  lineageEntry,
  policyEntry,
  registryEntry,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { outcomeOfAct } from '../operator/take-act.ts';

const DAY_MS = 86_400_000;
const REVOKE = { action: 'revoke_credential', level: 'credential' };
const GUARDED = [{ uid: 'agent-b', class: 'autonomous', never_revoke: true }];
const used = (name: string, over: Partial<LineageFact> = {}) =>
  lineageEntry(name, { task_id: `task-${name}`, credential_uid: 'key-1', ...over });

function journalOf(uses: readonly JournalEntry[], agents: readonly object[] = GUARDED): Journal {
  const journal = new Journal();
  journal.add(registryEntry({ receivers: [{ id: 'gateway', kind: 'http' }], agents }));
  journal.add(policyEntry({ limits: { fleet_share: 1 }, rules: [{ actions: [REVOKE] }] }), ...uses);
  return journal;
}

const ALERT = alertEntry('a', {
  subject: { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'key-1' },
});
const order = (by: string, over: object = {}) =>
  actEntry('order', by, {
    action: 'revoke_credential',
    target: {
      level: 'credential',
      tenant_id: TENANT,
      agent_uid: 'agent-a',
      credential_uid: 'key-1',
    },
    ...over,
  });
const actIdOf = (entry: JournalEntry) => (entry.kind === 'act' ? entry.act.act_id : '');
const NINE_DAYS_AGO = { event_time: at(-9 * DAY_MS) };

describe('a credential that the break-glass account has used', () => {
  test.each<[string, Partial<LineageFact>]>([
    ['nine days ago', NINE_DAYS_AGO],
    ['now', {}],
    ['from the subject', { acts_for: [{ agent_uid: 'agent-a' }] }],
  ])('is revoked by no rule: %s', (_, over) => {
    const journal = journalOf([used('b', over), used('a')]);
    journal.add(ALERT);
    expect(journal.commands).toEqual([]);
    expect(journal.decisions.at(-1)?.withheld_reason).toBe('never_revoke');
  });

  test('is revoked by no two people, who are told whom it would hit', () => {
    const journal = journalOf([used('b', NINE_DAYS_AGO), used('a')]);
    const second = order('ben');
    journal.add(order('ana'), second);
    expect(journal.commands).toEqual([]);
    expect(outcomeOfAct(journal.transaction, actIdOf(second))).toMatchObject({
      withheld: 'never_revoke',
      protects: ['agent-b'],
    });
  });

  test('is not asked for a step-up either: that refuses whoever shows it', () => {
    const journal = journalOf([used('b'), used('a')]);
    journal.add(order('ana', { action: 'require_step_up' }));
    expect(journal.commands).toEqual([]);
  });

  test('cannot be approved, where it was put on the list after the decision', () => {
    const journal = journalOf([used('b'), used('a')], [{ uid: 'agent-b', class: 'autonomous' }]);
    journal.add(ALERT);
    const decision = journal.decisions.at(-1);
    expect(decision?.withheld_reason).toBe('bystanders_affected');
    journal.add(
      registryEntry({ receivers: [{ id: 'gateway', kind: 'http' }], agents: GUARDED }, 2),
    );
    const acts = ['ana', 'ben'].map((by) =>
      actEntry('approve', by, { decision_id: decision?.decision_id ?? '' }),
    );
    journal.add(...acts);
    expect(journal.commands).toEqual([]);
    const [, second] = acts;
    expect(second && outcomeOfAct(journal.transaction, actIdOf(second))).toMatchObject({
      withheld: 'never_revoke',
      protects: ['agent-b'],
    });
  });

  test('is left by a cascade, which goes on with what was made of it', () => {
    const made = (uid: string, parent_credential_uid: string) => ({
      credential_uid: uid,
      parent_credential_uid,
    });
    const journal = journalOf(
      [
        used('a'),
        lineageEntry('c', { task_id: 'task-c', ...made('key-2', 'key-1') }),
        lineageEntry('d', { task_id: 'task-d', ...made('key-3', 'key-2') }),
        lineageEntry('b', { task_id: 'task-b', credential_uid: 'key-2', ...NINE_DAYS_AGO }),
      ],
      [
        ...GUARDED,
        ...['a', 'c', 'd'].map((name) => ({ uid: `agent-${name}`, class: 'autonomous' })),
      ],
    );
    journal.add(ALERT);
    const reasons = journal.decisions.map((one) => [one.agent_uid, one.withheld_reason]);
    expect(Object.fromEntries(reasons)).toEqual({
      ...{ 'agent-a': null, 'agent-c': 'never_revoke', 'agent-d': null },
    });
    expect(journal.commands.map(({ target }) => target.agent_uid)).toEqual(['agent-a', 'agent-d']);
  });
});

test('that it is only asserted makes no credential irrevocable: it takes two people', () => {
  const journal = journalOf([used('b', { assurance: 'asserted' }), used('a')]);
  journal.add(order('ana'), order('ben'));
  expect(journal.commands.map(({ action }) => action)).toEqual(['revoke_credential']);
});
