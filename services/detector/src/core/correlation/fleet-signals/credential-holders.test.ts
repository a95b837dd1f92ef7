/** What is kept of the holders of a credential: none is counted twice, and of too many it is known that there are more. */
import type { PrivilegeStep } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import {
  fewHolders,
  HOLDERS_COUNTED_MAX,
  HOLDERS_MAX,
  type Holders,
  holderCount,
  withHolder,
} from './credential-holders.ts';

function step(n: number): PrivilegeStep {
  const { event_id, tenant_id, chain_id, claims, event_time, event_time_quality } = event(n);
  return {
    ...{ event_id, tenant_id, chain_id, claims, event_time, event_time_quality },
    ...{ agent_uid: `agent-${n}`, agent_assurance: 'authenticated', activity: 'credential_held' },
    ...{ effect: 'read', outcome: 'success', exercise: 'exercised', capabilities: [] },
    ...{ arg_values: [], result_values: [], grants: null, policy_version: 'p' },
    values_truncated: false,
  };
}

const NOBODY: Holders = { uses: [], more: 0 };
const holders = (steps: readonly PrivilegeStep[]) =>
  steps.reduce((known, one) => fewHolders(withHolder(known, one)), NOBODY);
const steps = (count: number) => Array.from({ length: count }, (_, n) => step(n));

test('whoever is noted again is counted once, kept or not', () => {
  const known = holders([...steps(40), ...steps(40)]);
  expect(known.uses).toHaveLength(HOLDERS_MAX);
  expect(known.uses[0]?.agent_uid).toBe('agent-0');
  expect([holderCount(known), known.more]).toEqual([40, 0]);
});

test('the number is a lower one where there are more than are known again', () => {
  const all = HOLDERS_MAX + HOLDERS_COUNTED_MAX;
  const exact = holders(steps(all));
  const beyond = holders(steps(all + 9));
  expect([holderCount(exact), exact.more]).toEqual([all, 0]);
  expect([holderCount(beyond), beyond.more]).toEqual([all, 1]);
});
