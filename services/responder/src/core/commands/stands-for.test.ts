/** Of what it may be said that an order already contains it. */
import type { JournalEntry, Receipt } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { Containments } from '../../runtime/containments.ts';
import { MINUTE_MS } from '../../testing/contained.ts';
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
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const AGENT = { uid: 'agent-a', class: 'autonomous' };
const GATEWAY = { id: 'gateway', kind: 'http' };
const LATER = { id: 'second', kind: 'http', required: true };

const registered = (receivers: readonly object[], seq = 1, agent: object = {}) =>
  registryEntry({ receivers, agents: [{ ...AGENT, ...agent }] }, seq);

const another = (ms: number): JournalEntry =>
  alertEntry('a', { alert_id: uuid(`another ${ms}`), detected_at: at(ms) });

/** `agent-a` is stopped by the rule's order, which `gateway` is asked to carry out. */
function ordered(rule: object = {}, agent: object = {}): Journal {
  const journal = new Journal();
  journal.add(registered([GATEWAY], 1, agent), policyEntry({ rules: [{ ...rule }] }));
  journal.add(alertEntry('a'));
  return journal;
}

function answer(journal: Journal, state: Receipt['state'], receiver = 'gateway'): void {
  const command = journal.commands.at(-1);
  if (command === undefined) throw new Error('Nothing was ordered.');
  journal.add(receiptEntry(command, { receiver, state, applied_at: at(1000) }));
}

const last = (journal: Journal) => journal.decisions.at(-1)?.withheld_reason;
const actions = (journal: Journal) => journal.commands.map(({ action }) => action);

describe('for another alert an order stands', () => {
  test('while it goes on, and not in the moments before it ends', () => {
    const journal = ordered({ expires: '1h' });
    answer(journal, 'applied');
    journal.add(another(50 * MINUTE_MS));
    expect(last(journal)).toBe('already_contained');
    journal.add(timeEntry(59 * MINUTE_MS + 40_000), another(59 * MINUTE_MS + 59_000));
    expect(last(journal)).toBeNull();
    expect(actions(journal)).toEqual(['revoke_token', 'require_step_up', 'revoke_token']);
  });

  test('unless nobody has done it, also where who must says that they can’t', () => {
    for (const state of ['failed', 'unsupported'] as const) {
      const journal = ordered();
      answer(journal, state);
      const before = journal.commands.length;
      journal.add(another(MINUTE_MS));
      expect(last(journal)).toBeNull();
      expect(actions(journal).slice(before)).toEqual(['revoke_token']);
    }
  });

  test('not where it was on some calls only, and another on all of them is asked for', () => {
    const blackout = ['2026-11-24T08:00:00Z/2026-11-24T09:30:00Z'];
    const journal = new Journal();
    const step = { id: 'step', when: { kind: ['decoy_touched'] } };
    const rules = [
      { expires: '8h' },
      { ...step, actions: [{ action: 'require_step_up', level: 'task' }] },
    ];
    journal.add(registered([GATEWAY], 1, { blackout }), policyEntry({ rules }), alertEntry('a'));
    expect(journal.commands).toMatchObject([{ action: 'require_step_up', scope: {} }]);
    const decoy = { kind: 'decoy_touched', detected_at: at(45 * MINUTE_MS) };
    journal.add(alertEntry('a', { alert_id: uuid('decoy'), ...decoy }));
    expect(journal.commands).toHaveLength(2);
    expect(journal.commands[1]?.scope).toBeUndefined();
  });

  test('where it is on all calls, for an order on some too', () => {
    const blackout = ['2026-11-24T08:00:00Z/2026-11-24T09:30:00Z'];
    const journal = new Journal();
    const step = { id: 'step', when: { kind: ['decoy_touched'] } };
    const rules = [{}, { ...step, actions: [{ action: 'require_step_up', level: 'task' }] }];
    journal.add(registered([GATEWAY], 1, { blackout }), policyEntry({ rules }));
    journal.add(alertEntry('a', { alert_id: uuid('decoy'), kind: 'decoy_touched' }));
    journal.add(another(MINUTE_MS));
    expect(last(journal)).toBe('blackout');
    expect(actions(journal)).toEqual(['require_step_up']);
  });
});

describe('a person who orders the same by hand', () => {
  const order = (journal: Journal, ms: number) => {
    const target = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' };
    journal.add(actEntry('order', 'alice', { action: 'revoke_token', target, at: at(ms) }));
    return last(journal);
  };

  test('is told that it is contained only where somebody has done it', () => {
    const journal = ordered();
    expect(order(journal, 1000)).toBe('already_contained');
    answer(journal, 'failed');
    expect(order(journal, 2000)).toBeNull();
  });

  test('reaches a receiver that was registered since', () => {
    const journal = ordered();
    answer(journal, 'applied');
    journal.add(registered([GATEWAY, LATER], 2));
    expect(order(journal, 2000)).toBeNull();
    expect(journal.commands.at(-1)?.receivers).toEqual(['gateway', 'second']);
    expect(order(journal, 3000)).toBe('already_contained');
  });
});

test('whom an order reaches anew is taken, where another order on it had failed', () => {
  const journal = new Journal();
  const agents = [AGENT, { uid: 'agent-b', class: 'autonomous' }];
  journal.add(registryEntry({ receivers: [GATEWAY], agents }), policyEntry());
  journal.add(lineageEntry('a', { task_id: 'task-a', delegated_as: 'h1' }));
  const acts_for = [{ agent_uid: 'agent-a', ref: 'h1' }];
  journal.add(lineageEntry('b', { task_id: 'task-b', acts_for }), alertEntry('b'));
  answer(journal, 'failed');
  const before = journal.commands.length;
  journal.add(alertEntry('a', { detected_at: at(5000) }));
  const given = journal.commands.slice(before).map(({ target }) => target.agent_uid);
  expect(given).toEqual(['agent-a', 'agent-b']);
});

describe('a receiver that must carry it out since the order', () => {
  const seen = (journal: Journal, ms = 3000) => {
    const [first] = journal.commands;
    const found = Containments.over(journal.transaction).of(
      first?.command_id ?? '',
      Date.parse(START) + ms,
    );
    return { state: found?.state, since: found?.requiredSince };
  };

  test('takes away that it is contained, and is ordered to before another alert is decided', () => {
    const journal = ordered({ actions: [{ action: 'disable_agent', level: 'agent' }] });
    answer(journal, 'applied');
    expect(seen(journal)).toEqual({ state: 'contained', since: [] });
    journal.add(registered([GATEWAY, LATER], 2));
    expect(seen(journal)).toEqual({ state: 'partly_applied', since: ['second'] });
    journal.add(another(MINUTE_MS));
    expect(last(journal)).toBe('already_contained');
    expect(journal.commands.at(-1)?.receivers).toEqual(['gateway', 'second']);
    journal.add(registered([GATEWAY], 3));
    expect(seen(journal)).toEqual({ state: 'contained', since: [] });
  });

  test('and that was asked to, though it had not to, counts by what it has said', () => {
    const journal = new Journal();
    const aside = { ...LATER, required: false };
    journal.add(registered([GATEWAY, aside]), policyEntry(), alertEntry('a'));
    answer(journal, 'applied');
    journal.add(registered([GATEWAY, LATER], 2));
    expect(seen(journal).state).toBe('partly_applied');
    journal.add(another(MINUTE_MS));
    expect(last(journal)).toBe('already_contained');
    answer(journal, 'applied', 'second');
    expect(seen(journal).state).toBe('applied_re_mintable');
  });
});
