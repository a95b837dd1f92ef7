/** Guarantees: a call outside the envelope of its workflow is told, naming the element, as far as the event tells. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { knownOf } from '../../state/agent/agent-key.ts';
import { event } from '../../testing/event-builder.ts';
import { alerts, asserted, feed, registry, send, world } from '../../testing/registry-world.ts';

describe('task envelope', () => {
  const within = (envelope: object, agent: object = {}) =>
    world(registry(agent, { workflows: [{ name: 'invoice', envelope }] }));
  const task = { id: 'task-1', workflow: 'invoice' };
  const invoice = (n: number, over: Partial<AuditEvent> = {}) => send(n, { task, ...over });
  const to = (domain: string) => ({ features: { destination_domain: domain } });

  it.each<[string, object, Partial<AuditEvent>]>([
    ['capabilities', { capabilities: ['read:*'] }, {}],
    ['targets', { targets: ['mail/*'] }, { target: { system: 'vault', resource_type: 'key' } }],
    ['sensitivity', { sensitivity_max: 'internal' }, { target: { sensitivity: 'secret' } }],
    ['destinations', { destinations: ['acme.example'] }, { args: to('evil.example') }],
    ['environments', { environments: ['dev'] }, { target: { environment: 'prod' } }],
  ])('names the element exceeded on the first event: %s', (element, envelope, over) => {
    const [alert] = alerts(within(envelope), invoice(1, over));
    expect(alert).toMatchObject({ kind: 'outside_task_envelope', severity: 'high' });
    expect(alert?.title).toContain(element);
    expect(alert?.title.length).toBeLessThanOrEqual(90);
    expect(alert?.decisive_assurance).toBe('authenticated');
    expect(alert?.reasons[0]).toMatchObject({ expected: expect.stringContaining(element) });
  });

  it('is quiet inside all elements, for another workflow, for a denied call and without a workflow', () => {
    const transaction = within({
      capabilities: ['send:*'],
      targets: ['mail/*'],
      sensitivity_max: 'confidential',
      destinations: ['acme.example'],
      environments: ['prod'],
      deadline: '30m',
      volume: { calls: 5 },
    });
    const target = {
      system: 'mail',
      resource_type: 'mailbox',
      sensitivity: 'internal' as const,
      environment: 'prod',
    };
    expect(alerts(transaction, invoice(1, { target, args: to('eu.acme.example') }))).toEqual([]);
    expect(alerts(transaction, invoice(2, { task: { id: 't', workflow: 'other' } }))).toEqual([]);
    expect(
      alerts(transaction, invoice(3, { outcome: 'denied', args: to('evil.example') })),
    ).toEqual([]);
    expect(alerts(transaction, send(4))).toEqual([]);
  });

  it('does not hold against an agent what the event does not tell, and says so beside what it does', () => {
    const transaction = within({ sensitivity_max: 'internal', environments: ['dev'] });
    expect(alerts(transaction, invoice(1))).toEqual([]);
    const [alert] = alerts(transaction, invoice(2, { target: { environment: 'prod' } }));
    expect(alert?.not_visible.join()).toContain('sensitivity');
  });

  it('a workflow that is only asserted gives a low alert that nothing automatic can rest on', () => {
    const transaction = within({ capabilities: ['read:*'] });
    expect(alerts(transaction, asserted(1, { task }))).toMatchObject([
      { severity: 'low', decisive_assurance: 'asserted' },
    ]);
  });

  it('a capability that was only inferred cannot revoke', () => {
    const capabilities = [{ symbol: 'send:external', basis: 'inferred' as const }];
    const [alert] = alerts(within({ capabilities: ['read:*'] }), invoice(1, { capabilities }));
    expect(alert).toMatchObject({ severity: 'low', decisive_assurance: 'inferred' });
  });

  it('counts calls and time from the first call of the task', () => {
    const volume = within({ volume: { calls: 2 } });
    expect([1, 2].flatMap((n) => alerts(volume, invoice(n)))).toEqual([]);
    expect(alerts(volume, invoice(3))[0]?.title).toContain('volume');
    const deadline = within({ deadline: '1m' });
    expect(alerts(deadline, invoice(0))).toEqual([]);
    expect(alerts(deadline, invoice(60))).toEqual([]);
    expect(alerts(deadline, invoice(61))[0]?.title).toContain('deadline');
  });

  it('a decisive value may come from the request or a trusted record, not from outside text', () => {
    const transaction = within({ provenance: { payee: ['trusted', 'requested'] } });
    const read = (n: number, id: string, trust: 'trusted' | 'untrusted') =>
      event(n, { task, result: { trust, free_text_ids: [id] } });
    feed(transaction, read(1, 'id-mail', 'untrusted'));
    feed(transaction, read(2, 'id-erp', 'trusted'));
    const pay = (n: number, id: string) =>
      invoice(n, {
        effect: 'pay',
        args: { items: [{ path: 'payee', class: 'atom', tokens: [], ids: [id] }] },
      });
    expect(alerts(transaction, pay(3, 'id-erp'))).toEqual([]);
    expect(alerts(transaction, pay(4, 'id-unseen'))).toEqual([]);
    expect(alerts(transaction, pay(5, 'id-mail'))[0]?.title).toContain('provenance of payee');
  });

  it('an agent in a workflow that it is not registered for is outside', () => {
    const transaction = within({}, { workflows: ['other'] });
    expect(alerts(transaction, invoice(1))[0]?.title).toContain('workflow');
  });

  it('calls outside are seen and not learnt', () => {
    const transaction = within({ capabilities: ['read:*'] });
    feed(transaction, invoice(1));
    const names = ['tool', 'target', 'effect', 'environment', 'sensitivity', 'counterparty'];
    const known = names.map((name) =>
      knownOf<{ readonly n: number }>(transaction, invoice(1), `values|first_${name}`),
    );
    for (const one of known) expect(one?.n ?? 0).toBe(0);
  });
});
