/** What is guaranteed of one credential in several hands: who shares one, and who calls with a found one. */
import {
  type AuditEvent,
  type PrivilegeStep,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const registry = registrySchema.parse({
  version: 1,
  agents: [
    { uid: 'planner', class: 'autonomous', grants: ['read:internal'] },
    { uid: 'writer', class: 'autonomous', grants: ['read:internal'] },
    { uid: 'vault-reader', class: 'autonomous', grants: ['read:secret'] },
  ],
});

type Credential = NonNullable<AuditEvent['credential']>;

function call(n: number, uid: string, over: Partial<AuditEvent> = {}): AuditEvent {
  const agent = { uid, assurance: 'authenticated' as const };
  return event(n, { agent, chain_id: `chain-${uid}`, task: { id: `task-${uid}` }, ...over });
}
const uses = (n: number, uid: string, credential: Credential, over: Partial<AuditEvent> = {}) =>
  call(n, uid, { credential, ...over });
const secret = (fp: string) => ({
  result: {
    values: [{ fp, kind: 'secret' as const, instructed: false, in: 'text' as const }],
    values_truncated: false,
  },
});
const reads = (n: number, uid: string, over: Partial<AuditEvent> = {}) =>
  call(n, uid, { ...secret('fp-1'), ...over });
const fetches = (n: number, uid: string) =>
  reads(n, uid, { capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }] });

/** Of the rules here, the last revision of each alert; the same whichever agent is heard of first. */
function told(...events: readonly AuditEvent[]) {
  const policy = policySchema.parse({ version: 1 });
  const byAgent = [...events].sort((a, b) => b.agent.uid.localeCompare(a.agent.uid));
  const [ahead, back] = [events, byAgent].map((some) => {
    const { alerts } = new MemoryPipeline(policy, registry).sendAll(some);
    const ours = alerts.filter((one) =>
      /^(credential-(shared|passed)|secret-found)/.test(one.rule_id),
    );
    return [...new Map(ours.map((one) => [one.alert_id, one])).values()];
  });
  const gist = (some: typeof ahead) =>
    some?.map(({ rule_id, severity, summary, evidence }) => ({
      rule_id,
      severity,
      summary,
      evidence,
    }));
  expect(gist(back)).toEqual(gist(ahead));
  return ahead ?? [];
}

