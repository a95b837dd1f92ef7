/** What the rules over the registry guarantee, through the whole profile stage. */
import {
  type Alert,
  type AuditEvent,
  type PrivilegeStep,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryDraft, type Output, type StageRecord } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { decideProfile } from '../decide-profile.ts';
import { event } from '../testing/event-builder.ts';

function record(value: unknown, type: StageRecord['type'] = 'event'): StageRecord {
  const topic = TOPICS.auditEvents.name;
  return { topic, partition: 0, offset: 0, key: null, type, value, source: 'audit/i/0' };
}

let controls = 0;

function publish(draft: MemoryDraft, registry: unknown, version = 'r1'): void {
  controls += 1;
  const value = {
    kind: 'registry',
    seq: controls,
    tenant_id: 'acme',
    version,
    registry: registrySchema.parse(registry),
  };
  decideProfile(draft, record(value, 'control'));
}

function publishPolicy(draft: MemoryDraft, policy: unknown): void {
  controls += 1;
  const value = {
    kind: 'policy',
    seq: controls,
    tenant_id: 'acme',
    version: `p${controls}`,
    policy: policySchema.parse(policy),
  };
  decideProfile(draft, record(value, 'control'));
}

function world(registry?: unknown): MemoryDraft {
  const draft = new MemoryDraft();
  if (registry !== undefined) publish(draft, registry);
  return draft;
}

const alertsOf = (outputs: readonly Output[]) =>
  outputs.filter((o) => o.topic === TOPICS.alerts.name).map((o) => o.value as Alert);
const sightingsOf = (outputs: readonly Output[]) =>
  outputs
    .filter((o) => o.topic === TOPICS.privilegeSteps.name)
    .map((o) => o.value as PrivilegeStep)
    .filter((step) => step.workload !== undefined);
const feed = (draft: MemoryDraft, one: AuditEvent) => decideProfile(draft, record(one));
const alerts = (draft: MemoryDraft, one: AuditEvent) => alertsOf(feed(draft, one));

const AGENT = { uid: 'reporter' };
const registry = (agent: object = {}, rest: object = {}) => ({
  version: 1,
  agents: [{ ...AGENT, class: 'autonomous', ...agent }],
  ...rest,
});

const send = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    effect: 'send',
    tool: { name: 'send_email', server: 'mail' },
    capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
    ...over,
  });
const asserted = (n: number, over: Partial<AuditEvent> = {}) => {
  const one = send(n, over);
  return { ...one, claims: { ...one.claims, workflow: 'asserted' as const } };
};

describe('without a registry', () => {
  it('nothing is said about registration, reviews, envelopes or classes', () => {
    const outputs = feed(world(), send(1, { task: { id: 't', workflow: 'w' } }));
    expect(alertsOf(outputs)).toEqual([]);
    expect(sightingsOf(outputs)).toEqual([]);
  });

  it('an empty registry is none: it would make every agent unregistered', () => {
    expect(sightingsOf(feed(world({ version: 1 }), send(1)))).toEqual([]);
  });
});

describe('unregistered agents', () => {
  const stranger = (n: number, over: Partial<AuditEvent> = {}) =>
    event(n, { agent: { uid: 'stranger', assurance: 'asserted' }, ...over });

  it('are told on their first event, once a day, and again when they do worse', () => {
    const draft = world(registry());
    expect(sightingsOf(feed(draft, stranger(1)))).toMatchObject([
      { activity: 'agent_sighted', workload: 'test/builder', agent_uid: 'stranger' },
    ]);
    expect(sightingsOf(feed(draft, stranger(2)))).toEqual([]);
    const worse = stranger(3, { effect: 'delete' });
    expect(sightingsOf(feed(draft, worse))).toMatchObject([{ activity: 'agent_sighted_worse' }]);
    const time = '2026-01-06T09:00:00.000000000Z';
    const next = stranger(4, { event_time: time, observed_time: time });
    expect(sightingsOf(feed(draft, next))).toMatchObject([{ activity: 'agent_sighted' }]);
  });

  it('a registered one is quiet', () => {
    expect(sightingsOf(feed(world(registry()), event(1)))).toEqual([]);
  });

  it('count by trust domain and path only where the identity is proven', () => {
    const uid = 'spiffe://acme.example/ns/batch/run-17';
    const draft = world(registry());
    const [proven] = sightingsOf(feed(draft, event(1, { agent: { uid, assurance: 'attested' } })));
    expect(proven?.workload).toBe('spiffe://acme.example/ns/batch');
    const other = { uid: `${uid}x`, assurance: 'asserted' as const };
    const [claimed] = sightingsOf(feed(draft, event(2, { agent: other })));
    expect(claimed?.workload).toBe('test/builder');
  });

  it.each([
    ['proposed', 'low'],
    ['suspended', 'high'],
    ['retired', 'high'],
  ])('a %s agent that acts is an alert of severity %s', (state, severity) => {
    expect(alerts(world(registry({ state })), event(1))).toMatchObject([
      { kind: 'unregistered_agent', rule_id: 'agent-not-in-service', severity },
    ]);
  });
});

