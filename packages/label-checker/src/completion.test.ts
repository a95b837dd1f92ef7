/**
 * What fires: exercised or not, time bounds, hops, smallest proofs, the completing call, kinds,
 * independence, conditions. One firing and one quiet stream for each rule.
 */
import { type ExampleCall, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { type Completion, completionsIn } from './completion.ts';
import { callOfExample } from './example-calls.ts';
import { LinkTable } from './path.ts';
import { limitsOf, streamOf } from './stream.ts';

const registry = registrySchema.parse({ version: 1 });
const LEAK = {
  id: 'leak',
  severity: 'high',
  steps: [
    { id: 'read', any: ['read:secret'] },
    { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'context'] },
  ],
  within: '24h',
};

function call(id: string, at: number, given: Partial<ExampleCall> = {}, more: Partial<Call> = {}) {
  const example = { id, at, agent: id, capabilities: [], outcome: 'success' as const, ...given };
  return { ...callOfExample(example), ...more };
}

function found(calls: readonly Call[], combination: unknown = LEAK): readonly Completion[] {
  const policy = policySchema.parse({ version: 1, combinations: [combination] });
  return completionsIn(new LinkTable(streamOf(calls, limitsOf(policy))), { policy, registry })
    .found;
}

const proofs = (calls: readonly Call[], combination: unknown = LEAK) =>
  found(calls, combination).flatMap((one) =>
    one.proofs.map((proof) => proof.calls.map((member) => member.id).join(' ')),
  );

const read = call('read', 0, { capabilities: ['read:secret'], result: { v: 'secret' } });
const send = (at: number, given: Partial<ExampleCall> = {}, more: Partial<Call> = {}) =>
  call('send', at, { capabilities: ['send:external'], args: { v: 'secret' }, ...given }, more);

describe('exercised', () => {
  it('a success counts, and a failure whose effect may have happened', () => {
    expect(proofs([read, send(10)])).toEqual(['read send']);
    for (const outcome of ['unknown', 'cancelled', 'tool_error'] as const) {
      expect(proofs([read, send(10, { outcome })])).toEqual(['read send']);
    }
  });

  it('a denied call, a protocol error, a failed read and a dry run do not', () => {
    expect(proofs([read, send(10, { outcome: 'denied' })])).toEqual([]);
    expect(proofs([read, send(10, { outcome: 'protocol_error' })])).toEqual([]);
    expect(proofs([{ ...read, happened: 'no' }, send(10)])).toEqual([]);
    expect(proofs([read, send(10, {}, { dryRun: true })])).toEqual([]);
  });

  it('an attempt counts only for a step that names attempts', () => {
    const attempts = {
      ...LEAK,
      steps: [LEAK.steps[0], { ...LEAK.steps[1], any: ['attempted:send:external'] }],
    };
    expect(proofs([read, send(10, { outcome: 'denied' })], attempts)).toEqual(['read send']);
    expect(proofs([read, send(10)], attempts)).toEqual([]);
  });
});

describe('within', () => {
  it('bounds every call of the proof, to the millisecond', () => {
    const paper = { ...read, result: [{ key: 'v', kind: 'document_number' }] };
    const later = (at: number) => send(at, {}, { args: [{ key: 'v', kind: 'document_number' }] });
    expect(proofs([paper, later(86_400)])).toEqual(['read send']);
    expect(proofs([paper, later(86_401)])).toEqual([]);
  });
});

/** `n` relays between the secret and the send. */
function relayed(n: number): readonly Call[] {
  const name = (at: number) => `v${at}`;
  const relays = Array.from({ length: n }, (_, at) =>
    call(`r${at}`, at + 1, {
      args: { [name(at)]: 'document_number' },
      result: { [name(at + 1)]: 'document_number' },
    }),
  );
  const first = { ...read, result: [{ key: 'v0', kind: 'document_number' }] };
  return [first, ...relays, send(100, { args: { [name(n)]: 'document_number' } })];
}

describe('hops', () => {
  it('are at most six between two steps', () => {
    expect(proofs(relayed(5))).toEqual(['read r0 r1 r2 r3 r4 send']);
    expect(proofs(relayed(6))).toEqual([]);
  });

  it('are one where the step wants a direct link', () => {
    const direct = { ...LEAK, steps: [LEAK.steps[0], { ...LEAK.steps[1], direct: true }] };
    expect(proofs(relayed(0), direct)).toEqual(['read send']);
    expect(proofs(relayed(1), direct)).toEqual([]);
  });
});

