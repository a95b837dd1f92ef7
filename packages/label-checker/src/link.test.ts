/** One firing and one quiet pair of calls for each kind of link and for what takes a link away. */
import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { callOfExample } from './example-calls.ts';
import { linksBetween } from './link.ts';
import { orderOf } from './order.ts';
import { type Limits, streamOf } from './stream.ts';

const LIMITS: Limits = {
  chainsMax: 2,
  horizonMs: 7 * 86_400_000,
  hopsMax: 6,
  skewMs: 120_000,
  bulkRecords: 500,
};

type Given = Parameters<typeof callOfExample>[0];

/** A successful read by agent `a`, with what the test sets on the example and on the call. */
function call(id: string, at: number, given: Partial<Given> = {}, more: Partial<Call> = {}): Call {
  const example = {
    id,
    at,
    agent: id,
    capabilities: ['read:internal'],
    outcome: 'success' as const,
  };
  return { ...callOfExample({ ...example, ...given }), ...more };
}

function kinds(a: Call, b: Call, others: readonly Call[] = []): readonly string[] {
  const stream = streamOf([a, b, ...others], LIMITS);
  return linksBetween(a, b, stream).map((link) => link.kind);
}

describe('secret_use', () => {
  const read = call('a', 0, { capabilities: ['read:secret'], result: { k: 'secret' } });

  it('holds when the secret of a result is the credential in use', () => {
    expect(kinds(read, call('b', 10, { credential_value: 'k' }))).toEqual(['secret_use']);
  });

  it('does not hold for another credential, nor for a value that is no secret', () => {
    expect(kinds(read, call('b', 10, { credential_value: 'other' }))).toEqual([]);
    const number = call('a', 0, { result: { k: 'document_number' } });
    expect(kinds(number, call('b', 10, { credential_value: 'k' }))).toEqual([]);
  });

  it('holds for a created credential that is used by its id, not for another id', () => {
    const mint = call('a', 0, { capabilities: ['create:credential'], object: 'key/1' });
    expect(kinds(mint, call('b', 10, { credential: 'key/1' }))).toEqual(['secret_use']);
    expect(kinds(mint, call('b', 10, { credential: 'key/2' }))).toEqual([]);
  });
});

describe('data_flow', () => {
  const returned = call('a', 0, { result: { v: 'email' } });

  it('holds from a result to arguments, not to other arguments', () => {
    expect(kinds(returned, call('b', 10, { args: { v: 'email' } }))).toEqual(['data_flow']);
    expect(kinds(returned, call('b', 10, { args: { w: 'email' } }))).toEqual([]);
  });

  it('holds from what was written to a later use; two writes have no direction', () => {
    const wrote = call('a', 0, { effect: 'create', args: { v: 'iban' } });
    expect(kinds(wrote, call('b', 10, { effect: 'pay', args: { v: 'iban' } }))).toEqual([
      'data_flow',
    ]);
    expect(kinds(wrote, call('b', 10, { effect: 'update', args: { v: 'iban' } }))).toEqual([]);
  });

  it('does not hold from what was only read with, denied, or tried in a dry run', () => {
    const user = call('b', 10, { effect: 'pay', args: { v: 'email' } });
    expect(kinds(call('a', 0, { effect: 'read', args: { v: 'email' } }), user)).toEqual([]);
    expect(kinds(call('a', 0, { outcome: 'denied', result: { v: 'email' } }), user)).toEqual([]);
    expect(kinds({ ...returned, dryRun: true }, user)).toEqual([]);
  });

  it('does not hold for a value seen in more chains than links.chains_max before its use', () => {
    const user = call('b', 10, { args: { v: 'email' } });
    const elsewhere = (n: number) =>
      call(`e${n}`, 1, { args: { v: 'email' } }, { chain: `task:${n}`, task: `${n}` });
    expect(kinds(returned, user, [elsewhere(1)])).toEqual(['data_flow']);
    expect(kinds(returned, user, [elsewhere(1), elsewhere(2)])).toEqual([]);
  });

  it('forgets observations before the horizon and does not count those after the use', () => {
    const user = call('b', 10, { args: { v: 'email' } });
    const at = (seconds: number, n: number) =>
      call(`e${n}`, seconds, { args: { v: 'email' } }, { chain: `task:${n}`, task: `${n}` });
    expect(kinds(returned, user, [at(20, 1), at(20, 2)])).toEqual(['data_flow']);
    const eightDays = -8 * 86_400;
    expect(kinds(returned, user, [at(eightDays, 1), at(eightDays, 2)])).toEqual(['data_flow']);
  });
});

