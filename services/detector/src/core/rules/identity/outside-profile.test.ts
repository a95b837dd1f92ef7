/** Guarantees: a call outside the declared profile is told, and what the call does not tell is not held against it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, registry, world } from '../../testing/registry-world.ts';

describe('outside the declared profile', () => {
  const profile = {
    tools: ['office/*'],
    environments: ['staging'],
    sensitivity_max: 'internal',
    destinations: ['acme.example'],
  };
  const within = { environment: 'staging', sensitivity: 'internal' as const };
  const judged = (over: Partial<AuditEvent>) =>
    alerts(world(registry({ profile })), event(1, { target: within, ...over }));

  it('is quiet inside, and about what the call does not tell', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ target: undefined })).toEqual([]);
  });

  it.each([
    ['tools', { tool: { name: 'shell', server: 'host' } }],
    ['environments', { target: { ...within, environment: 'prod' } }],
    ['sensitivity', { target: { ...within, sensitivity: 'secret' as const } }],
    [
      'destinations',
      { effect: 'send' as const, args: { features: { destination_domain: 'evil.example' } } },
    ],
  ])('names the element that was exceeded: %s', (element, over) => {
    const [alert] = judged(over);
    expect(alert).toMatchObject({ kind: 'outside_profile' });
    expect(alert?.reasons[0]?.observed).toContain(element);
  });

  it('what was denied stayed outside', () => {
    expect(judged({ tool: { name: 'shell', server: 'host' }, outcome: 'denied' })).toEqual([]);
  });
});
