/** Guarantee: a task's access ends with its lease, by our own clock, and nobody else can end it. */
import type { JournalEntry } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  at,
  Journal,
  lineageEntry,
  policyEntry,
  registryEntry,
  TENANT,
  timeEntry,
  uuid,
} from '../../testing/response-fixtures.ts';

const MINUTE_MS = 60_000;
/** Telling goes on every five minutes, so that much is granted beyond the setting. */
const IDLE = timeEntry(15 * MINUTE_MS);
const GRACE_MS = 2 * MINUTE_MS;
const WORKFLOWS = { workflows: [{ name: 'bills', envelope: { deadline: '30m' } }] };

function leased(taskEnd: object, ...entries: readonly JournalEntry[]): Journal {
  const journal = new Journal();
  journal.add(
    policyEntry({ taskEnd: { mode: 'enforce', ...taskEnd } }),
    registryEntry(WORKFLOWS),
    timeEntry(0),
    ...entries,
  );
  return journal;
}

function taskEnd(agent: string, assurance: 'authenticated' | 'asserted', ms = 0): JournalEntry {
  const own = { agent_uid: `agent-${agent}`, task_id: 'work', assurance };
  const event_id = uuid(`end ${agent} ${assurance} ${ms}`);
  return {
    kind: 'task_end',
    task_end: { tenant_id: TENANT, event_id, event_time: at(ms), ...own },
  };
}

const taken = (journal: Journal) =>
  journal.commands.map(({ action, target }) => `${action} ${target.agent_uid} ${target.task_id}`);

describe('an idle task', () => {
  test('ends when nothing was heard of it for so long, and not before', () => {
    const journal = leased({ idle: '10m' }, lineageEntry('a'), timeEntry(15 * MINUTE_MS - 1));
    expect(journal.commands).toEqual([]);
    journal.add(IDLE);
    expect(taken(journal)).toEqual(['revoke_token agent-a work']);
    expect(journal.decisions[0]).toMatchObject({ rule_id: 'task-end', withheld_reason: null });
    expect(journal.commands[0]?.reason).toContain('Task work is idle');
  });

  test('goes on while it is heard of', () => {
    const again = lineageEntry('a', { event_time: at(8 * MINUTE_MS) });
    const journal = leased({ idle: '10m' }, lineageEntry('a'), again, IDLE);
    expect(journal.commands).toEqual([]);
    journal.add(timeEntry(23 * MINUTE_MS));
    expect(taken(journal)).toHaveLength(1);
  });

  test('is not kept alive, nor ended, by what is only asserted of it', () => {
    const told = { assurance: 'asserted', event_time: at(14 * MINUTE_MS) } as const;
    const forged = lineageEntry('a', { ...told, deadline: at(1) });
    const journal = leased({ idle: '10m', deadlines: true }, lineageEntry('a'), forged);
    journal.add(timeEntry(14 * MINUTE_MS));
    expect(journal.commands).toEqual([]);
    journal.add(IDLE);
    expect(taken(journal)).toHaveLength(1);
  });

  test('that itself is only asserted is left, and the decision says so', () => {
    const journal = leased({ idle: '10m' }, lineageEntry('a', { assurance: 'asserted' }), IDLE);
    expect(journal.commands).toEqual([]);
    expect(journal.decisions[0]?.withheld_reason).toBe('claim_only_asserted');
  });

  test('takes what it had handed on with it', () => {
    const child = lineageEntry('b', { acts_for: [{ agent_uid: 'agent-a' }] });
    const later = lineageEntry('b', {
      acts_for: [{ agent_uid: 'agent-a' }],
      event_time: at(14 * MINUTE_MS),
    });
    const journal = leased({ idle: '10m' }, lineageEntry('a'), child, later, IDLE);
    expect(taken(journal)).toEqual(['revoke_token agent-a work', 'revoke_token agent-b work']);
  });
});

