/** A contained agent that goes on in calls which name no task, or another one. */
import type { JournalEntry, ObservedCall } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { BOTH } from '../../testing/contained.ts';
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
  timeEntry,
} from '../../testing/response-fixtures.ts';
import { targetActionKey } from '../model/action-target.ts';
import { issuedCommand, openCommand } from '../model/issued-command.ts';
import { containmentView } from './containment-state.ts';

const RECEIVERS = [
  { id: 'gateway', kind: 'http' },
  { id: 'idp', kind: 'http', issuer: true, required: false },
];
const SUBJECT = { agent_uid: 'agent-a', task_id: 'task-a', credential_uid: 'token-a' };

/** `agent-a` is stopped in `task-a`, where it showed `token-a`; issuance is blocked. */
class Stopped extends Journal {
  constructor(before: readonly JournalEntry[] = [], receivers: readonly object[] = RECEIVERS) {
    super();
    this.add(
      registryEntry({ receivers, agents: [{ uid: 'agent-a', class: 'autonomous' }] }),
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
    const issued = issuedCommand(this.transaction, this.commands[0]?.command_id ?? '');
    if (issued === undefined) throw new Error('A command was expected.');
    const nowMs = Date.parse(at(ms));
    const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };
    const key = targetActionKey(target, 'block_issuance', sha256);
    return containmentView(issued, { issuance: openCommand(this.transaction, key, nowMs), nowMs });
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
function taskless(outcome: string, over: Partial<ObservedCall> = {}): JournalEntry {
  const entry = callEntry('a', outcome, over) as { readonly observation: ObservedCall };
  const { task_id: _, ...observation } = entry.observation;
  return { kind: 'observation', observation };
}

const used = (agent: string, task?: string, credential = 'token-a') => {
  const entry = lineageEntry(agent, { event_time: at(-1000), credential_uid: credential });
  if (entry.kind !== 'lineage') return entry;
  const { task_id: _, ...lineage } = entry.lineage;
  return { ...entry, lineage: { ...lineage, ...(task === undefined ? {} : { task_id: task }) } };
};

const asserted = (entry: JournalEntry): JournalEntry =>
  entry.kind === 'lineage'
    ? { ...entry, lineage: { ...entry.lineage, assurance: 'asserted' } }
    : entry;

/** `agent-a` has another token in another task: tasks of its have their own. */
const OTHERS = [used('a', 'task-b', 'token-b')];

describe('with the credential of its task', () => {
  test.each<[string, readonly JournalEntry[]]>([
    ['no call has shown it before', []],
    ['its agent was seen with nothing else', [used('a', 'task-a')]],
    ['that it has others is only asserted', [used('a', 'task-a'), ...OTHERS.map(asserted)]],
  ])('is no leak where %s: nobody can tell whose work it is', (_, before) => {
    const journal = stopped(...before);
    journal.add(taskless('success', { credential_uid: 'token-a' }));
    expect(journal.alerts).toEqual([]);
    expect(journal.commands).toHaveLength(2);
    expect(journal.state()).toBe('unconfirmed');
  });

  test('is a leak, and leads to the next rung', () => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS);
    journal.add(taskless('success', { credential_uid: 'token-a' }));
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
    const { rule_id } = journal.decisions.at(-1) ?? {};
    expect(rule_id).toBe('hijack-task/escalates/revoke_token-task');
  });

  test('is a leak that takes nothing further where it is only asserted', () => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS);
    journal.add(taskless('success', { credential_uid: 'token-a', assurance: 'asserted' }));
    expect(journal.alerts).toHaveLength(1);
    expect(journal.commands).toHaveLength(2);
  });

  test.each<[string, JournalEntry]>([
    ['in another task', used('a', 'task-other')],
    ['without a task', used('a')],
    ['by another agent', used('b', 'task-a')],
  ])('that was also seen %s before is none: the order has reached only the task', (_, before) => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS, before);
    journal.add(taskless('success', { credential_uid: 'token-a' }));
    expect(journal.alerts).toEqual([]);
    expect(journal.state()).toBe('unconfirmed');
  });

  test('is one though the agent has shown it elsewhere since the order: that excuses nothing', () => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS);
    journal.add(used('a', 'task-other'), taskless('success', { credential_uid: 'token-a' }));
    expect(journal.state()).toBe('leaked');
  });
});