describe('one credential of two agents', () => {
  it('is told of the second, with both calls as evidence and the credential to take away', () => {
    const [alert, ...more] = told(
      uses(1, 'planner', { uid: 'tok-1' }),
      uses(2, 'writer', { uid: 'tok-1' }),
      uses(3, 'writer', { uid: 'tok-1' }),
    );
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'credential_misuse',
      rule_id: 'credential-shared',
      severity: 'high',
      title: 'writer calls with a credential of planner',
      subject: { agent_uid: 'writer', credential_uid: 'tok-1' },
      decisive_assurance: 'authenticated',
    });
    expect(alert?.evidence.map((one) => one.event_id)).toEqual([
      event(2).event_id,
      event(1).event_id,
    ]);
    expect(alert?.summary).toContain('since 2026-01-05 09:00:02 UTC');
  });

  it('counts every further agent, however many there are', () => {
    const many = Array.from({ length: 40 }, (_, n) => uses(n + 1, `agent-${n}`, { uid: 'tok-1' }));
    const { alerts } = new MemoryPipeline(policySchema.parse({ version: 1 }), registry).sendAll(
      many,
    );
    const ours = alerts.filter((one) => one.rule_id === 'credential-shared');
    expect(new Set(ours.map((one) => one.alert_id)).size).toBe(1);
    expect(ours.at(-1)?.count).toBe(40);
    expect(ours.at(-1)?.evidence.length).toBeLessThanOrEqual(16);
  });

  it('weighs less where nobody proves who calls', () => {
    const agent = { uid: 'writer', assurance: 'asserted' as const };
    const [alert] = told(
      uses(1, 'planner', { uid: 't' }),
      uses(2, 'writer', { uid: 't' }, { agent }),
    );
    expect(alert).toMatchObject({ severity: 'medium', decisive_assurance: 'asserted' });
  });

  describe('where the first call of its owner is only said', () => {
    const agent = { uid: 'planner', assurance: 'asserted' as const };
    const said = (n: number) => uses(n, 'planner', { uid: 't' }, { agent });
    const proven = (n: number) => uses(n, 'planner', { uid: 't' });
    const [thief, again] = [uses(2, 'writer', { uid: 't' }), uses(4, 'writer', { uid: 't' })];

    it('is no call of the owner with a key of whoever is proven before him', () => {
      const [alert, ...more] = told(said(1), thief, proven(3), again);
      expect(more).toEqual([]);
      expect(alert).toMatchObject({
        subject: { agent_uid: 'writer' },
        severity: 'medium',
        decisive_assurance: 'asserted',
      });
      expect(alert?.evidence.map((one) => one.event_id)).toEqual(
        [thief, said(1)].map((one) => one.event_id),
      );
      expect(alert?.summary).toContain(
        'planner calls with this credential since 2026-01-05 09:00:01',
      );
      expect(alert?.not_visible.join()).toContain('is only said: what is proven has another order');
    });

    it('is as grave as what is proven, where that has the same order', () => {
      const [alert, ...more] = told(said(0), proven(1), thief);
      expect(more).toEqual([]);
      expect(alert).toMatchObject({
        subject: { agent_uid: 'writer' },
        severity: 'high',
        decisive_assurance: 'authenticated',
      });
      expect(alert?.evidence[1]?.event_id).toBe(proven(1).event_id);
    });

    it('takes a third from sight for nobody, who comes after both by proof', () => {
      const [alert] = told(said(1), thief, proven(3), uses(5, 'vault-reader', { uid: 't' }));
      expect(alert).toMatchObject({ subject: { agent_uid: 'vault-reader' }, severity: 'high' });
    });
  });

  it('is a hygiene finding where one handed work to the other', () => {
    const delegation = { root_agent_uid: 'planner', parent_agent_uid: 'planner', depth: 1 };
    const [alert, ...more] = told(
      uses(1, 'planner', { uid: 'tok-1' }),
      uses(2, 'writer', { uid: 'tok-1' }, { delegation }),
    );
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'credential-passed-on', hygiene: true });
  });

  describe('where a hand-over is only said', () => {
    const delegation = { root_agent_uid: 'planner', parent_agent_uid: 'planner', depth: 1 };
    const said = (uid: string) => ({ agent: { uid, assurance: 'asserted' as const } });
    const claims = { ...event(0).claims, delegation: 'asserted' as const };
    const handsOver = (n: number, over: Partial<AuditEvent>) =>
      uses(
        n,
        'planner',
        { uid: 't' },
        {
          activity: 'delegation',
          target: { resource_type: 'agent', resource_id: 'writer' },
          ...over,
        },
      );
    const [first, second] = [uses(1, 'planner', { uid: 't' }), uses(3, 'writer', { uid: 't' })];

    it.each([
      [
        'a call whose hand-over nobody proves',
        [uses(3, 'writer', { uid: 't' }, { delegation, claims })],
      ],
      ['an event in the name of the other', [handsOver(2, said('planner')), second]],
      [
        'one that names it as who handed work to it',
        [
          second,
          uses(
            4,
            'helper',
            { uid: 't' },
            {
              delegation: { ...delegation, parent_agent_uid: 'writer' },
              claims,
              ...said('helper'),
            },
          ),
        ],
      ],
    ])('by %s, it excuses none that is proven, and is told', (_, events) => {
      const [alert] = told(first, ...events);
      expect(alert).toMatchObject({
        rule_id: 'credential-shared',
        severity: 'high',
        state: 'open',
        subject: { agent_uid: 'writer' },
      });
      expect(alert?.summary).toContain(
        'that one handed work to the other is only said: nothing proves it',
      );
    });

    it('in the name of one before his first call, it takes him not from sight', () => {
      const before = uses(2, 'writer', { uid: 't' }, { delegation, claims, ...said('writer') });
      const { alerts } = new MemoryPipeline(policySchema.parse({ version: 1 }), registry).sendAll([
        first,
        before,
        second,
      ]);
      expect(alerts.filter((one) => one.rule_id === 'credential-shared')).toMatchObject([
        { severity: 'high', decisive_assurance: 'authenticated', subject: { agent_uid: 'writer' } },
      ]);
    });

    it('withdraws nothing that was told', () => {
      const [alert, ...more] = told(first, second, handsOver(4, said('planner')));
      expect(more).toEqual([]);
      expect(alert).toMatchObject({ rule_id: 'credential-shared', state: 'open' });
    });

    it('excuses one of whom no more is proven', () => {
      const [alert, ...more] = told(
        first,
        uses(3, 'writer', { uid: 't' }, { delegation, claims, ...said('writer') }),
      );
      expect(more).toEqual([]);
      expect(alert).toMatchObject({ rule_id: 'credential-passed-on' });
      expect(alert?.summary).toContain('That it was handed over is only said.');
    });

    it('is taken back by one that is proven', () => {
      const { alerts } = new MemoryPipeline(policySchema.parse({ version: 1 }), registry).sendAll([
        first,
        second,
        handsOver(4, {}),
      ]);
      const ours = alerts.filter((one) => one.rule_id === 'credential-shared');
      expect(ours.map((one) => one.state)).toEqual(['open', 'withdrawn']);
    });
  });

  it.each([
    ['each has its own', uses(2, 'writer', { uid: 'tok-2' })],
    ['the other was denied', uses(2, 'writer', { uid: 'tok-1' }, { outcome: 'denied' })],
    [
      'a target’s audit names it',
      uses(
        2,
        'writer',
        { uid: 'tok-1' },
        {
          activity: 'resource_read',
          target: { resource_type: 'access_record', resource_id: 'access/1' },
        },
      ),
    ],
  ])('is quiet where %s', (_, second) => {
    expect(told(uses(1, 'planner', { uid: 'tok-1' }), second)).toEqual([]);
  });
});

