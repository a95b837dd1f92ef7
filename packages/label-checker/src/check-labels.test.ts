/**
 * From events in clear to disagreements: what is read of an event, what an approval covers, and that
 * each field of a label that is wrong is told.
 */
import { fingerprintOf, REPLAY_KEY } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { type CheckInput, checkLabels } from './check-labels.ts';

const policy = {
  version: 1,
  combinations: [
    {
      id: 'leak',
      severity: 'high',
      steps: [
        { id: 'read', any: ['read:personal'] },
        {
          id: 'send',
          any: ['send:external'],
          after: ['read'],
          link: ['secret_use', 'data_flow', 'delegation'],
        },
      ],
      within: '24h',
    },
  ],
};

const APPROVAL = {
  combination: 'leak',
  roles: ['reader', 'mailer'],
  envelope: {
    destinations: ['partner.example'],
    environments: ['prod'],
    sensitivity_max: 'confidential',
  },
  by: 'ciso',
  reason: 'reviewed',
  from: '2026-09-01',
  expires: '2026-10-01',
};

function registryWith(approvals: readonly object[] = []) {
  const agent = (uid: string, role: string, grants: readonly string[]) => ({ uid, role, grants });
  return {
    version: 1,
    agents: [agent('a', 'reader', ['read:personal']), agent('b', 'mailer', ['send:external'])],
    workflows: [{ name: 'w', approvals }],
  };
}

const ADDRESS = 'jo.doe@customer.example';

type Fields = Readonly<Record<string, unknown>>;

function event(id: string, minute: number, symbol: string, more: Fields = {}): Fields {
  return {
    native_id: id,
    event_time: `2026-09-14T10:${String(minute).padStart(2, '0')}:00Z`,
    source: { kind: 'simulation', instance: 'g' },
    activity: 'tool_call',
    agent: { uid: 'a' },
    task: { id: 't', workflow: 'w' },
    tool: { name: 'x' },
    effect: 'read',
    outcome: 'success',
    capabilities: [{ symbol, basis: 'catalogue' }],
    target: { resource_id: id, environment: 'prod', sensitivity: 'confidential' },
    ...more,
  };
}

const read = event('read', 0, 'read:personal', { result: { value: { email: ADDRESS } } });
const send = (more: Fields = {}) =>
  event('send', 10, 'send:external', {
    agent: { uid: 'b' },
    effect: 'send',
    target: { resource_id: 'x@partner.example', environment: 'prod', sensitivity: 'internal' },
    args: { value: { to: 'x@partner.example', body: `Write to ${ADDRESS.toUpperCase()}.` } },
    ...more,
  });

const label: Fields = {
  stream: 'assembly',
  incident_id: 'leak/1',
  verdict: 'fires',
  kind: 'privilege_assembly',
  combination: 'leak',
  variant: 'direct',
  proofs: [['read', 'send']],
  contributors: ['a', 'b'],
  completed_by: 'b',
  task_id: 't',
  residual_access: ['data_sent', 'data_read'],
  neutralise: [{ what: 'data_sent', action: 'open_case' }],
  cuts: [{ action: 'revoke_token', level: 'task', agent_uid: 'b', task_id: 't' }],
  native_ids: ['read', 'send'],
};
const quiet: Fields = {
  ...label,
  verdict: 'quiet',
  kind: null,
  proofs: [],
  contributors: [],
  completed_by: null,
  residual_access: [],
  neutralise: [],
  cuts: [],
};

function fieldsOf(given: Partial<CheckInput>): readonly string[] {
  const input = { events: [read, send()], labels: [label], registry: registryWith(), policy };
  const { disagreements } = checkLabels({ ...input, ...given });
  return disagreements.map((one) => one.field);
}

