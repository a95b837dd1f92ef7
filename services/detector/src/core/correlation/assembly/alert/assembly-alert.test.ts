/**
 * The words of an assembly: what they must say, and what they must never say more than is known.
 * The bar is the first example of `console.md`.
 */
import { type PrivilegeStep, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, type StepSketch, step } from '../testing/step-builder.ts';

const LINKS = ['delegation', 'data_flow', 'resource', 'context', 'same_object'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'payment-release',
      severity: 'critical',
      steps: [
        { id: 'payee', any: ['create:payee'] },
        { id: 'initiate', any: ['initiate:payment'], after: ['payee'], link: LINKS },
        { id: 'approve', any: ['approve:payment'], after: ['initiate'], link: LINKS },
      ],
      pairs: [{ steps: ['initiate', 'approve'], are: 'not_independent' }],
    },
  ],
});

type Wire = Partial<PrivilegeStep>;
const under = (root: string): Wire => ({ root_agent_uid: root, parent_agent_uid: root });
const ORCHESTRATOR = under('spiffe://acme/agent/invoice-orchestrator');

function sentences(over: Readonly<Record<string, Partial<StepSketch>>> = {}) {
  const one = (sketch: StepSketch): PrivilegeStep =>
    step({ ...sketch, ...over[sketch.id], wire: { ...sketch.wire, ...over[sketch.id]?.wire } });
  const bench = new Bench(policy);
  bench.feed(
    one({
      ...{ id: 'create_payee', agent: 'spiffe://acme/agent/intake-2', at: 0 },
      ...{ capabilities: ['create:payee'], args: { a: 'iban' }, result: { a: 'iban' } },
      wire: { workflow: 'invoice-approval', ...ORCHESTRATOR },
    }),
    one({
      ...{ id: 'initiate_payment', agent: 'spiffe://acme/agent/payer-1', at: 1 },
      ...{
        capabilities: ['initiate:payment'],
        args: { a: 'iban' },
        result: { o: 'document_number' },
      },
      wire: { workflow: 'invoice-approval', ...ORCHESTRATOR },
    }),
    one({
      ...{ id: 'approve_payment', agent: 'spiffe://acme/agent/checker-1', at: 3 },
      ...{ capabilities: ['approve:payment'], args: { o: 'document_number' } },
      wire: { workflow: 'invoice-approval', ...ORCHESTRATOR },
    }),
  );
  const [alert] = bench.open();
  return { title: alert?.title ?? '', summary: alert?.summary ?? '' };
}

describe('an assembly in words', () => {
  it('does not count a step that was only tried among those that a grant must hold', () => {
    const bench = new Bench(
      policySchema.parse({
        version: 1,
        combinations: [
          {
            id: 'around-a-refusal',
            severity: 'high',
            steps: [
              { id: 'denied', any: ['attempted:delete:data'] },
              { id: 'done', any: ['delete:data'], after: ['denied'], link: ['delegation'] },
            ],
          },
        ],
      }),
    );
    const target = { resource_id: 'table/1' };
    const wipe = { capabilities: ['delete:data'], wire: { target, effect: 'delete' as const } };
    const refused = { ...wipe.wire, exercise: 'attempted' as const, outcome: 'denied' as const };
    bench.feed(
      step({ ...wipe, id: 'first', agent: 'helper', at: 0, wire: refused }),
      step({
        ...{ ...wipe, id: 'second', agent: 'admin', at: 1, grants: ['read:data'] },
        wire: { ...wipe.wire, parent_agent_uid: 'helper' },
      }),
    );
    expect(bench.open()[0]).toMatchObject({
      title: 'Two agents together tried in vain to delete data and deleted data (table/1)',
      summary: expect.stringContaining('helper alone is granted the step that was done.'),
    });
  });

  it('names who, what and against what, and says what was done to one kind of thing once', () => {
    expect(sentences().title).toBe(
      'Three agents of invoice-approval together added a payee, initiated and approved payment',
    );
  });

  it('says what happened, why it is believed, and by which kinds of value the calls hang together', () => {
    expect(sentences().summary).toBe(
      'intake-2 added a payee by create_payee at 09:00:00, payer-1 initiated payment by initiate_payment at 09:00:01 and checker-1 approved payment by approve_payment at 09:00:03. ' +
        'None of the three agents is granted more than one of the three steps, and checker-1 is not independent of payer-1: both work under invoice-orchestrator. ' +
        'checker-1 completed it: a bank account went from intake-2’s create_payee into payer-1’s initiate_payment and a document number went from there into checker-1’s approve_payment.',
    );
  });

  it('names a shared orchestrator only where the delegation is proven', () => {
    const asserted = { wire: { claims: { ...claimsOf(), delegation: 'asserted' as const } } };
    const { summary } = sentences({ initiate_payment: asserted, approve_payment: asserted });
    expect(summary).not.toContain('invoice-orchestrator');
    expect(summary).toContain('whether checker-1 is independent of payer-1 is not known');
  });

  it('says who owns both, where that is what binds them', () => {
    const { summary } = sentences({
      initiate_payment: { wire: { ...under('a'), agent_owner: 'cfo-office' } },
      approve_payment: { wire: { ...under('b'), agent_owner: 'cfo-office' } },
    });
    expect(summary).toContain(
      'checker-1 is not independent of payer-1: both belong to cfo-office.',
    );
  });

  it('says only that a value stands in both calls where neither returned it', () => {
    const { summary } = sentences({ create_payee: { result: {} } });
    expect(summary).toContain(
      'a bank account stands in both intake-2’s create_payee and payer-1’s initiate_payment',
    );
  });

  it('does not say that each had one step when one agent was granted two', () => {
    const { summary } = sentences({
      approve_payment: { grants: ['approve:payment', 'initiate:payment'] },
    });
    expect(summary).toContain('None of the three agents is granted all three steps');
  });

  it('does not count an unknown grant as a narrow one', () => {
    expect(sentences({ approve_payment: { grants: null } }).summary).toContain(
      'None of the three agents is known to be granted more than one of the three steps; what one of them was granted is unknown',
    );
    const none = { grants: null };
    const all = { create_payee: none, initiate_payment: none, approve_payment: none };
    expect(sentences(all).summary).toContain('What the three agents were granted is unknown');
  });

  it('names the one that is granted all of it', () => {
    const { summary } = sentences({ approve_payment: { grants: ['*'] } });
    expect(summary).toContain('checker-1 alone is granted all three steps');
  });
});

function claimsOf() {
  return step({ id: 'any', agent: 'any', at: 0 }).claims;
}
