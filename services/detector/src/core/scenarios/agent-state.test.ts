/** What is kept of one agent is bounded, whatever it does and whoever chooses names. */
import { shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { TRACKED_MAX } from '../alerting/life-cycle.ts';
import { SIGHTED_CHAINS_MAX } from '../correlation/flow/flow-limits.ts';
import { CHAINS_STORED_MAX, PLANTED_STORED_MAX } from '../injection/instruction-match.ts';
import { WORK_IN_HAND } from '../rules/identity/passers-by.ts';
import { TASKS_READ_MAX } from '../rules/tasks/task-envelope.ts';
import { readAgentKey } from '../state/agent/agent-key.ts';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

/** An agent of which every call brings another tool, target, counterparty, credential, place, task and approver. */
const other = (n: number) => {
  const time = shiftTime('2026-01-05T09:00:00Z', n * 1_800_000);
  return event(n, {
    event_time: time,
    observed_time: time,
    chain_id: `chain-${n}`,
    effect: n % 2 === 0 ? 'send' : 'read',
    task: { id: `task-${n}`, workflow: 'work' },
    tool: { name: `tool-${n}`, server: 'office', definition_hash: `def-${n}` },
    target: {
      system: 'crm',
      resource_type: `type-${n}`,
      resource_id: `to-${n}`,
      sensitivity: 'secret',
    },
    credential: { uid: `token-${n}`, expires_at: '2026-01-01T00:00:00.000000000Z' },
    src: { ip: `10.${n % 200}.1.${n % 9}`, user_agent: `client-${n}` },
    approval: { mode: 'human', by: `person-${n}`, latency_ms: n, uid: `approval-${n}` },
    model: { name: `model-${n}`, tokens_in: n, tokens_out: 1 },
    args: {
      hash: `hmac-${n}`,
      features: { destination_domain: `d${n}.example`, records: n },
      items: [{ path: 'to', class: 'atom', tokens: [`t${n}`], ids: [`id-${n}`], id_like: true }],
    },
    result: {
      size: n,
      trust: n % 3 === 0 ? 'trusted' : 'untrusted',
      values: [{ fp: `fp-${n}`, kind: 'secret' }],
      passages: [{ actions: ['send'], mark: 0.98, tokens: [`p${n}`], ids: [`p-${n}`] }],
      field_ids: [`f-${n}`],
      free_text_ids: [`w-${n}`],
    },
  });
};

const REGISTRY = {
  version: 1,
  agents: [{ uid: 'reporter', class: 'autonomous', grants: ['read:*'] }],
  workflows: [{ name: 'work', envelope: { provenance: { to: ['trusted'] } } }],
};

describe('the state of an agent', () => {
  it('is bounded in what is known of it and in the work that it has in hand', () => {
    const world = new ProfileWorld(REGISTRY);
    for (let n = 0; n < 1200; n += 1) world.feed(other(n));
    const retained = [...world.transaction.entries]
      .filter(([key, value]) => readAgentKey(key) !== undefined && value !== undefined)
      .map(([key, value]) => ({
        key,
        name: readAgentKey(key)?.name.split('|')[0] ?? '',
        bytes: key.length + JSON.stringify(value).length,
      }));
    const known = retained.filter(({ name }) => !WORK_IN_HAND.has(name));
    const bytes = known.reduce((sum, one) => sum + one.bytes, 0);
    expect(known.length).toBeGreaterThan(10);
    // An agent that means it fills every table; others have half of it.
    expect(bytes).toBeLessThan(65_536);
    const count = (of: string) => retained.filter(({ name }) => name === of).length;
    expect(count('context')).toBe(CHAINS_STORED_MAX);
    const planted = retained.filter(({ name }) => name === 'planted');
    expect(planted).toHaveLength(1);
    expect(world.transaction.get<readonly unknown[]>(planted[0]?.key ?? '')).toHaveLength(
      PLANTED_STORED_MAX,
    );
    expect(count('sighted')).toBeLessThanOrEqual(SIGHTED_CHAINS_MAX + 1);
    expect(count('read')).toBeLessThanOrEqual(TASKS_READ_MAX);
    expect(count('alert')).toBeLessThanOrEqual(TRACKED_MAX);
  });
});
