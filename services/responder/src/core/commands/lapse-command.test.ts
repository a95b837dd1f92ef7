/** Guarantee: whoever was contained, or asked instead, is not let go by waiting. */
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  anAlert,
  at,
  Journal,
  type PolicyOver,
  policyEntry,
  registryEntry,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HOURLY = { expires: '1h' };

function journalOf(policy: PolicyOver, ...names: readonly string[]): Journal {
  const journal = new Journal();
  journal.add(policyEntry(policy), ...names.map((name) => alertEntry(name)));
  return journal;
}

const lasting = (journal: Journal, ms: number) =>
  journal.commands
    .filter((one) => one.expires_at > at(ms))
    .map((one) => `${one.action} ${one.target.agent_uid}`);

describe('a step-up that was given instead of an order', () => {
  test('goes on when its time is over, where a budget had held that order back', () => {
    const journal = journalOf({ rules: [HOURLY], limits: { subjects: 1 } }, 'b', 'a');
    journal.add(timeEntry(HOUR_MS - 30_000), timeEntry(2 * HOUR_MS));
    expect(lasting(journal, 2 * HOUR_MS).toSorted()).toEqual([
      'require_step_up agent-a',
      'require_step_up agent-b',
    ]);
    expect(journal.decisions.at(-1)?.rule_id).toMatch(/lapses/);
  });

  test('goes on once, for as long as the policy says', () => {
    const limits = { subjects: 0, step_up_for: '2d' };
    const journal = journalOf({ rules: [HOURLY], limits }, 'a');
    for (let hour = 1; hour < 100; hour++) journal.add(timeEntry(hour * HOUR_MS));
    expect(journal.commands).toHaveLength(2);
    expect(journal.commands[1]?.expires_at).toBe(at(HOUR_MS + 2 * DAY_MS));
  });

  test('goes on to be asked of the same calls only, in a blackout', () => {
    const journal = new Journal();
    const agents = [{ uid: 'agent-a', class: 'autonomous', blackout: ['daily 00:00-23:59'] }];
    journal.add(registryEntry({ agents }), policyEntry({ rules: [HOURLY] }), alertEntry('a'));
    journal.add(timeEntry(HOUR_MS));
    const [first, next] = journal.commands;
    expect(first?.scope).toBeDefined();
    expect(next?.scope).toEqual(first?.scope);
    expect(next?.target).toEqual(first?.target);
  });
});

test('a step-up of a rule goes on where it was; its alert’s withdrawal lifts it', () => {
  const actions = [{ action: 'require_step_up', level: 'agent' }];
  const journal = journalOf({ rules: [{ ...HOURLY, actions }] }, 'a');
  journal.add(timeEntry(HOUR_MS));
  const [first, next] = journal.commands;
  expect(next?.target).toEqual(first?.target);
  const gone = { state: 'withdrawn', revision: 2, detected_at: at(2 * HOUR_MS) } as const;
  journal.add(alertEntry('a', gone));
  expect(journal.commands.at(-1)?.restores).toBe(next?.command_id);
});

test('a signal, and a step-up that a person gave for a time, just end', () => {
  const actions = [{ action: 'signal_risk', level: 'agent' }];
  const journal = journalOf({ rules: [{ ...HOURLY, actions }] }, 'a');
  const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-c' };
  const hand = { action: 'require_step_up', target, expires: '30m' };
  journal.add(actEntry('order', 'ana', hand), timeEntry(HOUR_MS));
  expect(journal.commands.map(({ action }) => action)).toEqual(['signal_risk', 'require_step_up']);
  expect(journal.commands.map((one) => one.at_expiry)).toEqual([undefined, undefined]);
});

test('an order tells what follows at its end: what is asked then, at the same place', () => {
  const actions = [{ action: 'disable_agent', level: 'agent' }];
  const journal = journalOf({ rules: [{ ...HOURLY, actions }] }, 'a');
  journal.add(timeEntry(HOUR_MS));
  const [order, next] = journal.commands;
  const { action, target } = next ?? {};
  expect(order?.at_expiry).toEqual({ action, target, until: at(HOUR_MS + 7 * DAY_MS) });
  expect(target?.task_id).toBe(anAlert('a').subject.task_id);
  // That one is bounded, and nothing follows.
  expect(next?.at_expiry).toBeUndefined();
  journal.add(alertEntry('a', { state: 'withdrawn', revision: 2, detected_at: at(2 * HOUR_MS) }));
  expect(journal.commands.at(-1)).toMatchObject({ action: 'restore' });
  expect(journal.commands.at(-1)).not.toHaveProperty('at_expiry');
});
