/** What a stage keeps of agents that come with a call or two: bounded by how many of them, and of them alone. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import {
  agentPrint,
  agentStateKey,
  keyAt,
  knownOf,
  readAgentKey,
} from '../../state/agent/agent-key.ts';
import { controlled } from '../../testing/asked-features.ts';
import { event } from '../../testing/event-builder.ts';
import { hostileEvents } from '../../testing/hostile-events.ts';
import { livedEvents } from '../../testing/lived-world.ts';
import type { MapTransaction } from '../../testing/map-draft.ts';
import { feed, world } from '../../testing/registry-world.ts';
import { KNOWN_NAMES, notePasser, PASSERS_MAX } from './passers-by.ts';

const calls = [...livedEvents(3).slice(0, 30), ...hostileEvents(0, 30)];

function call(uid: string, n: number, of: AuditEvent = event(n)): AuditEvent {
  return { ...of, event_id: event(n).event_id, agent: { ...of.agent, uid } };
}

/** Keys of what is kept of an agent. */
function retained(transaction: MapTransaction, uid: string): readonly string[] {
  const own = agentPrint(call(uid, 0));
  return [...transaction.entries.keys()].filter((key) => readAgentKey(key)?.agent === own);
}

/** As many others come for the first time. */
function passed(transaction: MapTransaction, many: number): void {
  for (let n = 0; n < many; n += 1) notePasser(transaction, call(`made-up-${n}`, n));
}

describe('agents that pass by', () => {
  it('make room with all that was kept of them, whatever their calls were', () => {
    const transaction = controlled();
    for (const [n, one] of calls.entries()) feed(transaction, call(`passer-${n % 20}`, n, one));
    expect(retained(transaction, 'passer-3').length).toBeGreaterThan(15);
    passed(transaction, PASSERS_MAX);
    for (let n = 0; n < 20; n += 1) expect(retained(transaction, `passer-${n}`)).toEqual([]);
  });

  it('stay from five calls on, and while no more came than there is room for', () => {
    const transaction = world();
    for (let n = 0; n < 5; n += 1) feed(transaction, call('stays', n));
    for (let n = 5; n < 9; n += 1) feed(transaction, call('passes', n));
    passed(transaction, PASSERS_MAX - 2);
    expect(retained(transaction, 'passes').length).toBeGreaterThan(10);
    const before = retained(transaction, 'stays');
    passed(transaction, 2);
    expect(retained(transaction, 'passes')).toEqual([]);
    expect(retained(transaction, 'stays')).toEqual(before);
  });

  it('are none where the registry names them', () => {
    const transaction = world({ version: 1, agents: [{ uid: 'reporter', class: 'autonomous' }] });
    feed(transaction, event(1));
    passed(transaction, PASSERS_MAX + 1);
    expect(knownOf(transaction, event(1), 'clock')).toBeDefined();
  });

  it('are new again when they come again', () => {
    const transaction = world();
    feed(transaction, call('again', 1));
    passed(transaction, PASSERS_MAX);
    feed(transaction, call('again', 2));
    const composed = transaction.get<{ readonly n: number }>(
      agentStateKey(call('again', 2), 'composed'),
    );
    expect(composed?.n).toBe(1);
  });
});

it('a print leads to the keys of its agent', () => {
  const one = call('any', 1);
  for (const name of [...KNOWN_NAMES, 'chains']) {
    expect(keyAt(agentPrint(one), name)).toBe(agentStateKey(one, name));
  }
  expect(keyAt(agentPrint(one), 'context', 'c')).toBe(agentStateKey(one, 'context', 'c'));
});
