/** Guarantees: the cut holds the payment that an approval names, once, and never what is only its destination. */
import { type PrivilegeStep, policySchema, targetProblems } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, step, TENANT } from '../testing/step-builder.ts';

const LINKS = { link: ['data_flow'] };
const PAYEE = { id: 'payee', any: ['create:payee'] };
const PAY = { id: 'pay', any: ['initiate:payment'] };
const APPROVE = { id: 'approve', any: ['approve:payment'], ...LINKS };

interface Claimed {
  readonly capability: string;
  readonly type?: string;
  readonly thing?: string;
  readonly system?: string | undefined;
  readonly wire?: Partial<PrivilegeStep>;
}

/** What the cut does about what these calls, one after the other, left behind. */
function undone(calls: readonly Claimed[]) {
  const shapes = [PAYEE, PAY, APPROVE].filter(({ any: [symbol] }) =>
    calls.some(({ capability }) => capability === symbol),
  );
  const steps = shapes.map((shape, n) =>
    n === 0 ? { id: shape.id, any: shape.any } : { ...shape, ...LINKS, after: [shapes[n - 1]?.id] },
  );
  const combination = { id: 'release', severity: 'critical', within: '24h', steps };
  const bench = new Bench(policySchema.parse({ version: 1, combinations: [combination] }));
  bench.feed(
    ...calls.map(({ capability, type, thing, system, wire }, n) => {
      const call = step({
        ...{ id: `call-${n}`, agent: `agent-${n}`, at: n * 10, capabilities: [capability] },
        ...{
          args: { [`value-${n}`]: 'document_number' },
          result: { [`value-${n + 1}`]: 'document_number' },
        },
        wire: {
          target: { resource_type: type ?? 'payment', resource_id: thing, system },
          ...wire,
        },
      });
      return call;
    }),
  );
  const assembly = bench.open()[0]?.assembly;
  const inHand = (assembly?.cut ?? []).filter((one) => one.action === 'hold_payment');
  for (const one of inHand) expect(targetProblems(one.action, one.target)).toEqual([]);
  return { inHand, sound: assembly?.cut_sound };
}

const IBAN = 'DE75512108001245126199';
const initiate = (thing: string): Claimed => ({ capability: 'initiate:payment', thing });
const approve = (over: Partial<Claimed> = {}): Claimed => ({
  ...{ capability: 'approve:payment', thing: 'PAY-9' },
  ...over,
});

describe('a payment that was set up', () => {
  it('is held by the name that its approval gives it, with the id of that call', () => {
    const { inHand } = undone([initiate(IBAN), approve({ wire: { call_uid: 'mcp-17' } })]);
    expect(inHand).toEqual([
      {
        action: 'hold_payment',
        target: {
          ...{ level: 'call', tenant_id: TENANT, agent_uid: 'agent-1' },
          ...{ call_uid: 'mcp-17', payment_id: 'PAY-9' },
        },
        stops: 'the payout of PAY-9, until a person has looked at it',
        collateral: [],
      },
    ]);
  });

  it('is one payment for all calls that name it, and then nothing of it is left', () => {
    const bank = { system: 'bank' };
    const { inHand, sound } = undone([{ ...initiate('PAY-9'), ...bank }, approve(bank)]);
    expect(inHand.map(({ target }) => target)).toMatchObject([{ call_uid: 'call-1' }]);
    expect(sound).toBe(true);
  });

  it('is two payments where two systems, or systems that nobody names, number theirs alike', () => {
    for (const [at, other] of [
      ['bank-eu', 'bank-us'],
      [undefined, 'bank-us'],
      [undefined, undefined],
    ]) {
      const made = { ...initiate('PAY-9'), system: at };
      const { inHand, sound } = undone([made, approve({ system: other })]);
      expect(inHand.map(({ target }) => target)).toMatchObject([{ call_uid: 'call-1' }]);
      expect(sound).toBe(false);
    }
  });

  it('is not said to be approved when nobody knows how the approval ended', () => {
    const unsure = { outcome: 'unknown', exercise: 'possibly' } as const;
    const [inHand] = undone([initiate(IBAN), approve({ wire: unsure })]).inHand;
    expect(inHand?.stops).toContain('how its approval ended is not known');
  });

  it('is not the account that it goes to, nor whatever else an approval is about', () => {
    expect(undone([initiate(IBAN), approve({ type: 'change' })]).inHand).toEqual([]);
    expect(undone([initiate(IBAN), approve()]).sound).toBe(false);
  });

  it('is not named by a guess of what a tool does, nor by a call that nobody gave an id', () => {
    const guess = [{ symbol: 'approve:payment', basis: 'inferred' as const }];
    expect(undone([initiate(IBAN), approve({ wire: { capabilities: guess } })]).inHand).toEqual([]);
    const nameless = { native_id: undefined };
    expect(undone([initiate(IBAN), approve({ wire: nameless })]).inHand).toEqual([]);
  });

  it('leaves its payee, which can be paid again: held, and yet not sound', () => {
    const payee = { capability: 'create:payee', type: 'payee', thing: 'payee/9' };
    const { inHand, sound } = undone([payee, approve()]);
    expect(inHand).toHaveLength(1);
    expect(sound).toBe(false);
  });
});
