/** What is guaranteed of calls of the model alone: what makes them wrong is told as of an act, in one alert with it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, feed, observationsOf, registry, world } from '../../testing/registry-world.ts';

const thinks = (n: number, over: Partial<AuditEvent> = {}): AuditEvent => {
  const { tool: _, ...bare } = event(n, { activity: 'model_call', capabilities: [], ...over });
  return bare;
};
const old = { credential: { uid: 'key-1', issued_at: '2024-12-01T00:00:00.000000000Z' } };
const dead = { credential: { uid: 'key-1', expires_at: '2026-01-05T08:00:00.000000000Z' } };
const late = { task: { id: 'task-1', deadline: '2026-01-05T08:00:00.000000000Z' } };
const review = { by: 'ciso-office', at: '2025-10-01', expires: '2026-01-05' };

describe('a call of the model', () => {
  it.each<[string, object, Partial<AuditEvent>, string, string]>([
    ['of a retired agent', { state: 'retired' }, {}, 'agent-not-in-service', 'high'],
    ['with a key of years', {}, old, 'credential-over-age', 'medium'],
    ['with a key that expired', {}, dead, 'credential-expired', 'high'],
    ['after its task’s deadline', {}, late, 'task-overrun', 'medium'],
    ['of an agent whose review lapsed', { risk_review: review }, {}, 'review-lapsed', 'medium'],
  ])(
    '%s is told, and an act that does the same is no second alert',
    (_, agent, over, rule, severity) => {
      const transaction = world(registry(agent));
      const told = alerts(transaction, thinks(1, over)).filter((one) => one.hygiene !== true);
      expect(told).toMatchObject([{ rule_id: rule, severity }]);
      const more = alerts(transaction, event(2, over)).filter((one) => one.rule_id === rule);
      for (const one of more) expect(one.alert_id).toBe(told[0]?.alert_id);
    },
  );

  it('is told in words that are true of it', () => {
    const [retired] = alerts(world(registry({ state: 'retired' })), thinks(1));
    expect(retired?.title).toBe('reporter calls its model although the registry calls it retired');
    expect(retired?.summary).toContain('reporter called its model, but in the registry');
    const [over] = alerts(world(registry()), thinks(1, late));
    expect(over?.title).toBe("reporter still calls its model 60 min after its task's deadline");
    expect(over?.summary).toContain('reporter called its model 60 min after');
  });

  it('of an agent that nobody registered is a observation, one with its acts', () => {
    const transaction = world(registry());
    const agent = { uid: 'stranger', assurance: 'authenticated' as const };
    expect(observationsOf(feed(transaction, thinks(1, { agent })))).toHaveLength(1);
    expect(observationsOf(feed(transaction, event(2, { agent })))).toEqual([]);
    const asked = thinks(3, { agent: { ...agent, uid: 'other' }, phase: 'requested' });
    expect(observationsOf(feed(transaction, asked))).toEqual([]);
  });

  it('with a fresh key, in time, of a live agent is quiet', () => {
    const fresh = { uid: 'key-1', issued_at: '2026-01-05T08:59:00.000000000Z' };
    const task = { id: 'task-1', deadline: '2026-01-05T10:00:00.000000000Z' };
    expect(alerts(world(registry()), thinks(1, { credential: fresh, task }))).toEqual([]);
  });
});