describe('with the credential of its task, in another that it had before', () => {
  const before = [used('a', 'task-a'), ...OTHERS];
  const inOther = callEntry('a', 'success', { task_id: 'task-b', credential_uid: 'token-a' });

  test('is a leak, also where others are only asserted to have shown it', () => {
    for (const said of [[], [asserted(used('z', 'task-z'))], [asserted(used('a', 'task-b'))]]) {
      const journal = stopped(...before, ...said);
      journal.add(inOther);
      expect(journal.state()).toBe('leaked');
    }
  });

  test('is unconfirmed where another agent has it too, proven, and none where its agent has', () => {
    const shared = stopped(...before, used('z', 'task-z'));
    shared.add(callEntry('a', 'denied', { event_time: at(1500) }), inOther);
    expect(shared.state()).toBe('unconfirmed');
    expect(shared.alerts).toEqual([]);
    const own = stopped(...before, used('a', 'task-b'));
    own.add(callEntry('a', 'denied', { event_time: at(1500) }), inOther);
    expect(own.state()).toBe('confirmed');
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

  const silent = (lastMs: number): JournalEntry => {
    const lastSeen = at(60_000);
    const silence = { tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: 1000 };
    const until = { last_call: at(lastMs), until: lastSeen, seen_until: lastSeen };
    return { kind: 'silence', silence: { ...silence, ...until } };
  };

  test('is made up for by a silence that begins with it, and by none of an agent that goes on', () => {
    const journal = stopped();
    journal.add(taskless('success', other), silent(2500));
    expect(journal.state(61_000)).toBe('unconfirmed');
    journal.add(silent(2000));
    expect(journal.state(61_000)).toBe('confirmed');
  });

  test('takes away what was confirmed for a while where it is only asserted', () => {
    const journal = stopped();
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }));
    journal.add(taskless('success', { ...other, assurance: 'asserted' }));
    expect(journal.state()).toBe('unconfirmed');
    expect(journal.state(16 * 60_000)).toBe('confirmed');
  });

  test('does so for good where one was proven, whatever is asserted afterwards', () => {
    const journal = stopped();
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), taskless('success', other));
    const said = { ...other, assurance: 'asserted', event_time: at(2500) } as const;
    journal.add(taskless('success', said));
    expect(journal.state(16 * 60_000)).toBe('unconfirmed');
  });

  test('has who may probe asked again', () => {
    const journal = new Stopped([], [{ id: 'gateway', kind: 'http', probes: true }]);
    journal.applied();
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), timeEntry(1_000_000));
    const probes = () =>
      journal.commands.filter((one) => one.probes === journal.commands[0]?.command_id).length;
    expect(probes()).toBe(0);
    journal.add(taskless('success', { ...other, event_time: at(1_000_000) }));
    journal.add(timeEntry(1_900_001));
    expect(probes()).toBe(1);
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
    [
      'made by who acts for it, in a task of its own',
      callEntry('b', 'success', { ...other, acts_for: ['agent-a'] }),
    ],
    ['made by another agent', taskless('success', { ...other, agent_uid: 'agent-b' })],
  ])('neither confirms nor doubts when it is %s', (_, entry) => {
    const journal = stopped();
    journal.add(entry);
    expect(journal.state()).toBe('contained');
    expect(journal.view().proof).toEqual({});
  });
});

describe('in another task', () => {
  const calls = (credential: string, task: string) =>
    callEntry('a', 'success', { credential_uid: credential, task_id: task });

  test('with the credential of the one that was stopped is a leak, whatever name it has', () => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS);
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), calls('token-a', 'made-up'));
    expect(journal.state()).toBe('leaked');
    expect(journal.alerts).toHaveLength(1);
  });

  test('with a key that was shown there before is none: the order has reached one task', () => {
    const journal = stopped(used('a', 'task-a'), used('a', 'task-b'));
    journal.add(calls('token-a', 'task-b'));
    expect(journal.view().proof).toEqual({});
  });

  test.each<[string, string, readonly JournalEntry[]]>([
    ['with a key of several tasks', 'token-a', [used('a', 'task-a'), used('a', 'task-b')]],
    ['with one of which no task is known', 'token-a', OTHERS],
  ])('that was not known before, %s, leaves it unconfirmed', (_, credential, before) => {
    const journal = stopped(...before);
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), calls(credential, 'made-up'));
    expect(journal.state()).toBe('unconfirmed');
    expect(journal.view().proof.untied).toMatchObject({ why: 'other_task' });
    expect(journal.alerts).toEqual([]);
  });

  test('that was not known before, with another credential, is its next work where that is proven', () => {
    const next = (assurance: ObservedCall['assurance']) => {
      const journal = stopped(...OTHERS);
      const over = { credential_uid: 'token-z', task_id: 'made-up', assurance };
      const denied = callEntry('a', 'denied', { event_time: at(1500) });
      journal.add(denied, callEntry('a', 'success', over));
      return journal.state();
    };
    expect(next('authenticated')).toBe('confirmed');
    expect(next('asserted')).toBe('unconfirmed');
  });

  test('that it had before, with another credential, is its other work', () => {
    const journal = stopped(...OTHERS);
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), calls('token-b', 'task-b'));
    expect(journal.state()).toBe('confirmed');
  });

  test('that it had before is doubted with a credential of which no task is known', () => {
    const journal = stopped(...OTHERS);
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), calls('token-a', 'task-b'));
    expect(journal.state()).toBe('unconfirmed');
  });

  test('its refusal proves nothing of the one that was stopped', () => {
    const journal = stopped(used('a', 'task-a'), ...OTHERS);
    journal.add(callEntry('a', 'denied', { credential_uid: 'token-a', task_id: 'made-up' }));
    expect(journal.view().proof).toEqual({});
  });
});

describe('of which nobody can tell whether it was stopped', () => {
  test('a call whose outcome is unknown takes away what was confirmed', () => {
    const journal = stopped();
    journal.add(callEntry('a', 'denied', { event_time: at(1500) }), callEntry('a', 'unknown'));
    expect(journal.state()).toBe('unconfirmed');
    expect(journal.view().proof.untied).toMatchObject({ why: 'unknown_outcome' });
    expect(journal.alerts).toEqual([]);
  });

  test('a call that had begun before anybody had applied it is no leak', () => {
    const journal = stopped();
    journal.add(callEntry('a', 'success', { duration_ms: 1500 }));
    expect(journal.state()).toBe('unconfirmed');
    expect(journal.view().proof.untied).toMatchObject({ why: 'under_way' });
    expect(journal.alerts).toEqual([]);
    journal.add(callEntry('a', 'success', { duration_ms: 900 }));
    expect(journal.state()).toBe('leaked');
  });
});
