/** What is guaranteed where nothing is declared: what rests on the call and the agent's own past is told all the same. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const HOME = { ip: '10.1.2.3', user_agent: 'runtime/3' };
const AWAY = { ip: '203.0.113.9', user_agent: 'curl/8' };

let count = 0;
function call(ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  return event(count, { event_time: time, observed_time: time, src: HOME, ...over });
}

const NOBODYS = { version: 1, agents: [], decoys: [{ resource_id: 'bait' }] };
const pays: Partial<AuditEvent> = {
  ...{ effect: 'pay', tool: { name: 'pay', server: 'bank' }, args: { hash: 'hmac-sha256:a' } },
  target: { system: 'bank', resource_type: 'account', resource_id: 'acct-1' },
};
const decided = (uid: string) => ({ mode: 'human' as const, by: 'ana', latency_ms: 9000, uid });

function rulesReported(registry: unknown, ...events: readonly AuditEvent[]): readonly string[] {
  const alerts = new ProfileWorld(registry).feed(...events);
  return [...new Set(alerts.map((alert) => alert.rule_id))];
}

describe.each([
  ['before any registry is published', undefined],
  ['in a registry that names no agents', NOBODYS],
])('%s', (_, registry) => {
  it('a stolen key is told', () => {
    const token = { credential: { uid: 'tok-1' } };
    const before = Array.from({ length: 120 }, (_, n) => call(n * 2 * HOUR_MS, token));
    const thief: Partial<AuditEvent> = {
      ...{ ...token, src: AWAY },
      ...{ activity: 'model_call', capabilities: [] },
    };
    const taken = Array.from({ length: 40 }, (_, n) => call(241 * HOUR_MS + n * 100, thief));
    expect(rulesReported(registry, ...before, ...taken)).toContain('stolen-credential');
  });

  it('a credential that has expired is told, and the class table asks nothing of one that is old', () => {
    const issued_at = '2025-01-05T09:00:00Z';
    const old = call(0, { credential: { uid: 'tok-1', issued_at } });
    expect(rulesReported(registry, old)).toEqual([]);
    const expires_at = '2026-01-05T01:00:00Z';
    const expired = call(0, { credential: { uid: 'tok-1', expires_at } });
    expect(rulesReported(registry, expired)).toEqual(['credential-expired']);
  });

  it('a task that acts after its deadline is told', () => {
    const task = { id: 't-1', deadline: '2026-01-05T09:30:00Z' };
    expect(rulesReported(registry, call(0, { task }), call(HOUR_MS, { task }))).toEqual([
      'task-overrun',
    ]);
  });

  it('what a person refused and ran all the same is told, and an approval that is used twice', () => {
    const refused = call(0, { ...pays, outcome: 'denied', approval: decided('no-1') });
    expect(rulesReported(registry, refused, call(60_000, pays))).toEqual(['approval-refused']);
    const other = { args: { hash: 'hmac-sha256:b' } };
    const approved = { ...pays, approval: decided('yes-1') };
    expect(
      rulesReported(registry, call(0, approved), call(60_000, { ...approved, ...other })),
    ).toEqual(['approval-reuse']);
  });

  it('nobody is held to a class that nobody gave', () => {
    expect(rulesReported(registry, call(0, { ...pays, approval: { mode: 'none' } }))).toEqual([]);
  });
});