describe('a label of an assembly', () => {
  it('agrees when all of it is so, in whatever order and however often told', () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf({ events: [send(), read, read] })).toEqual([]);
  });

  it('is told each field that is not so', () => {
    const wrong = (more: Fields) => fieldsOf({ labels: [{ ...label, ...more }] });
    expect(wrong({ kind: 'toxic_combination' })).toEqual(['kind']);
    expect(wrong({ proofs: [['read', 'send'], ['read']] })).toEqual(['proofs']);
    expect(wrong({ contributors: ['a'] })).toEqual(['contributors']);
    expect(wrong({ completed_by: 'a' })).toEqual(['completed_by']);
    expect(wrong({ native_ids: ['read', 'no'] })).toEqual(['native_ids']);
    expect(wrong({ task_id: 'u' })).toEqual(['task_id']);
    expect(wrong({ residual_access: ['data_sent'] })).toEqual(['residual_access']);
    expect(wrong({ neutralise: [] })).toEqual(['neutralise']);
    expect(wrong({ slow: true })).toEqual(['slow']);
    expect(wrong({ proofs: 'none' })).toEqual(['label']);
  });

  it('is told a verdict that is not so, either way', () => {
    expect(fieldsOf({ labels: [quiet] })).toEqual(['verdict']);
    expect(fieldsOf({ events: [read, send({ outcome: 'denied' })] })).toEqual(['verdict']);
    expect(fieldsOf({ events: [read, send({ outcome: 'denied' })], labels: [quiet] })).toEqual([]);
  });

  it('is told a cut that leaves it possible, and one that is no command', () => {
    const cut = (more: Fields) => {
      const cuts = [
        { action: 'revoke_token', level: 'task', agent_uid: 'b', task_id: 't', ...more },
      ];
      return fieldsOf({ labels: [{ ...label, cuts }] });
    };
    expect(cut({ task_id: 'another' })).toEqual(['cuts']);
    expect(cut({ action: 'disable_agent' })).toEqual(['cuts']);
    expect(fieldsOf({ labels: [{ ...label, cuts: [] }] })).toEqual(['cuts']);
    const agent = { action: 'disable_agent', level: 'agent', agent_uid: 'a' };
    expect(fieldsOf({ labels: [{ ...label, cuts: [agent] }] })).toEqual([]);
    const open = [{ action: 'open_case', level: 'agent', agent_uid: 'b' }];
    expect(fieldsOf({ labels: [{ ...label, cuts: open }] })).toEqual(['cuts']);
  });

  it('is told that a cheaper cut is sound, or that an action of a cut is not needed', () => {
    const agent = { action: 'disable_agent', level: 'agent', agent_uid: 'b' };
    const elsewhere = event('else', 20, 'read:public', { agent: { uid: 'b' }, task: { id: 'u' } });
    const events = [read, send(), elsewhere];
    expect(fieldsOf({ events, labels: [{ ...label, cuts: [agent] }] })).toEqual(['cheapest cut']);
    expect(fieldsOf({ events })).toEqual([]);
    const task = { action: 'revoke_token', level: 'task', agent_uid: 'b', task_id: 't' };
    const both = { ...label, cuts: [task, [task, agent]] };
    expect(fieldsOf({ events, labels: [both] })).toEqual(['cheapest cut']);
  });

  it('is told an event of its task that no label names', () => {
    const third = event('third', 5, 'read:public');
    expect(fieldsOf({ events: [read, third, send()] })).toEqual(['native_ids']);
    const native_ids = ['read', 'third', 'send'];
    expect(fieldsOf({ events: [read, third, send()], labels: [{ ...label, native_ids }] })).toEqual(
      [],
    );
    expect(fieldsOf({ labels: [{ ...label, native_ids: ['read'] }] })).toEqual([
      'native_ids',
      'native_ids',
    ]);
  });

  it('is missed when a completion has none', () => {
    const other = { ...quiet, task_id: 'u', native_ids: [] };
    expect(fieldsOf({ labels: [other] })).toEqual(['task_id', 'unlabelled']);
  });
});

describe('what is read of an event', () => {
  const quietly = (events: readonly Fields[]) => fieldsOf({ events, labels: [quiet] });

  it('a request without an answer may have happened; an answered one counts once', () => {
    const requested = send({ phase: 'requested', outcome: undefined, call_uid: 'c' });
    expect(fieldsOf({ events: [read, requested] })).toEqual([]);
    const denied = { ...send({ outcome: 'denied', call_uid: 'c' }), native_id: 'answer' };
    expect(quietly([read, requested, denied])).toContain('native_ids');
  });

  it('another body under the same id does not replace the first', () => {
    expect(fieldsOf({ events: [read, send(), send({ outcome: 'denied' })] })).toEqual([]);
    expect(quietly([read, send({ outcome: 'denied' }), send()])).toEqual([]);
  });

  it('a secret is met again as the credential with its published fingerprint', () => {
    const secret = 'sk_live_S1MaNjwmiB3x0hiHIdYsZCgODP3x';
    const found = { ...read, result: { value: { secret } } };
    const fp = fingerprintOf('secret', secret, REPLAY_KEY);
    const plain = { args: { value: { to: 'x@partner.example' } } };
    expect(fieldsOf({ events: [found, send({ ...plain, credential: { fp } })] })).toEqual([]);
    expect(quietly([found, send({ ...plain, credential: { fp: 'other' } })])).toEqual([]);
  });

  it('tasks that are only asserted do not part a chain that a proven trace holds', () => {
    const asserted = { claims: { task: 'asserted' }, trace_id: 'r' };
    const delegating = event('hand', 1, 'delegate:task', {
      ...asserted,
      activity: 'delegation',
      effect: 'execute',
      target: { resource_type: 'agent', resource_id: 'b' },
    });
    const child = send({
      ...asserted,
      task: { id: 'invented' },
      args: {},
      delegation: { parent_agent_uid: 'a' },
    });
    const cuts = [{ action: 'disable_agent', level: 'agent', agent_uid: 'b' }];
    const proof = ['read', 'hand', 'send'];
    const task_id = 'invented';
    const labels = [{ ...label, cuts, task_id, proofs: [proof], native_ids: proof }];
    expect(fieldsOf({ events: [{ ...read, ...asserted }, delegating, child], labels })).toEqual([]);
  });
});