describe('review lapsed', () => {
  const review = { by: 'ciso-office', at: '2025-10-01', expires: '2026-01-05' };

  it('fires on the first event at or after the day on which the review expires', () => {
    const [alert] = alerts(world(registry({ risk_review: review, grants: [] })), event(1));
    expect(alert).toMatchObject({ kind: 'review_lapsed', severity: 'low' });
    expect(alert?.title).toContain('2026-01-05');
  });

  it('is quiet while the review holds, and for an agent without one', () => {
    const valid = { ...review, expires: '2026-01-06' };
    expect(alerts(world(registry({ risk_review: valid })), event(1))).toEqual([]);
    expect(alerts(world(registry()), event(1))).toEqual([]);
  });

  it('names what changed since the review, although the entry still names that review', () => {
    const valid = { ...review, expires: '2027-01-01' };
    const draft = world(registry({ risk_review: valid, grants: ['read:internal'] }));
    expect(alerts(draft, event(1))).toEqual([]);
    const grants = ['read:internal', 'send:external'];
    publish(draft, registry({ risk_review: valid, grants }), 'r2');
    const [alert] = alerts(draft, event(2));
    expect(alert).toMatchObject({ kind: 'review_lapsed' });
    expect(alert?.summary).toContain('send:external');
    // The change stays unreviewed however often the registry is published again.
    publish(draft, registry({ risk_review: valid, grants, role: 'x' }), 'r3');
    publish(draft, registry({ risk_review: { ...valid, at: '2026-01-05' }, grants }), 'r4');
    const reviewed = alerts(draft, event(3));
    expect(reviewed).toEqual([]);
  });

  it('a smaller grant needs no new review, an unknown one does', () => {
    const valid = { ...review, expires: '2027-01-01' };
    const draft = world(registry({ risk_review: valid, grants: ['read:internal', 'pay:x'] }));
    publish(draft, registry({ risk_review: valid, grants: ['read:internal'] }), 'r2');
    expect(alerts(draft, event(1))).toEqual([]);
    publish(draft, registry({ risk_review: valid }), 'r3');
    expect(alerts(draft, event(2))).toMatchObject([{ kind: 'review_lapsed' }]);
  });

  it('what the entry says was reviewed stands above what was seen', () => {
    const stated = { ...review, expires: '2027-01-01', reviewed: { class: 'assistive' } };
    expect(alerts(world(registry({ risk_review: stated })), event(1))).toMatchObject([
      { kind: 'review_lapsed', title: expect.stringContaining('class') },
    ]);
  });
});

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
    const draft = within({
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
    expect(alerts(draft, invoice(1, { target, args: to('eu.acme.example') }))).toEqual([]);
    expect(alerts(draft, invoice(2, { task: { id: 't', workflow: 'other' } }))).toEqual([]);
    expect(alerts(draft, invoice(3, { outcome: 'denied', args: to('evil.example') }))).toEqual([]);
    expect(alerts(draft, send(4))).toEqual([]);
  });

  it('does not hold against an agent what the event does not tell, and says so beside what it does', () => {
    const draft = within({ sensitivity_max: 'internal', environments: ['dev'] });
    expect(alerts(draft, invoice(1))).toEqual([]);
    const [alert] = alerts(draft, invoice(2, { target: { environment: 'prod' } }));
    expect(alert?.not_visible.join()).toContain('sensitivity');
  });

  it('a workflow that is only asserted gives a low alert that nothing automatic can rest on', () => {
    const draft = within({ capabilities: ['read:*'] });
    expect(alerts(draft, asserted(1, { task }))).toMatchObject([
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
    const draft = within({ provenance: { payee: ['trusted', 'requested'] } });
    const read = (n: number, id: string, trust: 'trusted' | 'untrusted') =>
      event(n, { task, result: { trust, free_text_ids: [id] } });
    feed(draft, read(1, 'id-mail', 'untrusted'));
    feed(draft, read(2, 'id-erp', 'trusted'));
    const pay = (n: number, id: string) =>
      invoice(n, {
        effect: 'pay',
        args: { items: [{ path: 'payee', class: 'atom', tokens: [], ids: [id] }] },
      });
    expect(alerts(draft, pay(3, 'id-erp'))).toEqual([]);
    expect(alerts(draft, pay(4, 'id-unseen'))).toEqual([]);
    expect(alerts(draft, pay(5, 'id-mail'))[0]?.title).toContain('provenance of payee');
  });

  it('an agent in a workflow that it is not registered for is outside', () => {
    const draft = within({}, { workflows: ['other'] });
    expect(alerts(draft, invoice(1))[0]?.title).toContain('workflow');
  });

  it('calls outside are not learnt', () => {
    const draft = within({ capabilities: ['read:*'] });
    feed(draft, invoice(1));
    const learnt = [...draft.entries.keys()].filter((key) => key.includes('|met|'));
    expect(learnt).toEqual([]);
  });
});

