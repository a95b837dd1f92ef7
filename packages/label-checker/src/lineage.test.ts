/** What completes beyond `within`: lineage does, and nothing else. */
import { policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Call, CallValue } from './call.ts';
import { completionsIn } from './completion.ts';
import { callOfExample } from './example-calls.ts';
import { LinkTable } from './path.ts';
import { limitsOf, streamOf } from './stream.ts';

const DAY_S = 86_400;
const policy = policySchema.parse({
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
          link: ['secret_use', 'data_flow', 'resource', 'context', 'delegation'],
        },
      ],
      within: '24h',
    },
  ],
});
const registry = registrySchema.parse({ version: 1 });

function call(id: string, day: number, symbol: string, more: Partial<Call> = {}): Call {
  const made = callOfExample({
    id,
    at: day * DAY_S,
    agent: id,
    capabilities: [symbol],
    outcome: 'success',
  });
  const task = `task:${id}`;
  return {
    ...made,
    task: id,
    chain: task,
    rootKeys: [{ rank: 0, key: task, proven: true }],
    ...more,
  };
}

const brings = (...result: CallValue[]) => call('read', 0, 'read:personal', { result });
const sends = (day: number, ...args: CallValue[]) => call('send', day, 'send:external', { args });
const value = (kind: string, key = 'v'): CallValue => ({ key, kind });

function found(calls: readonly Call[]): readonly string[] {
  const table = new LinkTable(streamOf(calls, limitsOf(policy)));
  return completionsIn(table, { policy, registry }).found.flatMap((one) =>
    one.proofs.map(
      (proof) => `${one.slow ? 'slow' : 'quick'} ${proof.calls.map(({ id }) => id).join(' ')}`,
    ),
  );
}

describe('over days', () => {
  it.each(['iban', 'email', 'secret', 'token'])('%s joins', (kind) => {
    expect(found([brings(value(kind)), sends(3, value(kind))])).toEqual(['slow read send']);
  });

  it.each(['document_number', 'account', 'url', 'shingle'])('%s does not', (kind) => {
    expect(found([brings(value(kind)), sends(3, value(kind))])).toEqual([]);
    expect(found([brings(value(kind)), sends(0.5, value(kind))])).toEqual(['quick read send']);
  });

  it('a link spans the horizon at most; the whole may be longer', () => {
    expect(found([brings(value('iban')), sends(8, value('iban'))])).toEqual([]);
    const between = call('pass', 6, 'read:internal', {
      args: [value('iban')],
      result: [value('iban', 'w')],
    });
    const late = sends(12, value('iban', 'w'));
    expect(found([brings(value('iban')), between, late])).toEqual(['slow read pass send']);
  });

  it('one agent’s context is none, in one task within `within` it is', () => {
    const one = { agent: 'a', instance: 'a', task: 't', chain: 'task:t' };
    const lone = { ...brings(), ...one };
    expect(found([lone, { ...sends(2), ...one }])).toEqual([]);
    expect(found([lone, { ...sends(0.9), ...one }])).toEqual(['quick read send']);
    // From step to step it is one or the other: lineage to a relay and then context is neither.
    const keep = call('keep', 3, 'read:internal', { ...one, args: [value('email')] });
    const far = { ...brings(value('email')), rootKeys: [] };
    expect(found([far, keep, { ...sends(3.5), ...one }])).toEqual([]);
  });

  it('a written resource that is read again joins', () => {
    const object = { target: { id: 'memory/1' } };
    const write = call('read', 0, 'read:personal', {
      ...object,
      effect: 'update',
      args: [value('url')],
    });
    const recall = call('recall', 4, 'send:external', {
      ...object,
      effect: 'read',
      result: [value('url')],
    });
    expect(found([write, recall])).toEqual(['slow read recall']);
    expect(found([write, { ...recall, result: [value('url', 'w')] }])).toEqual([]);
  });
});
