/**
 * Guarantee: from the gateway's records of a request and of its end, the warning comes with the request
 * and what then stands is told by the end, through all stages.
 */
import { type AuditEvent, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'release',
      severity: 'critical',
      steps: [
        { id: 'payee', any: ['create:payee'] },
        { id: 'pay', any: ['initiate:payment'], after: ['payee'], link: ['data_flow'] },
      ],
    },
  ],
});
const account = { values: [{ fp: 'iban-1', kind: 'iban' }] };
const call = (n: number, over: Partial<AuditEvent>): AuditEvent =>
  event(n, { args: account, ...over });
const payee = call(1, {
  agent: { uid: 'intake', assurance: 'authenticated' },
  effect: 'create',
  capabilities: [{ symbol: 'create:payee', basis: 'catalogue' }],
});
const pay = (n: number, over: Partial<AuditEvent>) =>
  call(n, {
    agent: { uid: 'payer', assurance: 'authenticated' },
    event_time: `2026-01-05T09:1${n % 10}:00.000000000Z`,
    observed_time: `2026-01-05T09:1${n % 10}:00.000000000Z`,
    call_uid: 'payment-1',
    effect: 'pay',
    capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
    ...over,
  });
const asked = pay(2, { phase: 'requested', outcome: 'unknown' });
const open = (pipeline: MemoryPipeline) =>
  pipeline.open().map(({ kind, assembly }) => [kind, assembly?.caveats]);
const pipeline = (...events: readonly AuditEvent[]) =>
  new MemoryPipeline(policy).settle().sendAll(events);

describe('a payment that is asked for', () => {
  it('is warned of at the request, and is the assembly when it is made', () => {
    const run = pipeline(payee, asked);
    expect(open(run)).toEqual([['privilege_gap_closing', ['grant_unknown']]]);
    run.sendAll([pay(3, {})]);
    expect(open(run)).toEqual([['privilege_assembly', ['grant_unknown']]]);
  });

  it('came to nothing where the gateway says so', () => {
    const run = pipeline(payee, asked);
    run.sendAll([pay(3, { outcome: 'protocol_error' })]);
    expect(open(run)).toEqual([]);
    run.pass('2026-01-05T12:00:00.000000000Z');
    expect(open(run.settle())).toEqual([]);
  });

  it('may have been made where nothing more is heard of it', () => {
    const run = pipeline(payee, asked);
    run.pass('2026-01-05T12:00:00.000000000Z');
    expect(open(run.settle())).toEqual([
      ['privilege_assembly', ['possibly_exercised', 'grant_unknown']],
    ]);
  });

  it('is nothing in a dry run, and nothing that could be paired without its id', () => {
    const dry = { ...asked, args: { ...account, features: { dry_run: true } } };
    const { call_uid: _, ...unpaired } = asked;
    expect(open(pipeline(payee, dry))).toEqual([]);
    expect(open(pipeline(payee, unpaired))).toEqual([]);
  });
});
