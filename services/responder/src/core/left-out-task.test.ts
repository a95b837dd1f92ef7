/** A contained agent that goes on in calls which name no task. */
import type { JournalEntry, Sighting } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { BOTH } from '../testing/contained.ts';
import {
  alertEntry,
  at,
  callEntry,
  Journal,
  lineageEntry,
  policyEntry,
  receiptEntry,
  registryEntry,
  sha256,
  TENANT,
} from '../testing/response-fixtures.ts';
import { targetActionKey } from './action-target.ts';
import { containmentView } from './containment-state.ts';
import { issuedCommand, openCommand } from './issued-command.ts';

const RECEIVERS = [
  { id: 'gateway', kind: 'http' },
  { id: 'idp', kind: 'http', issuer: true, required: false },
];
const SUBJECT = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'token-a' };

/** `agent-a` is stopped in `task-a`, where it showed `token-a`; issuance is blocked. */
class Stopped extends Journal {
  constructor(before: readonly JournalEntry[] = []) {
    super();
    this.add(
      registryEntry({ receivers: RECEIVERS, agents: [{ uid: 'agent-a', class: 'autonomous' }] }),
      policyEntry(BOTH),
      ...before,
      alertEntry('a', { subject: SUBJECT }),
    );
  }

  applied(): void {
    for (const command of this.commands.slice(0, 2)) {
      for (const receiver of ['gateway', 'idp']) {
        this.add(receiptEntry(command, { receiver, applied_at: at(1000) }));
      }
    }
  }

  view(ms = 3000) {
    const issued = issuedCommand(this.draft, this.commands[0]?.command_id ?? '');
    if (issued === undefined) throw new Error('A command was expected.');
    const nowMs = Date.parse(at(ms));
    const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };
    const key = targetActionKey(target, 'block_issuance', sha256);
    return containmentView(issued, { issuance: openCommand(this.draft, key, nowMs), nowMs });
  }

  state(ms?: number): string {
    return this.view(ms).state;
  }
}

function stopped(...before: readonly JournalEntry[]): Stopped {
  const journal = new Stopped(before);
  journal.applied();
  return journal;
}

/** Of `agent-a`, without a task. */
function taskless(outcome: string, over: Partial<Sighting> = {}): JournalEntry {
  const entry = callEntry('a', outcome, over) as { readonly sighting: Sighting };
  const { task_id: _, ...sighting } = entry.sighting;
  return { kind: 'sighting', sighting };
}

const used = (agent: string, task?: string) => {
  const entry = lineageEntry(agent, { event_time: at(-1000), credential_uid: 'token-a' });
  if (entry.kind !== 'lineage') return entry;
  const { task_id: _, ...lineage } = entry.lineage;
  return { ...entry, lineage: { ...lineage, ...(task === undefined ? {} : { task_id: task }) } };
};

describe('with the credential of its task', () => {
  test('is a leak, and leads to the next rung', () => {
    const journal = stopped(used('a', 'task-a'));
    journal.add(taskless('success', { credential_uid: 'token-a' }));
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
    const { rule_id } = journal.decisions.at(-1) ?? {};
    expect(rule_id).toBe('hijack-task/escalates/revoke_token-task');
  });

  test('is a leak that takes nothing further where it is only asserted', () => {
    const journal = stopped();
    journal.add(taskless('success', { credential_uid: 'token-a', assurance: 'asserted' }));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.commands).toHaveLength(2);
  });

  test.each<[string, JournalEntry]>([
    ['in another task', used('a', 'task-other')],
    ['without a task', used('a')],
    ['by another agent', used('b', 'task-a')],
  ])('that was also seen %s before is none: the order has reached only the task', (_, before) => {
    const journal = stopped(used('a', 'task-a'), before);
    journal.add(taskless('success', { credential_uid: 'token-a' }));
    expect(journal.alerts).toEqual([]);
    expect(journal.state()).toBe('unconfirmed');
  });

  test('is one though the agent has shown it elsewhere since the order: that excuses nothing', () => {
    const journal = stopped(used('a', 'task-a'));
    journal.add(used('a', 'task-other'), taskless('success', { credential_uid: 'token-a' }));
    expect(journal.state()).toBe('leaked');
  });
});

describe('with another credential', () => {
  const other = { credential_uid: 'token-z' };

  test('takes away that it is contained, and takes nothing from the agent', () => {
    const journal = stopped();
    expect(journal.state()).toBe('contained');
    journal.add(taskless('success', other));
    expect(journal.state()).toBe('unconfirmed');
    expect(journal.view().proof.untied).toMatchObject({
      ...{ agentUid: 'agent-a', credentialUid: 'token-z' },
    });
    expect(journal.alerts).toEqual([]);
    expect(journal.commands).toHaveLength(2);
  });

  test('does so whichever of receipt and call is read first', () => {
    const journal = new Stopped();
    journal.add(taskless('success', other));
    journal.applied();
    expect(journal.state()).toBe('unconfirmed');
  });

  test('is what no silence afterwards makes up for', () => {
    const journal = stopped();
    journal.add(taskless('success', other));
    const heard = at(60_000);
    const silence = { tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: 1000, last_call: at(0) };
    journal.add({ kind: 'silence', silence: { ...silence, until: heard, heard_until: heard } });
    expect(journal.state(61_000)).toBe('unconfirmed');
  });

  test('takes away what was confirmed before it, until the task is refused again', () => {
    const journal = stopped();
    journal.add(callEntry('a', 'denied'));
    expect(journal.state()).toBe('confirmed');
    journal.add(taskless('success', { ...other, event_time: at(2500) }));
    expect(journal.state()).toBe('unconfirmed');
    journal.add(callEntry('a', 'denied', { event_time: at(2800) }));
    expect(journal.state()).toBe('confirmed');
  });

  test.each<[string, JournalEntry]>([
    ['refused', taskless('denied', other)],
    ['refused with the task’s own', taskless('denied', { credential_uid: 'token-a' })],
    ['made before it was applied', taskless('success', { ...other, event_time: at(900) })],
    ['made in another task', callEntry('a', 'success', { ...other, task_id: 'task-b' })],
    ['made by another agent', taskless('success', { ...other, agent_uid: 'agent-b' })],
  ])('neither confirms nor doubts when it is %s', (_, entry) => {
    const journal = stopped();
    journal.add(entry);
    expect(journal.state()).toBe('contained');
    expect(journal.view().proof).toEqual({});
  });
});
