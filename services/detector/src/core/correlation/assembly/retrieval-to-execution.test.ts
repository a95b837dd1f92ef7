/**
 * Guarantees of `retrieval-to-execution` under the shipped policy: it tells of a value of every kind that
 * links, in every privileged or sending call of the execution plane, and of no other value or plane.
 */
import { readFileSync } from 'node:fs';
import { type PrivilegeStep, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Bench, step } from './testing/step-builder.ts';

const file = new URL('../../../../policy/default.yaml', import.meta.url);
const shipped = policySchema.parse(parse(readFileSync(file, 'utf8')));
const policy = {
  ...shipped,
  combinations: shipped.combinations.filter(({ id }) => id === 'retrieval-to-execution'),
};

interface Pass {
  readonly read?: Readonly<Record<string, string>>;
  readonly used?: Readonly<Record<string, string>>;
  readonly does?: string;
  readonly reader?: Partial<PrivilegeStep>;
  readonly actor?: Partial<PrivilegeStep>;
}

const VALUE = { value: 'email' };

function proofOf({ read = VALUE, used = read, does = 'send:external', reader, actor }: Pass) {
  const bench = new Bench(policy);
  bench.feed(
    step({
      ...{ id: 'read', agent: 'fetcher', at: 0, capabilities: ['ingest:untrusted'], result: read },
      wire: { plane: 'retrieval', result_trust: 'untrusted', ...reader },
    }),
    step({
      ...{ id: 'act', agent: 'clerk', at: 10, capabilities: [does], args: used },
      wire: { plane: 'execution', ...actor },
    }),
  );
  return bench.open().map(({ kind, assembly }) => [kind, assembly?.proof.length]);
}

const FOUND = [['separation_of_duty', 2]];

describe('a value out of outside text', () => {
  it.each(shipped.links.kinds)('of kind %s is told of in a call that sends it', (kind) => {
    expect(proofOf({ read: { value: kind } })).toEqual(FOUND);
  });

  it.each([
    'initiate:payment',
    'create:payee',
    'approve:payment',
    'grant:access',
    'delete:data',
    'exec:shell',
    'deploy:production',
    'modify:agent',
    'send:internal',
    'publish:public',
  ])('is told of in a call that can %s', (does) => {
    expect(proofOf({ does })).toEqual(FOUND);
  });

  it('is not told of where it is of no kind that links, or not the one that was read', () => {
    expect(proofOf({ read: { value: 'amount' } })).toEqual([]);
    expect(proofOf({ read: { value: 'date' } })).toEqual([]);
    expect(proofOf({ read: VALUE, used: { other: 'email' } })).toEqual([]);
  });

  it('is not told of where it was read in a system of record, or by who may act', () => {
    expect(proofOf({ reader: { result_trust: 'trusted' } })).toEqual([]);
    expect(proofOf({ reader: { plane: 'execution' } })).toEqual([]);
  });

  it('is not told of in a call that only reads or writes, or off the execution plane', () => {
    expect(proofOf({ does: 'read:internal' })).toEqual([]);
    expect(proofOf({ does: 'write:data' })).toEqual([]);
    expect(proofOf({ actor: { plane: 'retrieval' } })).toEqual([]);
  });

  it('is not told of in a reply to the proven subject of the case, but where more is done for him', () => {
    const replies = (does: string, claim: 'authenticated' | 'asserted', to = 'customer') => {
      const { claims } = step({ id: 'any', agent: 'any', at: 0 });
      const actor: Partial<PrivilegeStep> = {
        ...{ task_subject_fps: ['customer'], target: { resource_id: to } },
        claims: { ...claims, task: claim },
      };
      return proofOf({ does, actor });
    };
    expect(replies('send:external', 'authenticated')).toEqual([]);
    expect(replies('send:external', 'asserted')).toEqual(FOUND);
    expect(replies('send:external', 'authenticated', 'stranger')).toEqual(FOUND);
    expect(replies('grant:access', 'authenticated')).toEqual(FOUND);
  });
});