/** A result with many secrets. */
const many = (fps: readonly string[]) => ({
  result: {
    values: fps.map((fp) => ({
      fp,
      ...{ kind: 'secret' as const, instructed: false, in: 'text' as const },
    })),
    values_truncated: false,
  },
});

describe('a result with many secrets', () => {
  const fps = Array.from({ length: 64 }, (_, n) => `fp-${String(n).padStart(2, '0')}`);
  const policy = policySchema.parse({ version: 1 });

  it('is told of each that is called with, however many stood beside it', () => {
    const used = fps.map((fp, n) => uses(n + 2, 'writer', { uid: `key-${n}`, fp }));
    const alerts = told(call(1, 'writer', many(fps)), ...used);
    expect(alerts.map((one) => one.rule_id)).toEqual(fps.map(() => 'secret-found-used'));
  });

  it('is noted once, whatever else is read, and pushes out nothing that was noted', () => {
    const pipeline = new MemoryPipeline(policy, registry);
    const noted: string[] = [];
    pipeline.onRecord = (topic, value) => {
      if (topic === TOPICS.privilegeSteps.name) noted.push((value as PrivilegeStep).activity);
    };
    pipeline.sendAll([
      uses(1, 'writer', { uid: 'own' }),
      call(2, 'writer', many(fps)),
      call(3, 'writer', many([...fps].reverse())),
      call(4, 'writer', secret('fp-other')),
      call(5, 'writer', many(fps)),
      uses(6, 'writer', { uid: 'own' }),
    ]);
    expect(noted.filter((one) => one === 'secret_found')).toHaveLength(65);
    expect(noted.filter((one) => one === 'credential_held')).toHaveLength(1);
  });
});

describe('a secret that was found', () => {
  it.each(['writer', 'planner'])('and is then what %s calls with, is told', (who) => {
    const [alert, ...more] = told(reads(1, 'planner'), uses(2, who, { fp: 'fp-1', uid: 'key-1' }));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'credential_misuse',
      rule_id: 'secret-found-used',
      severity: 'high',
      subject: { agent_uid: who, credential_uid: 'key-1' },
    });
    expect(alert?.evidence.map((one) => one.role)).toEqual(['use_of_credential', 'secret_found']);
  });

  it('weighs less where one agent fetched it by its grant and another calls with it', () => {
    const [alert] = told(fetches(1, 'vault-reader'), uses(2, 'writer', { fp: 'fp-1' }));
    expect(alert).toMatchObject({ rule_id: 'secret-found-used', severity: 'medium' });
  });

  const said = { agent: { uid: 'writer', assurance: 'asserted' as const } };
  const key = { fp: 'fp-1' };

  it('rests on what is said where a call before is only said, and the rest proven', () => {
    const events = [uses(1, 'writer', key, said), reads(3, 'writer'), uses(4, 'writer', key)];
    const [alert, ...more] = told(...events);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'medium', decisive_assurance: 'asserted' });
    expect(alert?.summary).toMatch(/since 2026.*That it did before, since 2026.*, is only said\.$/);
    expect(alert?.not_visible).toContain(
      'Whether it had the secret before is not visible: what says so proves nothing.',
    );
    // That somebody says it was found before, too, hides no sight that is proven.
    expect(told(...events.toSpliced(1, 0, reads(2, 'writer', said)))).toMatchObject([
      { severity: 'medium', evidence: [{}, { assurance: 'authenticated' }] },
    ]);
  });

  it('is in order where a call before is as well proven as the sight', () => {
    const sight = reads(2, 'writer', said);
    expect(told(uses(1, 'writer', key, said), sight, uses(3, 'writer', key))).toEqual([]);
    expect(told(sight, uses(3, 'writer', key))).toMatchObject([{ decisive_assurance: 'asserted' }]);
  });

  it('is told where the call may read secrets and its agent may not', () => {
    expect(told(fetches(1, 'planner'), uses(2, 'planner', { fp: 'fp-1' }))).toHaveLength(1);
  });

  it.each([
    [
      'fetched it by its grant',
      fetches(1, 'vault-reader'),
      uses(2, 'vault-reader', { fp: 'fp-1' }),
    ],
    ['called with it before', uses(1, 'writer', { fp: 'fp-1' }), reads(2, 'writer')],
    ['calls with another', reads(1, 'writer'), uses(2, 'writer', { fp: 'fp-2' })],
    [
      'made it',
      reads(1, 'writer', { capabilities: [{ symbol: 'create:credential', basis: 'catalogue' }] }),
      uses(2, 'writer', { fp: 'fp-1' }),
    ],
    [
      'sees the one that it calls with',
      reads(1, 'writer', { credential: { fp: 'fp-1' } }),
      call(2, 'writer'),
    ],
  ])('is no finding where the agent %s', (_, ...events) => {
    expect(told(...(events as AuditEvent[]))).toEqual([]);
  });
});
