/**
 * A way that was given up for a cheaper one led nowhere that the cheaper does not lead: else what is found
 * would depend on what had come when it was asked. The chains are contradictory on purpose (references
 * against clocks); each was found by the arrival property.
 */
import { type Policy, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, type StepSketch, step } from '../testing/step-builder.ts';

const ANY = ['secret_use', 'delegation', 'data_flow', 'context'];
const policyOf = (steps: readonly object[]) =>
  policySchema.parse({ version: 1, combinations: [{ id: 'one', severity: 'high', steps }] });

const evidence = (policy: Policy, calls: readonly StepSketch[], order: readonly number[]) => {
  const bench = new Bench(policy);
  const steps = calls.map((call) =>
    step({ grants: null, ...call, wire: { task_id: 't1', ...call.wire } }),
  );
  bench.feed(...order.flatMap((n) => steps[n] ?? []));
  return bench.open()[0]?.evidence.map((one) => one.native_id);
};

describe('a way that a cheaper one met', () => {
  it('is followed when a span puts calls of its past behind the later call', () => {
    const policy = policyOf([
      { id: 'a', any: ['read:personal'] },
      { id: 'b', any: ['read:secret'] },
      { id: 'c', any: ['send:external'], after: ['a', 'b'] },
    ]);
    const secret = { capabilities: ['read:secret'] };
    const sends = { capabilities: ['send:external'] };
    const creates = { capabilities: ['create:credential'], result: { v1: 'email' } };
    const reads = { capabilities: ['read:personal'] };
    const calls: readonly StepSketch[] = [
      { id: 'c0', agent: 'ann', at: 0, ...secret, wire: { parent_span_id: 's1', task_id: 't2' } },
      { id: 'c1', agent: 'ann', at: 0, ...sends, wire: { agent_assurance: 'asserted' } },
      { id: 'c2', agent: 'ann', at: 0, ...sends, wire: { task_id: 't2' } },
      { id: 'c3', agent: 'ann', at: 0, wire: { delegate_uid: 'cyd', span_id: 's1' } },
      { id: 'c4', agent: 'ann', at: 30, ...creates, wire: { span_id: 's1', task_id: 't2' } },
      { id: 'c5', agent: 'ann', at: 30 },
      { id: 'c6', agent: 'cyd', at: 0, ...reads, wire: { credential_fp: 'v1' } },
    ];
    const inOrder = evidence(policy, calls, [0, 1, 2, 3, 4, 5, 6]);
    expect(inOrder).toContain('c1');
    expect(evidence(policy, calls, [0, 1, 2, 6, 3, 4, 5])).toEqual(inOrder);
  });

  it('is followed when the cheaper one passed the very call that it needs', () => {
    const policy = policyOf([
      { id: 'ingest', any: ['ingest:untrusted'] },
      { id: 'read', any: ['read:personal'], after: ['ingest'], link: ANY },
      { id: 'send', any: ['send:external'], after: ['read'], link: ANY },
    ]);
    const v1 = { v1: 'email' };
    const v2 = { v2: 'email' };
    const reads = { capabilities: ['read:personal'] };
    const sends = { capabilities: ['send:external'] };
    const both = { capabilities: ['read:personal', 'send:external'] };
    const ingests = { capabilities: ['ingest:untrusted'], args: v2 };
    const handsOver = { delegate_uid: 'ann', span_id: 's3', delegation_ref: 'c0' };
    const calls: readonly StepSketch[] = [
      {
        ...{ id: 'c0', agent: 'cyd', at: 0, ...reads },
        wire: { delegation_ref: 'c0', credential_fp: 'v1' },
      },
      { id: 'c1', agent: 'ann', at: 0, args: v1, result: v1 },
      {
        ...{ id: 'c2', agent: 'ann', at: 0, ...sends },
        wire: { delegation_ref: 'c5', credential_fp: 'v1' },
      },
      { id: 'c3', agent: 'cyd', at: 0, wire: { delegate_uid: 'ann', parent_span_id: 's3' } },
      { id: 'c4', agent: 'cyd', at: 200 },
      { id: 'c5', agent: 'cyd', at: 200, ...ingests, wire: handsOver },
      { id: 'c6', agent: 'bob', at: 0, ...both },
      { id: 'c7', agent: 'ann', at: 0, args: v1, result: v2, wire: { parent_span_id: 's3' } },
      { id: 'c8', agent: 'bob', at: 0, wire: { delegate_uid: 'cyd', span_id: 's3' } },
      { id: 'c9', agent: 'bob', at: 200, capabilities: ['write:data'], result: v2 },
      { id: 'c10', agent: 'ann', at: 0 },
    ];
    const inOrder = evidence(policy, calls, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(inOrder).toContain('c2');
    expect(evidence(policy, calls, [10, 3, 2, 8, 1, 0, 6, 9, 4, 5, 7])).toEqual(inOrder);
  });
});
