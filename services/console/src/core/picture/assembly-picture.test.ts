import type { Alert, AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { EventRow } from '../view-model.ts';
import { pictureOf } from './assembly-picture.ts';
import { type OutsideOrigin, originSentence, outsideOrigins } from './outside-origin.ts';

const T = (second: number) => `2026-11-24T09:00:${String(second).padStart(2, '0')}.000000000Z`;
const IDS = {
  payee: '00000000-0000-4000-8000-000000000001',
  pay: '00000000-0000-4000-8000-000000000002',
  approve: '00000000-0000-4000-8000-000000000003',
};

const event = (id: string, agent: string, second: number, values: Partial<AuditEvent>) =>
  ({
    event_id: id,
    agent: { uid: agent, assurance: 'authenticated' },
    environment: '',
    event_time: T(second),
    capabilities: [],
    tool: { name: 'tool', server: 'bank' },
    ...values,
  }) as unknown as AuditEvent;

const row = (id: string, agent: string, second: number, symbol: string): EventRow => ({
  event_id: id,
  at: T(second),
  agent_uid: agent,
  activity: 'tool_call',
  tool: 'bank/tool',
  effect: 'read',
  outcome: 'success',
  capabilities: [symbol],
  chain_id: 'chain',
  task_id: 'task',
  workflow: '',
  assurance: 'authenticated',
  environment: '',
});

const evidence = (role: keyof typeof IDS, agent: string, capability: string) => ({
  event_id: IDS[role],
  agent_uid: agent,
  role,
  capability,
  assurance: 'authenticated' as const,
});

const link = (from: keyof typeof IDS, to: keyof typeof IDS) => ({
  from_event: IDS[from],
  to_event: IDS[to],
  via: 'data_flow',
  strength: 0.8,
});

const assembly: NonNullable<Alert['assembly']> = {
  combination: 'payment-release',
  capabilities: ['create:payee', 'initiate:payment', 'approve:payment'],
  contributors: [
    { agent_uid: 'intake', granted: ['read:*', 'create:payee'], exercised: ['create:payee'] },
    { agent_uid: 'payer', granted: ['initiate:payment'], exercised: ['initiate:payment'] },
    { agent_uid: 'checker', granted: null, exercised: ['approve:payment'] },
  ],
  completed_by: 'checker',
  proof: [IDS.payee, IDS.pay, IDS.approve],
  proof_minimal: true,
  links: [link('payee', 'pay'), link('pay', 'approve')],
  residual_access: [
    { what: 'payment_set_up', event_id: IDS.pay, neutralise: ['hold_payment'] },
    { what: 'payment_set_up', event_id: IDS.approve, neutralise: ['hold_payment'] },
  ],
  cut: [],
};

const alert = {
  last_event_time: T(3),
  evidence: [
    evidence('payee', 'intake', 'create:payee'),
    evidence('pay', 'payer', 'initiate:payment'),
    evidence('approve', 'checker', 'approve:payment'),
  ],
  assembly,
} as unknown as Alert;

const stored = new Map([
  [IDS.payee, event(IDS.payee, 'intake', 1, { args: { values: [{ fp: 'f1', kind: 'iban' }] } })],
  [IDS.pay, event(IDS.pay, 'payer', 2, { args: { values: [{ fp: 'f1', kind: 'iban' }] } })],
  [IDS.approve, event(IDS.approve, 'checker', 3, {})],
]);

const draw = (
  chain: readonly EventRow[] = [],
  events = stored,
  origins: readonly OutsideOrigin[] = [],
  shown = assembly,
) =>
  pictureOf({
    origins,
    others: null,
    alert,
    assembly: shown,
    events,
    chain,
    containments: [],
    entryOf: () => ({ class: null, plane: null, granted: ['delegate:task'] }),
  });

describe('the picture of an assembly', () => {
  it('has a lane an agent and a column a call, in causal order, the last one completing', () => {
    const { lanes, calls } = draw();
    expect(lanes.map((lane) => lane.agent_uid)).toEqual(['intake', 'payer', 'checker']);
    expect(calls.map((call) => [call.symbol, call.column, call.step, call.completing])).toEqual([
      ['create:payee', 0, 1, false],
      ['initiate:payment', 1, 2, false],
      ['approve:payment', 2, 3, true],
    ]);
  });

  it('keeps causal order where the clocks of two agents disagree', () => {
    const skewed = new Map(stored);
    skewed.set(IDS.pay, event(IDS.pay, 'payer', 0, {}));
    expect(draw([], skewed).calls.map((call) => call.event_id)).toEqual(assembly.proof);
  });

  it('names a link by the kind of value that stands in both calls, else by how it was found', () => {
    expect(draw().links.map((one) => one.label)).toEqual(['bank account', 'value']);
  });

  it('shows every call of the proof although none is stored yet', () => {
    expect(draw([], new Map()).calls.map((call) => call.event_id)).toEqual(assembly.proof);
  });

  it('counts other work beside the proof and never gives it a column', () => {
    const chain = [
      row('00000000-0000-4000-8000-00000000000a', 'boss', 0, 'delegate:task'),
      row('00000000-0000-4000-8000-00000000000b', 'boss', 0, 'delegate:task'),
      row('00000000-0000-4000-8000-00000000000c', 'intake', 2, 'read:internal'),
      row(IDS.pay, 'payer', 2, 'initiate:payment'),
    ];
    const { asides, columns, lanes } = draw(chain);
    expect(columns).toBe(3);
    expect(lanes.at(-1)).toMatchObject({ agent_uid: 'boss', granted: ['delegate:task'] });
    expect(asides).toEqual([
      { agent_uid: 'boss', before: 0, calls: 2, symbols: ['delegate:task'] },
      { agent_uid: 'intake', before: 2, calls: 1, symbols: ['read:internal'] },
    ]);
  });

  it('draws the outside text in which a value stood before, and not as proof', () => {
    const [origin] = outsideOrigins([...stored.values()], [...stored.values(), mail('untrusted')]);
    expect(origin).toBeDefined();
    const { calls, links } = draw([], stored, origin === undefined ? [] : [origin]);
    expect(calls.map((call) => call.role)).toEqual(['origin', 'proof', 'proof', 'proof']);
    expect(calls[0]?.step).toBeNull();
    expect(links.map((link) => [link.label, link.in_proof])).toEqual([
      ['bank account', false],
      ['bank account', true],
      ['value', true],
    ]);
  });

  it('tells granted from exercised, and an unknown grant from none', () => {
    expect(draw().grants.map(({ granted, exercised }) => [granted, exercised])).toEqual([
      [
        [true, false, false],
        [true, false, false],
      ],
      [
        [false, true, false],
        [false, true, false],
      ],
      [null, [false, false, true]],
    ]);
  });

  it('says once what several calls left behind, and each kind of thing by its name', () => {
    const left = { what: 'payment_set_up', event_id: IDS.payee, neutralise: ['hold_payment'] };
    const residual_access = [left, ...assembly.residual_access];
    const [first, ...others] = draw([], stored, [], { ...assembly, residual_access }).residual;
    expect(others).toEqual([]);
    expect(first).toEqual({
      what: 'a payee that was added and a payment that was set up',
      by: 'intake, payer and checker',
      neutralise: 'hold the payment',
    });
  });
});

const MAIL = '00000000-0000-4000-8000-00000000000e';
const mail = (trust: string, id = MAIL, second = 0): AuditEvent =>
  event(id, 'spiffe://acme/agent/intake', second, {
    tool: { name: 'read_email', server: 'mail' },
    result: { trust, values: [{ fp: 'f1', kind: 'iban' }] } as AuditEvent['result'],
  });

describe('where a value of the proof stood before', () => {
  const proof = [...stored.values()];
  const found = (...calls: readonly AuditEvent[]) => outsideOrigins(proof, [...proof, ...calls]);

  it('is outside text that was read earlier in the same work, told once', () => {
    const origins = found(mail('untrusted'));
    expect(origins.map(originSentence)).toEqual([
      'The bank account in intake’s tool stood before in outside text, which intake had read by read_email at 09:00:00.',
    ]);
  });

  it('is nothing that is known to be trusted, or of which nothing is known', () => {
    expect(found(mail('trusted'))).toEqual([]);
    expect(found(mail('unknown'))).toEqual([]);
  });

  it('is not the outside text when a trusted source had returned the value before it', () => {
    const books = '00000000-0000-4000-8000-00000000000d';
    expect(found(mail('trusted', books, 0), mail('untrusted', MAIL, 1))).toEqual([]);
  });

  it('is nothing that was read after the value was used', () => {
    expect(found(mail('untrusted', MAIL, 5))).toEqual([]);
  });
});