describe('the proof', () => {
  it('is the smallest: a relay that another link makes needless is left out', () => {
    const sameAgent = relayed(3).map((one) =>
      ['r0', 'r2'].includes(one.id)
        ? { ...one, agent: 'x', instance: 'x', capabilities: ['write:data'] }
        : one,
    );
    expect(proofs(sameAgent)).toEqual(['read r0 r2 send']);
  });

  it('names all sets of the smallest size', () => {
    const two = [
      call('r0', 1, { args: { v: 'secret' }, result: { w: 'url' } }),
      call('r1', 2, { args: { v: 'secret' }, result: { w: 'url' } }),
    ];
    expect(proofs([read, ...two, send(10, { args: { w: 'url' } })])).toEqual([
      'read r0 send',
      'read r1 send',
    ]);
  });

  it('does not depend on the order of the lines', () => {
    expect(proofs([...relayed(4)].reverse())).toEqual(proofs(relayed(4)));
  });
});

describe('the completing call', () => {
  it('is the first; a sure one before one that only may have happened', () => {
    const again = { ...send(20), id: 'again' };
    expect(found([read, send(10), again])[0]?.completer.id).toBe('send');
    const maybe = send(10, { outcome: 'unknown' });
    expect(found([read, maybe, again])[0]?.completer.id).toBe('again');
  });

  it('gives one completion a chain: another chain is another one', () => {
    const elsewhere = { chain: 'task:2', task: '2', rootKeys: [], id: 'other', agent: 'other' };
    expect(found([read, send(10), { ...send(20), ...elsewhere }])).toHaveLength(2);
  });
});

describe('kind', () => {
  it('is toxic_combination when one contributor’s grant contains every step', () => {
    const grants = ['read:secret', 'send:external'];
    const kindsOf = (given: Partial<ExampleCall>, more: Partial<Call> = {}) =>
      found([read, send(10, given, more)])[0]?.kinds;
    expect(kindsOf({ grants })).toEqual(['toxic_combination']);
    expect(kindsOf({ grants: ['send:external'] })).toEqual(['privilege_assembly']);
    expect(kindsOf({ grants: null })).toEqual(['privilege_assembly']);
    expect(kindsOf({ grants: ['*'] }, { scopeGrants: ['send:external'] })).toEqual([
      'privilege_assembly',
    ]);
    expect(kindsOf({ grants: null }, { scopeGrants: ['*'] })).toEqual(['toxic_combination']);
  });

  it('is what the combination says, and what it says for a single agent', () => {
    const given = { ...LEAK, kind: 'separation_of_duty', kind_one_agent: 'guardrail_probing' };
    expect(found([read, send(10)], given)[0]?.kinds).toEqual(['separation_of_duty']);
    const alone = send(10, { agent: 'read' });
    expect(found([read, alone], given)[0]?.kinds).toEqual(['guardrail_probing']);
  });
});

describe('actors', () => {
  const between = (are: string) => ({ ...LEAK, pairs: [{ steps: ['read', 'send'], are }] });
  const alone = send(10, { agent: 'read' });

  it('same and different are told by the agent', () => {
    expect(proofs([read, alone], between('same'))).toHaveLength(1);
    expect(proofs([read, send(10)], between('same'))).toEqual([]);
    expect(proofs([read, send(10)], between('different'))).toHaveLength(1);
    expect(proofs([read, alone], between('different'))).toEqual([]);
  });

  const maker = { ...read, principal: 'ana', owners: ['team a'], effect: 'create' };
  const checker = { ...send(10), principal: 'bo', owners: ['team b'] };
  const dependent = (a: Partial<Call>, b: Partial<Call>, others: readonly Call[] = []) =>
    proofs([{ ...maker, ...a }, { ...checker, ...b }, ...others], between('not_independent'))
      .length === 1;

  it('independent: other principal, other owner, other orchestrator', () => {
    expect(dependent({}, {})).toBe(false);
    expect(proofs([maker, checker], between('independent'))).toHaveLength(1);
  });

  it('dependent: a shared principal, owner or orchestrator, or one orchestrates the other', () => {
    expect(dependent({}, { principal: 'ana' })).toBe(true);
    expect(dependent({}, { owners: ['team b', 'team a'] })).toBe(true);
    expect(dependent({ rootAgent: 'boss' }, { rootAgent: 'boss' })).toBe(true);
    expect(dependent({}, { parentAgent: 'read' })).toBe(true);
  });

  it('dependent: the checker read what the maker wrote on another object', () => {
    const note = call('note', 1, { agent: 'read', effect: 'create', args: { n: 'url' } });
    const look = call('look', 2, { agent: 'send', effect: 'read', result: { n: 'url' } });
    expect(dependent({}, {}, [note, { ...look, target: { id: 'else' } }])).toBe(true);
    expect(dependent({}, { target: { id: 'x' } }, [note, { ...look, target: { id: 'x' } }])).toBe(
      false,
    );
  });

  it('not known counts as met: an unknown or only asserted principal', () => {
    expect(dependent({}, { principal: undefined })).toBe(true);
    expect(dependent({}, { principalProven: false })).toBe(true);
    expect(dependent({}, { principal: 'ana', principalProven: false, owners: [] })).toBe(true);
  });
});

