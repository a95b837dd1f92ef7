/** Guarantees: an agent whose grants hold a whole combination is listed once, and queued never. */
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, publish, publishPolicy, registry, world } from '../../testing/registry-world.ts';

describe('over-privilege', () => {
  const trifecta = {
    id: 'secret-to-egress',
    severity: 'critical',
    steps: [
      { id: 'read', any: ['read:secret'] },
      { id: 'send', any: ['send:external', 'publish:public'], after: ['read'] },
    ],
  };
  const withPolicy = (grants: readonly string[]) => {
    const transaction = world(registry({ grants }));
    publishPolicy(transaction, { version: 1, combinations: [trifecta] });
    return transaction;
  };

  it('is listed once for an agent whose grants contain a combination, and queued never', () => {
    const transaction = withPolicy(['read:*', 'publish:public']);
    expect(alerts(transaction, event(1))).toMatchObject([
      { kind: 'over_privilege', hygiene: true, severity: 'low' },
    ]);
    expect(alerts(transaction, event(2))).toEqual([]);
  });

  it('is quiet where a step is missing, and asked again when the registry changes', () => {
    const transaction = withPolicy(['read:secret']);
    expect(alerts(transaction, event(1))).toEqual([]);
    publish(transaction, registry({ grants: ['read:secret', 'send:external'] }), 'r2');
    expect(alerts(transaction, event(2))).toMatchObject([{ kind: 'over_privilege' }]);
  });
});