describe('class drift', () => {
  const assistant = () => world(registry({ class: 'assistive' }));
  const approval = { mode: 'human' as const, by: 'ana' };

  it('an assistant that has an effect without approval fires on the first one', () => {
    const [alert] = alerts(assistant(), send(1));
    expect(alert).toMatchObject({
      kind: 'class_drift',
      severity: 'high',
      subject_class: 'assistive',
    });
    expect(alert?.title).toContain('without approval');
    expect(alert?.summary).toContain('1 of its 1 effects');
  });

  it('is quiet for reads, denied calls, dry runs, drafts, approved effects and other classes', () => {
    const draft = assistant();
    const quiet = [
      event(1),
      send(2, { outcome: 'denied' }),
      send(3, { args: { features: { dry_run: true } } }),
      send(4, { effect: 'create', target: { resource_type: 'draft' } }),
      send(5, { approval }),
    ];
    expect(quiet.flatMap((one) => alerts(draft, one))).toEqual([]);
    expect(alerts(world(registry({ class: 'autonomous' })), send(6))).toEqual([]);
    expect(alerts(world(registry({ class: 'unknown' })), send(7))).toEqual([]);
  });

  it('a dry run that only the caller claims hides nothing, and the alert says so', () => {
    const [alert] = alerts(assistant(), send(1, { args: { features: { dry_run_claimed: true } } }));
    expect(alert?.not_visible).toContain(
      'The call asked for a dry run; only the caller says that the tool honours that.',
    );
  });

  it('an approval that is only asserted lowers the severity and does not silence', () => {
    const one = send(1, { approval });
    const claims = { ...one.claims, approval: 'asserted' as const };
    expect(alerts(assistant(), { ...one, claims })).toMatchObject([
      { kind: 'class_drift', severity: 'low' },
    ]);
  });

  it('the policy decides which classes need approval for every effect, by environment', () => {
    const draft = world(registry());
    publishPolicy(draft, {
      version: 1,
      classes: { autonomous: { environments: { prod: { approval_for: 'effects' } } } },
    });
    expect(alerts(draft, send(1, { target: { environment: 'dev' } }))).toEqual([]);
    expect(alerts(draft, send(2, { target: { environment: 'prod' } }))).toMatchObject([
      { kind: 'class_drift' },
    ]);
  });

  it('is one alert a day with a count', () => {
    const draft = assistant();
    const [first] = alerts(draft, send(1));
    const [second] = alerts(draft, send(2));
    expect(second).toMatchObject({ alert_id: first?.alert_id, count: 2, revision: 2 });
    expect(alerts(draft, send(3))).toEqual([]);
  });
});