describe('conditions of a step', () => {
  const withStep = (more: object) => ({
    ...LEAK,
    steps: [LEAK.steps[0], { ...LEAK.steps[1], ...more }],
  });

  it('plane, trust and records are those told; unknown is not it', () => {
    const stepped = withStep({
      plane: 'execution',
      result_trust: 'untrusted',
      records_min: 'bulk',
    });
    const ok = { plane: 'execution', resultTrust: 'untrusted', records: 500 };
    expect(proofs([read, send(10, {}, ok)], stepped)).toHaveLength(1);
    expect(proofs([read, send(10, {}, { ...ok, plane: undefined })], stepped)).toEqual([]);
    expect(proofs([read, send(10, {}, { ...ok, resultTrust: undefined })], stepped)).toEqual([]);
    expect(proofs([read, send(10, {}, { ...ok, records: 499 })], stepped)).toEqual([]);
  });

  it('a person’s proven approval excuses, an asserted or a policy’s does not', () => {
    const stepped = withStep({ unless: { approved_by_human: true } });
    const approval = { mode: 'human', by: 'ana' };
    expect(proofs([read, send(10, {}, { approval })], stepped)).toEqual([]);
    expect(proofs([read, send(10, {}, { approval, approvalProven: false })], stepped)).toHaveLength(
      1,
    );
    const policys = { approval: { mode: 'policy', by: 'p' } };
    expect(proofs([read, send(10, {}, policys)], stepped)).toHaveLength(1);
  });

  it('a send to the record’s own subject is none', () => {
    const stepped = withStep({ unless: { own_subject_of: 'read' } });
    const owned = { ...read, target: { owner: 'ana' } };
    expect(proofs([owned, send(10, { object: 'ana' })], stepped)).toEqual([]);
    expect(proofs([owned, send(10, { object: 'bo' })], stepped)).toHaveLength(1);
    const subjects = { subjects: ['ana', 'ana@x'] };
    expect(proofs([owned, send(10, { object: 'ana@x' }, subjects)], stepped)).toEqual([]);
    const asserted = { ...subjects, taskProven: false };
    expect(proofs([owned, send(10, { object: 'ana@x' }, asserted)], stepped)).toHaveLength(1);
  });

  it('a send from another chain to the one address of a trusted record is to its subject', () => {
    const stepped = withStep({ unless: { own_subject_of: 'read' } });
    const ann = { key: 'ann', kind: 'email' };
    const about = { resultTrust: 'trusted', effect: 'read', target: { id: 'customer/1' } };
    const record = { ...read, ...about, result: [ann] };
    const news = (more: Partial<Call> = {}) =>
      send(10, { object: 'ann' }, { args: [ann], chain: 'b', ...more });
    expect(proofs([record, news()], stepped)).toEqual([]);
    for (const other of [
      { ...record, result: [ann, { key: 'bo', kind: 'email' }] },
      { ...record, resultTrust: 'untrusted' },
    ]) {
      expect(proofs([other, news()], stepped)).toHaveLength(1);
    }
    expect(proofs([record, news({ target: { id: 'bo' } })], stepped)).toHaveLength(1);
    expect(proofs([record, news({ chain: record.chain })], stepped)).toHaveLength(1);
    const wrote = call('wrote', -10, {}, { effect: 'update', args: [ann] });
    const into = (id: string) => ({ ...wrote, target: { id } });
    expect(proofs([into('customer/1'), record, news()], stepped)).toHaveLength(1);
    expect(proofs([into('page/1'), record, news()], stepped)).toEqual([]);
  });

  it('same and differs compare what both tell', () => {
    const stepped = withStep({
      same: { as: 'read', of: ['object_or_value'] },
      differs: { from: 'read', of: ['agent', 'tool'] },
    });
    const first = { ...read, target: { id: 'x' }, tool: 's/a' };
    const at = (more: Partial<Call>) => send(10, { agent: 'read', object: 'x' }, more);
    expect(proofs([first, at({ tool: 's/b' })], stepped)).toHaveLength(1);
    expect(proofs([first, at({ tool: 's/a' })], stepped)).toEqual([]);
    expect(proofs([first, at({ tool: undefined })], stepped)).toEqual([]);
    expect(proofs([first, at({ tool: 's/b', target: { id: 'y' } })], stepped)).toEqual([]);
  });
});