describe('a deadline', () => {
  test('of the task ends it, once what was begun has had its time', () => {
    const told = lineageEntry('a', { deadline: at(10 * MINUTE_MS) });
    const due = 10 * MINUTE_MS + GRACE_MS;
    const journal = leased({ deadlines: true }, told, timeEntry(due - 1));
    expect(journal.commands).toEqual([]);
    journal.add(timeEntry(due));
    expect(taken(journal)).toEqual(['revoke_token agent-a work']);
  });

  test('of the workflow counts from the first call, and no later word puts it off', () => {
    const longer = { deadline: at(99 * MINUTE_MS), event_time: at(20 * MINUTE_MS) };
    const first = lineageEntry('a', { workflow: 'bills' });
    const journal = leased({ deadlines: true }, first, lineageEntry('a', longer));
    journal.add(timeEntry(30 * MINUTE_MS + GRACE_MS - 1));
    expect(journal.commands).toEqual([]);
    journal.add(timeEntry(30 * MINUTE_MS + GRACE_MS));
    expect(taken(journal)).toHaveLength(1);
  });

  test('that was asserted before the task was proven is nobody’s, and neither is its start', () => {
    const asserted = { assurance: 'asserted', event_time: at(-99 * MINUTE_MS) } as const;
    const later = { deadline: at(99 * MINUTE_MS) };
    for (const forged of [{ deadline: at(-MINUTE_MS) }, { workflow: 'bills' }]) {
      const claim = lineageEntry('a', { ...asserted, ...forged });
      const own = lineageEntry('a', 'workflow' in forged ? forged : later);
      const journal = leased({ deadlines: true }, claim, own, timeEntry(5 * MINUTE_MS));
      expect(journal.decisions.filter((one) => one.withheld_reason === null)).toEqual([]);
      expect(journal.commands).toEqual([]);
    }
  });

  test('is kept through a flood of invented tasks of the same agent', () => {
    const told = lineageEntry('a', { deadline: at(10 * MINUTE_MS) });
    const flood = Array.from({ length: 300 }, (_, i) =>
      lineageEntry('a', { task_id: `fake-${i}`, assurance: 'asserted' }),
    );
    const forged = lineageEntry('a', { assurance: 'asserted', deadline: at(-MINUTE_MS) });
    const journal = leased({ deadlines: true }, told, ...flood, forged, timeEntry(5 * MINUTE_MS));
    expect(taken(journal)).toEqual([]);
    journal.add(timeEntry(10 * MINUTE_MS + GRACE_MS));
    expect(taken(journal)).toEqual(['revoke_token agent-a work']);
  });

  test('is not put off by pushing the task out with others and naming it anew', () => {
    const told = lineageEntry('a', { deadline: at(60 * MINUTE_MS) });
    const others = Array.from({ length: 256 }, (_, n) => lineageEntry('a', { task_id: `x${n}` }));
    const anew = { deadline: at(1e9 * 1000), event_time: at(5000) };
    const due = timeEntry(60 * MINUTE_MS + GRACE_MS);
    for (const last of [[lineageEntry('a', anew)], []]) {
      const journal = leased({ deadlines: true }, told, ...others, ...last, due);
      expect(taken(journal)).toEqual(['revoke_token agent-a work']);
    }
  });

  test('far off is looked for again and again, and holds', () => {
    const day = 24 * 60 * MINUTE_MS;
    const journal = leased({ deadlines: true }, lineageEntry('a', { deadline: at(3 * day) }));
    for (const days of [1, 2, 3]) journal.add(timeEntry(days * day));
    expect(taken(journal)).toEqual([]);
    journal.add(timeEntry(3 * day + GRACE_MS));
    expect(taken(journal)).toHaveLength(1);
  });

  test('without the setting ends nothing', () => {
    const told = lineageEntry('a', { deadline: at(0), workflow: 'bills' });
    expect(leased({}, told, timeEntry(99 * MINUTE_MS)).decisions).toEqual([]);
  });
});

describe('a forged end', () => {
  test('of another, or only asserted, neither ends the lease nor puts its end off', () => {
    const journal = leased(
      { idle: '10m' },
      lineageEntry('a'),
      taskEnd('b', 'authenticated'),
      taskEnd('a', 'asserted'),
      timeEntry(GRACE_MS),
    );
    expect(taken(journal)).toEqual(['revoke_token agent-b work']);
    journal.add(IDLE);
    expect(taken(journal)).toContain('revoke_token agent-a work');
  });

  test('of a task that was pushed out by others ends its lease too', () => {
    const told = lineageEntry('a', { deadline: at(60 * MINUTE_MS) });
    const others = Array.from({ length: 256 }, (_, n) => lineageEntry('a', { task_id: `x${n}` }));
    const end = taskEnd('a', 'authenticated');
    const journal = leased({ deadlines: true }, told, ...others, end, timeEntry(GRACE_MS));
    journal.add(timeEntry(99 * MINUTE_MS));
    expect(journal.decisions).toHaveLength(1);
  });

  test('of a run is none of the next run of the same id', () => {
    const day = 24 * 60 * MINUTE_MS;
    const first = lineageEntry('a', { deadline: at(30 * MINUTE_MS) });
    const journal = leased({ deadlines: true }, first, taskEnd('a', 'authenticated'));
    journal.add(timeEntry(GRACE_MS));
    expect(taken(journal)).toHaveLength(1);
    const next = { event_time: at(day), deadline: at(day + 30 * MINUTE_MS) };
    journal.add(timeEntry(day), lineageEntry('a', next), timeEntry(day + 20 * MINUTE_MS));
    expect(taken(journal)).toHaveLength(1);
    journal.add(timeEntry(day + 30 * MINUTE_MS + GRACE_MS));
    expect(taken(journal)).toHaveLength(2);
  });

  const untilOf = (journal: Journal) =>
    journal.commands.map((one) => (Date.parse(one.expires_at) - Date.parse(at(0))) / MINUTE_MS);
  const HOUR = 60;

  test('of a scheduled job’s run is over before the job comes again', () => {
    const job = { agents: [{ uid: 'agent-a', class: 'scheduled_job' }] };
    const journal = leased({}, registryEntry(job, 2), lineageEntry('a'));
    journal.add(taskEnd('a', 'authenticated'), timeEntry(GRACE_MS));
    expect(untilOf(journal)).toEqual([12 * HOUR + 2]);
  });

  test('of an id that comes again lasts no longer than half of the pause before', () => {
    const journal = leased({}, lineageEntry('a'), taskEnd('a', 'authenticated'));
    journal.add(timeEntry(GRACE_MS));
    const next = 26 * HOUR;
    journal.add(timeEntry(next * MINUTE_MS));
    journal.add(lineageEntry('a', { event_time: at(next * MINUTE_MS) }));
    journal.add(taskEnd('a', 'authenticated', next * MINUTE_MS + 1));
    journal.add(timeEntry(next * MINUTE_MS + GRACE_MS + 1));
    expect(untilOf(journal).map(Math.floor)).toEqual([24 * HOUR + 2, (26 + 13) * HOUR + 2]);
  });

  test('of its own is an end: the lease asks nothing more', () => {
    const journal = leased({ idle: '10m' }, lineageEntry('a'), taskEnd('a', 'authenticated'));
    journal.add(timeEntry(GRACE_MS), IDLE);
    expect(journal.decisions).toHaveLength(1);
    expect(taken(journal)).toEqual(['revoke_token agent-a work']);
  });
});