describe('resource', () => {
  const wrote = call('a', 0, { effect: 'create', object: 'memory/1', args: { v: 'url' } });

  it('holds when B reads the object and its result holds what A wrote', () => {
    const read = call('b', 10, { object: 'memory/1', result: { v: 'url' } });
    expect(kinds(wrote, read)).toEqual(['resource', 'same_object']);
  });

  it('does not hold for another object, another value, or a call that does not read', () => {
    const other = call('b', 10, { object: 'memory/2', result: { v: 'url' } });
    expect(kinds(wrote, other)).toEqual([]);
    const another = call('b', 10, { object: 'memory/1', result: { w: 'url' } });
    expect(kinds(wrote, another)).toEqual(['same_object']);
    const send = call('b', 10, { effect: 'send', object: 'memory/1', result: { v: 'url' } });
    expect(kinds(wrote, send)).toEqual(['same_object']);
  });

  it('does not hold for a resource that many chains touched', () => {
    const read = call('b', 10, { object: 'memory/1', result: { v: 'url' } });
    const hub = [1, 2].map((n) =>
      call(`e${n}`, 1, { object: 'memory/1' }, { chain: `task:${n}`, task: `${n}` }),
    );
    expect(kinds(wrote, read, hub)).toEqual(['same_object']);
  });
});

describe('context', () => {
  it('holds between capability-bearing calls of one instance and task', () => {
    expect(kinds(call('a', 0, { agent: 'x' }), call('b', 10, { agent: 'x' }))).toEqual(['context']);
  });

  it('does not hold for another instance, another task, or a call without a capability', () => {
    const a = call('a', 0, { agent: 'x' });
    expect(kinds(a, call('b', 10, { agent: 'x' }, { instance: 'x#2' }))).toEqual([]);
    const elsewhere = { chain: 'task:2', task: '2', rootKeys: [] };
    expect(kinds(a, call('b', 10, { agent: 'x' }, elsewhere))).toEqual([]);
    expect(kinds(a, call('b', 10, { agent: 'x', capabilities: [] }))).toEqual([]);
  });

  it('holds from a denied call: it has its place in its agent’s context', () => {
    const denied = call('a', 0, { agent: 'x', outcome: 'denied' });
    expect(kinds(denied, call('b', 10, { agent: 'x' }))).toEqual(['context']);
  });
});

describe('delegation', () => {
  const before = call('before', 0, { agent: 'parent' });
  const hand = call('hand', 10, { agent: 'parent', hands_to: 'child', capabilities: [] });
  const child = call('child', 300, { parent_agent: 'parent' });

  it('holds from the parent’s earlier calls, needing the hand-over, and from the hand-over', () => {
    const stream = streamOf([before, hand, child], LIMITS);
    expect(linksBetween(before, child, stream)).toEqual([
      { from: before, to: child, kind: 'delegation', needs: hand },
    ]);
    expect(kinds(hand, child)).toEqual(['delegation']);
  });

  it('holds from the child’s calls to the parent’s calls after its last one', () => {
    const after = call('after', 600, { agent: 'parent' });
    expect(kinds(child, after, [hand])).toEqual(['delegation']);
    const late = call('late', 900, { agent: 'child', parent_agent: 'parent' });
    expect(kinds(child, after, [hand, late])).toEqual([]);
  });

  it('does not hold without a hand-over, with a denied one, or to an agent it did not name', () => {
    expect(kinds(before, child)).toEqual([]);
    expect(kinds(before, child, [{ ...hand, happened: 'attempted' }])).toEqual([]);
    expect(kinds(before, { ...child, agent: 'other' }, [hand])).toEqual([]);
  });

  it('does not hold from what the parent did after the hand-over', () => {
    const between = call('between', 200, { agent: 'parent' });
    expect(kinds(between, child, [hand])).toEqual([]);
  });

  it('holds across chains where the child names the hand-over, and only that one', () => {
    const elsewhere = { chain: 'task:2', task: '2', rootKeys: [], delegationRefs: ['hand'] };
    expect(kinds(before, { ...child, ...elsewhere }, [hand])).toEqual(['delegation']);
    const other = { ...elsewhere, delegationRefs: ['another'] };
    expect(kinds(before, { ...child, ...other }, [hand])).toEqual([]);
  });

  it('joins a call that shares only a weaker root key, unless both have proven tasks that differ', () => {
    const trace = { rank: 2, key: 'trace:1', proven: true };
    const task = (id: string, proven: boolean) => ({ rank: 0, key: `task:${id}`, proven });
    const a = call('a', 0, {}, { chain: 'task:1', rootKeys: [task('1', true), trace] });
    const without = call('b', 10, {}, { chain: 'trace:1', rootKeys: [trace] });
    expect(kinds(a, without)).toEqual(['delegation']);
    const differs = call('b', 10, {}, { chain: 'task:2', rootKeys: [task('2', true), trace] });
    expect(kinds(a, differs)).toEqual([]);
    const invented = call('b', 10, {}, { chain: 'trace:1', rootKeys: [task('2', false), trace] });
    expect(kinds(a, invented)).toEqual(['delegation']);
  });
});