describe('an approval', () => {
  const verdictWith = (approval: Fields, events: readonly Fields[] = [read, send()]) =>
    fieldsOf({ events, registry: registryWith([{ ...APPROVAL, ...approval }]), labels: [quiet] });

  it('makes quiet what lies inside', () => {
    expect(verdictWith({})).toEqual([]);
  });

  it('covers no other combination, role, time or workflow', () => {
    expect(verdictWith({ combination: 'other' })).toEqual(['verdict']);
    expect(verdictWith({ roles: ['reader'] })).toEqual(['verdict']);
    expect(verdictWith({ from: '2026-09-15' })).toEqual(['verdict']);
    expect(verdictWith({ expires: '2026-09-13' })).toEqual(['verdict']);
    expect(verdictWith({ expires: '2026-09-14' })).toEqual([]);
    expect(verdictWith({ expires: '2026-09-14T10:05:00Z' })).toEqual(['verdict']);
    expect(verdictWith({}, [{ ...read, task: { id: 't' } }, send()])).toEqual(['verdict']);
  });

  it('covers nothing outside one element of its envelope, nor what a call does not tell', () => {
    const envelope = (more: Fields) => ({ envelope: { ...APPROVAL.envelope, ...more } });
    expect(verdictWith(envelope({ destinations: ['other.example'] }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ environments: ['test'] }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ sensitivity_max: 'internal' }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ capabilities: ['read:*'] }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ targets: ['crm/*'] }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ deadline: '5m' }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ volume: { calls: 1 } }))).toEqual(['verdict']);
    expect(verdictWith(envelope({ volume: { calls: 2 } }))).toEqual([]);
    expect(verdictWith({}, [{ ...read, target: { resource_id: 'r' } }, send()])).toEqual([
      'verdict',
    ]);
  });

  it('covers a payee that the request or a trusted record names, not one from outside', () => {
    const envelope = { ...APPROVAL.envelope, provenance: { payee: ['trusted', 'requested'] } };
    const iban = 'DE02120300000000202051';
    const pay = send({
      capabilities: [
        { symbol: 'initiate:payment', basis: 'catalogue' },
        { symbol: 'send:external', basis: 'catalogue' },
      ],
      args: { value: { to: 'x@partner.example', body: ADDRESS, iban } },
    });
    const from = (trust: string) => ({
      ...read,
      result: { trust, value: { email: ADDRESS, iban } },
    });
    const task = { id: 't', workflow: 'w', request: `Pay ${iban}.` };
    expect(verdictWith({ envelope }, [from('untrusted'), pay])).toEqual(['verdict']);
    expect(verdictWith({ envelope }, [read, pay])).toEqual(['verdict']);
    expect(verdictWith({ envelope }, [from('trusted'), pay])).toEqual([]);
    expect(verdictWith({ envelope }, [read, { ...pay, task }])).toEqual([]);
  });

  it('does not cover a chain of which another possible step lies outside', () => {
    const stray = event('stray', 5, 'read:personal', {
      target: { resource_id: 's', environment: 'test', sensitivity: 'internal' },
    });
    expect(verdictWith({}, [read, stray, send()])).toContain('verdict');
  });

  it('needs proof of the workflow', () => {
    const asserted = { claims: { workflow: 'asserted' } };
    expect(verdictWith({}, [{ ...read, ...asserted }, send()])).toEqual(['verdict']);
  });
});
