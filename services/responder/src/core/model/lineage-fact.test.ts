/** Guarantee: a fact says nothing that rests on less than the fact itself. */
import { type AuditEvent, eachClaim } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { START, TENANT, uuid } from '../../testing/response-fixtures.ts';
import { lineageOf } from './lineage-fact.ts';

const PROVEN = 'authenticated';

function called(workflow: AuditEvent['claims']['workflow'], agent: typeof workflow): AuditEvent {
  return {
    schema_version: '1.0',
    event_id: uuid('called'),
    event_time: START,
    event_time_quality: 'measured',
    observed_time: START,
    source: { kind: 'test', instance: 'gateway-log' },
    tenant_id: TENANT,
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid: 'agent-a', name: 'agent-a', assurance: agent },
    claims: { ...eachClaim(() => PROVEN), workflow },
    chain_id: 'chain-1',
    task: { id: 'work', workflow: 'bills' },
    capabilities: [],
    fp_version: 1,
    key_id: 'test',
    outcome: 'success',
  };
}

test('a workflow that is only claimed sets no deadline for a task that is proven', () => {
  expect(lineageOf(called(PROVEN, PROVEN))?.workflow).toBe('bills');
  expect(lineageOf(called('asserted', 'asserted'))?.workflow).toBe('bills');
  const bare = lineageOf(called('asserted', PROVEN));
  expect(bare).toMatchObject({ assurance: PROVEN, task_id: 'work' });
  expect(bare?.workflow).toBeUndefined();
});
