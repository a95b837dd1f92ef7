/** Guarantees: the profile stage tells of a call what can link it, few times and bounded. */
import { policySchema, type ValueFlow, validateValueFlow } from '@waywarden/schemas';
import type { StageRecord } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { decideProfile } from '../../stages/decide-profile.ts';
import { event } from '../../testing/event-builder.ts';
import { MapTransaction } from '../../testing/map-draft.ts';

const TOPIC = 'waywarden.audit.events.v1';
const record = (type: StageRecord['type'], value: unknown): StageRecord => {
  return { topic: TOPIC, partition: 0, offset: 0, key: null, type, value, source: 's/0' };
};

/** What is told of calls, in short: how each had which value. */
function told(...events: readonly ReturnType<typeof event>[]) {
  const transaction = new MapTransaction();
  const policy = policySchema.parse({ version: 1, links: { common_values: ['house'] } });
  const control = { kind: 'policy', seq: 1, tenant_id: 'acme', version: 'p1', policy };
  decideProfile(transaction, record('control', control));
  return events
    .flatMap((one) => decideProfile(transaction, record('event', one)))
    .filter((output) => output.topic === 'waywarden.value.flows.v1')
    .map((output) => output.value as ValueFlow);
}

const short = (flows: readonly ValueFlow[]) => flows.map((one) => `${one.by} ${one.fp}`);
const values = (...fps: readonly string[]) => ({
  values: fps.map((fp) => ({ fp, kind: 'email' })),
});

describe('observations', () => {
  it('tell what a call returned and used, of kinds that link and not of common values', () => {
    const call = event(1, {
      args: { values: [...values('in', 'house').values, { fp: 'when', kind: 'date' }] },
      result: values('out'),
      target: { resource_id: 'crm/1' },
    });
    const flows = told(call);
    expect(short(flows)).toEqual(['result out', 'argument in']);
    expect(flows[0]).toMatchObject({
      direction: 'produced',
      object: 'crm/1',
      policy_version: 'p1',
    });
    for (const flow of flows) expect(validateValueFlow(flow)).toBe(true);
  });

  it('call what a writing call used written, and say where', () => {
    const call = event(1, { effect: 'update', args: values('v'), target: { resource_id: 'm/1' } });
    expect(told(call)).toMatchObject([{ by: 'written', direction: 'produced', object: 'm/1' }]);
  });

  it('leave out what the request of the task named, but for a task that was handed over', () => {
    const task = {
      id: 't',
      purpose: { terms: [], tokens: [], values: ['asked'], delegates: false },
    };
    const call = event(1, { task, args: values('asked', 'other') });
    expect(short(told(call))).toEqual(['argument other']);
    const child = { ...call, delegation: { parent_agent_uid: 'boss' } };
    expect(short(told(child))).toEqual(['argument asked', 'argument other']);
  });

  it('of a denied call tell what it used, and nothing that it returned', () => {
    const call = event(1, { outcome: 'denied', args: values('v'), result: values('w') });
    expect(short(told(call))).toEqual(['argument v']);
  });

  it('tell of a value once a chain and capability', () => {
    const send = [{ symbol: 'send:external', basis: 'catalogue' as const }];
    const calls = [1, 2, 3].map((n) => event(n, { result: values('v') }));
    expect(told(...calls, event(4, { result: values('v'), capabilities: send }))).toHaveLength(2);
    expect(told(...calls, event(4, { result: values('v'), chain_id: 'other' }))).toHaveLength(2);
  });

  it('tell of every value that can link inside the chain, as only those can be found common', () => {
    const house = Array.from({ length: 30 }, (_, n) => `v${n}`);
    const notice = Array.from({ length: 16 }, (_, n) => ({ fp: `s${n}`, kind: 'shingle' }));
    const result = { values: [...values(...house).values, ...notice] };
    expect(told(event(1, { result }))).toHaveLength(46);
  });

  it('name the credential in use, and the one that was created', () => {
    const made = event(1, {
      capabilities: [{ symbol: 'create:credential', basis: 'catalogue' }],
      target: { resource_id: 'key-7' },
    });
    const [created] = told(made);
    const [, used] = told(event(2, { credential: { uid: 'key-7', fp: 'print' } }));
    expect(created?.by).toBe('created');
    expect(used).toMatchObject({ by: 'credential', fp: created?.fp });
  });

  it('tell of trace and conversation with their ranks, and not of the task', () => {
    const flows = told(event(1, { trace_id: 'x', conversation_id: 'y' }));
    expect(flows.map((one) => [one.by, one.key_rank, one.chain_key_rank])).toEqual([
      ['root_key', 3, 1],
      ['root_key', 4, 1],
    ]);
    const calls = Array.from({ length: 16 }, (_, n) => event(n, { trace_id: 'x' }));
    expect(told(...calls)).toHaveLength(5);
  });

  it('name the hand-over as its child does', () => {
    const delegating = event(1, {
      activity: 'delegation',
      native_id: 'order-1',
      target: { resource_type: 'agent', resource_id: 'clerk' },
    });
    const child = event(2, {
      agent: { uid: 'clerk', assurance: 'authenticated' },
      delegation: { chain: [{ agent_uid: 'reporter', ref: 'order-1' }] },
    });
    const [given, taken] = told(delegating, child);
    expect([given?.by, taken?.by, taken?.fp]).toEqual(['hand_over', 'root_key', given?.fp]);
  });
});
