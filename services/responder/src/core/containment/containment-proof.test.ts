/** The silence of an agent that has handed work on: of its delegates it tells nothing. */
import type { JournalEntry } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  lineageEntry,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { issuedCommand } from '../model/issued-command.ts';
import { containmentView } from './containment-state.ts';

const silent = (agent_uid: string, minutes: number): JournalEntry => ({
  kind: 'silence',
  silence: {
    ...{ tenant_id: TENANT, agent_uid, usual_ms: MINUTE_MS, last_call: at(0) },
    ...{ until: at(minutes * MINUTE_MS), seen_until: at(minutes * MINUTE_MS) },
  },
});

/** `agent-a` is stopped in its task, in which it handed work on to `agent-b`. */
class HandedOn extends Journal {
  constructor(ofB: object, action = 'revoke_token') {
    super();
    const agents = [
      { uid: 'agent-a', class: 'autonomous' },
      { uid: 'agent-b', class: 'autonomous', ...ofB },
    ];
    const rules = [{ actions: [{ action, level: 'task' }] }];
    this.add(registryEntry({ receivers: [{ id: 'gateway', kind: 'http' }], agents }));
    this.add(policyEntry({ rules }));
    const task_id = 'task-a';
    this.add(lineageEntry('a', { task_id, event_time: at(-5000), delegated_as: 'h1' }));
    const acts_for = [{ agent_uid: 'agent-a', ref: 'h1' }];
    this.add(lineageEntry('b', { task_id, acts_for, event_time: at(-4000) }), alertEntry('a'));
  }

  applied(): void {
    for (const command of this.commands) {
      this.add(receiptEntry(command, { receiver: 'gateway', applied_at: at(1000) }));
    }
  }

  /** Whether the silence of `agent-a` has told anything. */
  lastSeen(): boolean {
    const { state, proof } = this.of('agent-a');
    expect(proof.deafSinceMs === undefined).toBe(state === 'confirmed');
    return state === 'confirmed';
  }

  of(agentUid: string) {
    const found = this.commands.find(({ target }) => target.agent_uid === agentUid);
    const issued = issuedCommand(this.transaction, found?.command_id ?? '');
    if (issued === undefined) throw new Error(`No order on ${agentUid}.`);
    const nowMs = Date.parse(START) + 10 * MINUTE_MS;
    return { command: issued.command, ...containmentView(issued, { issuance: undefined, nowMs }) };
  }
}

test('confirms nothing while a delegate of its that was left alone goes unheard', () => {
  const journal = new HandedOn({ never_revoke: true });
  expect(journal.commands).toHaveLength(1);
  journal.applied();
  journal.add(silent('agent-a', 5));
  expect(journal.lastSeen()).toBe(false);
});

test('confirms once each of them is stopped too, and that is confirmed', () => {
  const journal = new HandedOn({});
  journal.applied();
  journal.add(silent('agent-a', 5));
  expect(journal.lastSeen()).toBe(false);
  journal.add(silent('agent-b', 6));
  expect(journal.of('agent-b').state).toBe('confirmed');
  journal.add(silent('agent-a', 7));
  expect(journal.of('agent-a').state).toBe('confirmed');
  expect(journal.lastSeen()).toBe(true);
});

test('confirms nothing where a delegate is only asked to step up', () => {
  const journal = new HandedOn({}, 'require_step_up');
  journal.applied();
  journal.add(silent('agent-a', 5));
  expect(journal.lastSeen()).toBe(false);
});

test('and of one whose order was refused to confirm by a leak, nothing either', () => {
  const journal = new HandedOn({});
  journal.applied();
  const ground = journal.of('agent-b').command.command_id;
  journal.add(callEntry('b', 'denied', { ground, task_id: 'task-a' }));
  expect(journal.of('agent-b').state).toBe('confirmed');
  journal.add(callEntry('b', 'success', { task_id: 'task-a', event_time: at(3000) }));
  journal.add(silent('agent-a', 5));
  expect(journal.lastSeen()).toBe(false);
});