describe('ties', () => {
  it('grantee: the agent, principal or credential that was named, and nobody else', () => {
    const grant = call('a', 0, { capabilities: ['grant:access'], grantee: 'helper' });
    expect(kinds(grant, call('b', 10, { agent: 'helper' }))).toEqual(['grantee']);
    expect(kinds(grant, call('b', 10, { principal: 'helper' }))).toEqual(['grantee']);
    expect(kinds(grant, call('b', 10, { credential: 'helper' }))).toEqual(['grantee']);
    expect(kinds(grant, call('b', 10, { agent: 'other' }))).toEqual([]);
  });

  it('same_object: on what A made, not on what A only read, and inside one chain', () => {
    const made = call('a', 0, { effect: 'create', object: 'x' });
    expect(kinds(made, call('b', 10, { object: 'x' }))).toEqual(['same_object']);
    expect(kinds(call('a', 0, { object: 'x' }), call('b', 10, { object: 'x' }))).toEqual([]);
    const elsewhere = { chain: 'task:2', task: '2', rootKeys: [] };
    expect(kinds(made, call('b', 10, { object: 'x' }, elsewhere))).toEqual([]);
  });

  it('derived_credential: the earliest call with the parent credential, even if it came later', () => {
    const child = call('b', 10, { credential: 'c', parent_credential: 'p' });
    const parent = call('a', 200, { credential: 'p', scopes: ['read:internal'] });
    expect(kinds(parent, child)).toEqual(['derived_credential']);
    const earlier = call('e', 100, { credential: 'p', scopes: ['read:internal'] });
    expect(kinds(parent, child, [earlier])).toEqual([]);
    expect(kinds({ ...parent, scopeGrants: undefined }, child)).toEqual([]);
  });
});

describe('order', () => {
  const a = call('a', 0);
  const order = (x: Call, y: Call) => orderOf(x, y, streamOf([x, y], LIMITS));

  it('is told by one clock exactly, and by two only beyond the skew', () => {
    expect(order(a, call('b', 1))).toBe('before');
    expect(order(a, call('b', 120, {}, { source: 'two' }))).toBe('undetermined');
    expect(order(a, call('b', 121, {}, { source: 'two' }))).toBe('before');
  });

  it('trusts the source’s own sequence over its times, and spans over both', () => {
    expect(order({ ...a, seq: 2 }, call('b', 60, {}, { seq: 1 }))).toBe('after');
    const inner = call('b', 0, {}, { seq: 1, parentSpanId: 's' });
    expect(order({ ...a, seq: 2, spanId: 's' }, inner)).toBe('before');
  });

  it('links while it is undetermined, and not against it', () => {
    const returned = call('a', 100, { result: { v: 'url' } });
    const user = call('b', 0, { args: { v: 'url' } }, { source: 'two' });
    expect(kinds(returned, user)).toEqual(['data_flow']);
    expect(kinds({ ...returned, timeMs: 121_000 }, user)).toEqual([]);
  });
});