describe('confused deputy', () => {
  const TOM = { uid: 'tom@acme.example', type: 'human' };
  const deputies = registry(
    {},
    {
      principals: [{ uid: TOM.uid, grants: ['read:internal'] }],
      workflows: [{ name: 'counter', mediates: ['read:financial'] }],
    },
  );
  const reads = (symbol: string, over: Partial<AuditEvent> = {}) =>
    event(1, {
      principal: TOM,
      task: { id: 't', workflow: 'counter', subjects: ['customer/1'] },
      capabilities: [{ symbol, basis: 'operator' }],
      ...over,
    });
  const kinds = (one: AuditEvent, rules: unknown = deputies) =>
    alerts(world(rules), one).map((alert) => alert.kind);

  it('fires on what neither the principal may nor the workflow mediates', () => {
    const [alert] = alerts(world(deputies), reads('read:personal'));
    expect(alert).toMatchObject({ kind: 'confused_deputy', severity: 'high' });
    expect(alert?.not_visible.join()).toContain('names no owner');
  });

  it.each([
    ['what the principal may do himself', reads('read:internal')],
    ['what the proven workflow mediates', reads('read:financial')],
    [
      'the record of whom the task is about',
      reads('read:personal', { target: { owner_uid: 'customer/1' } }),
    ],
    ['the principal’s own record', reads('read:personal', { target: { owner_uid: TOM.uid } })],
    ['a call that was denied', reads('read:personal', { outcome: 'denied' })],
    ['an agent that acts for nobody', reads('read:personal', { principal: undefined })],
  ])('is quiet about %s', (_, one) => {
    expect(kinds(one)).toEqual([]);
  });

  it('fires on a record of somebody who is no part of the case', () => {
    expect(kinds(reads('read:personal', { target: { owner_uid: 'customer/2' } }))).toEqual([
      'confused_deputy',
    ]);
  });

  it('is quiet where nobody told what the principal may do', () => {
    expect(kinds(reads('read:personal'), registry())).toEqual([]);
  });

  it('a workflow that is only asserted mediates nothing', () => {
    const one = reads('read:financial');
    const claimed = { ...one, claims: { ...one.claims, workflow: 'asserted' as const } };
    expect(kinds(claimed)).toEqual(['confused_deputy']);
  });
});

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
    const draft = world(registry({ grants }));
    publishPolicy(draft, { version: 1, combinations: [trifecta] });
    return draft;
  };

  it('is listed once for an agent whose grants contain a combination, and queued never', () => {
    const draft = withPolicy(['read:*', 'publish:public']);
    expect(alerts(draft, event(1))).toMatchObject([
      { kind: 'over_privilege', posture: true, severity: 'low' },
    ]);
    expect(alerts(draft, event(2))).toEqual([]);
  });

  it('is quiet where a step is missing, and asked again when the registry changes', () => {
    const draft = withPolicy(['read:secret']);
    expect(alerts(draft, event(1))).toEqual([]);
    publish(draft, registry({ grants: ['read:secret', 'send:external'] }), 'r2');
    expect(alerts(draft, event(2))).toMatchObject([{ kind: 'over_privilege' }]);
  });
});

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

describe('decoys', () => {
  const decoys = [
    { tool: { server: 'vault', name: 'export_all' } },
    { resource_id: 'customer/0' },
    { credential_uid: 'key-honey' },
  ];
  const rules = registry({}, { decoys });

  it.each<[string, Partial<AuditEvent>]>([
    ['tool', { tool: { name: 'export_all', server: 'vault' } }],
    ['record', { target: { resource_id: 'customer/0' } }],
    ['credential', { credential: { uid: 'key-honey' } }],
    ['tool, though denied', { tool: { name: 'export_all', server: 'vault' }, outcome: 'denied' }],
  ])('the first touch of a decoy %s is critical', (_, over) => {
    expect(alerts(world(rules), event(1, over))).toMatchObject([
      { kind: 'decoy_touched', severity: 'critical' },
    ]);
  });

  it('a namesake on another server is no decoy', () => {
    const one = event(1, { tool: { name: 'export_all', server: 'reports' } });
    expect(alerts(world(rules), one)).toEqual([]);
  });
});
