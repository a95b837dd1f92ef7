/** Guarantees about approved assemblies, through the whole assembly stage. */
import { type PrivilegeStep, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, idOf, type StepSketch, step, TENANT } from '../testing/step-builder.ts';

const POLICY = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'read-then-send',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:personal'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
      ],
      within: '24h',
    },
  ],
});

const APPROVAL = {
  combination: 'read-then-send',
  roles: ['clerk', 'mailer'],
  envelope: {
    capabilities: ['read:personal', 'send:external'],
    sensitivity_max: 'confidential',
    destinations: ['partner.example'],
    environments: ['prod'],
  },
  by: 'dpo@acme.example',
  reason: 'Claims go to the insurer.',
  from: '2026-11-01',
  expires: '2027-01-01',
};

function bench(approval: object = APPROVAL, workflow: object = {}, policy = POLICY): Bench {
  const made = new Bench(policy);
  const registry = registrySchema.parse({
    version: 1,
    workflows: [{ name: 'claims', approvals: [approval], ...workflow }],
  });
  const value = { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r1', registry };
  const place = { topic: 'waywarden.privilege.steps.v1', partition: 0, offset: 0, key: null };
  made.decide({ ...place, type: 'control', value, source: 's/0' });
  return made;
}

const COMMON: Partial<PrivilegeStep> = {
  workflow: 'claims',
  registry_version: 'r1',
  target: { environment: 'prod', sensitivity: 'internal' },
};

type Wire = Partial<PrivilegeStep>;

function read(wire: Wire = {}, sketch: Partial<StepSketch> = {}): PrivilegeStep {
  return step({
    id: 'read',
    agent: 'clerk-1',
    at: 0,
    capabilities: ['read:personal'],
    result: { 'person-1': 'email' },
    ...sketch,
    wire: { ...COMMON, agent_role: 'clerk', ...wire },
  });
}

function send(wire: Wire = {}, sketch: Partial<StepSketch> = {}): PrivilegeStep {
  return step({
    id: 'send',
    agent: 'mailer-1',
    at: 10,
    capabilities: ['send:external'],
    args: { 'person-1': 'email' },
    ...sketch,
    wire: { ...COMMON, agent_role: 'mailer', destination_domain: 'partner.example', ...wire },
  });
}

const kinds = (made: Bench) => made.open().map((alert) => alert.kind);
const why = (made: Bench) =>
  made.open()[0]?.reasons.find((reason) => reason.feature === 'outside_approved_envelope');

describe('an approved assembly', () => {
  it('inside its envelope raises no alarm, and leaves a record that says who approved it and why', () => {
    const made = bench();
    made.feed(read(), send());
    expect(kinds(made)).toEqual(['approved_assembly']);
    expect(made.open()[0]).toMatchObject({
      hygiene: true,
      severity: 'info',
      approved: { by: 'dpo@acme.example', workflow: 'claims' },
      assembly: { combination: 'read-then-send' },
    });
    expect(made.open()[0]?.title.length).toBeLessThanOrEqual(90);
    expect(made.open()[0]?.reasons[0]?.text).toContain('approved: Claims go to the insurer.');
  });

  it.each<[string, PrivilegeStep, PrivilegeStep]>([
    ['destinations', read(), send({ destination_domain: 'evil.example' })],
    ['destinations', read(), send({ destinations: 2 })],
    ['sensitivity', read({ target: { environment: 'prod', sensitivity: 'secret' } }), send()],
    ['sensitivity', read({ target: { environment: 'prod' } }), send()],
    ['environments', read(), send({ target: { environment: 'dev', sensitivity: 'internal' } })],
    ['roles', read({ agent_role: 'intern' }), send()],
    ['agent', read(), send({ agent_assurance: 'asserted' })],
    ['workflow', read({ workflow: 'other' }), send()],
  ])('with one element outside (%s) fires and names it', (element, first, second) => {
    const made = bench();
    made.feed(first, second);
    expect(kinds(made)).toEqual(['privilege_assembly']);
    expect(made.open()[0]?.severity).toBe('critical');
    expect(why(made)?.observed).toContain(element);
  });

  it('covers a payment to a listed account, written out or by its fingerprint, and to no other', () => {
    const pays = (fp: string, target: string, more: Wire = {}) =>
      send(
        {
          ...{ destination_domain: undefined, effect: 'pay' as const, ...more },
          target: { ...COMMON.target, resource_id: target },
          arg_values: [
            { fp, kind: 'iban', path: 'payee' },
            { fp: 'ours', kind: 'iban', path: 'from_account' },
            { fp: 'person-1', kind: 'email' },
          ],
        },
        { capabilities: ['initiate:payment'] },
      );
    const approval = {
      ...APPROVAL,
      envelope: { destinations: ['partner.example', 'ab12', 'DE89 3704 0044'] },
    };
    const pay = { id: 'send', any: ['initiate:payment'], after: ['read'] };
    const [two] = POLICY.combinations;
    const policy = policySchema.parse({
      ...POLICY,
      combinations: [{ ...two, steps: [two?.steps[0], pay] }],
    });
    const told = (payment: PrivilegeStep) => {
      const made = bench(approval, {}, policy);
      made.feed(read(), payment);
      return kinds(made);
    };
    expect(told(pays('ab12', 'payment/1'))).toEqual(['approved_assembly']);
    expect(told(pays('x', 'de8937040044'))).toEqual(['approved_assembly']);
    expect(told(pays('x', 'payment/1'))).toEqual(['privilege_assembly']);
    expect(told(pays('ab12', 'payment/1', { destinations: 2 }))).toEqual(['privilege_assembly']);
  });

  it('whose workflow is only asserted is not approved', () => {
    const claims = { ...read().claims, workflow: 'asserted' as const };
    const made = bench();
    made.feed(read({ claims }), send({ claims }));
    expect(kinds(made)).toEqual(['privilege_assembly']);
    expect(why(made)?.expected).toContain('proven');
  });

  it.each([
    ['has expired', { ...APPROVAL, expires: '2026-11-24' }, 'time'],
    ['has not begun', { ...APPROVAL, from: '2026-11-25' }, 'time'],
    ['has no envelope at all', { ...APPROVAL, envelope: undefined }, 'envelope'],
    ['allows fewer calls', { ...APPROVAL, envelope: { volume: { calls: 1 } } }, 'volume'],
    ['allows less time', { ...APPROVAL, envelope: { deadline: '5s' } }, 'deadline'],
  ])('that %s covers nothing', (_, approval, element) => {
    const made = bench(approval);
    made.feed(read(), send());
    expect(kinds(made)).toEqual(['privilege_assembly']);
    expect(why(made)?.observed).toContain(element);
  });

  it('without an envelope of its own is bounded by that of its workflow', () => {
    const bounded = { envelope: APPROVAL.envelope };
    const made = bench({ ...APPROVAL, envelope: undefined }, bounded);
    made.feed(read(), send());
    expect(kinds(made)).toEqual(['approved_assembly']);
  });

  it('of another combination or workflow says nothing', () => {
    const other = bench({ ...APPROVAL, combination: 'other' });
    other.feed(read(), send());
    expect(kinds(other)).toEqual(['privilege_assembly']);
    expect(why(other)).toBeUndefined();
  });

  it('does not hide a call outside that comes after it: the record is withdrawn, the alarm stands', () => {
    const made = bench();
    made.feed(read(), send());
    const [quiet] = made.open();
    made.feed(send({ destination_domain: 'evil.example' }, { id: 'leak', at: 20 }));
    const [alarm] = made.open();
    expect(kinds(made)).toEqual(['privilege_assembly']);
    expect(alarm?.supersedes).toEqual([quiet?.alert_id]);
    expect(alarm?.evidence.map((one) => one.event_id)).toContain(idOf('leak'));
  });

  it('gives the same open alert whatever the order of arrival', () => {
    const steps = [
      read(),
      send(),
      send({ destination_domain: 'evil.example' }, { id: 'leak', at: 20 }),
      read({ agent_role: 'intern' }, { id: 'snoop', at: 5 }),
    ];
    const open = (order: readonly number[]) => {
      const made = bench();
      made.feed(...order.flatMap((n) => steps[n] ?? []));
      return made.open().map(({ alert_id, kind, severity, assembly, reasons }) => ({
        alert_id,
        kind,
        severity,
        proof: assembly?.proof,
        why: reasons.at(-1)?.text,
      }));
    };
    const reference = open([0, 1, 2, 3]);
    expect(reference).toHaveLength(1);
    for (const order of [
      [3, 2, 1, 0],
      [1, 0, 3, 2],
      [2, 0, 1, 3],
      [0, 3, 2, 1],
    ]) {
      expect(open(order)).toEqual(reference);
    }
  });

  it('lets a decisive value come from a trusted record only, where the envelope says so', () => {
    const envelope = { provenance: { to: ['trusted'] } };
    const value = [{ fp: 'person-1', kind: 'email', path: 'to' }];
    const made = bench({ ...APPROVAL, envelope });
    made.feed(read({ result_trust: 'trusted' }), send({ arg_values: value }));
    expect(kinds(made)).toEqual(['approved_assembly']);
    const outside = bench({ ...APPROVAL, envelope });
    outside.feed(read({ result_trust: 'untrusted' }), send({ arg_values: value }));
    expect(why(outside)?.observed).toContain('provenance of to');
  });

  describe('of a payment', () => {
    const payment = policySchema.parse({
      version: 1,
      combinations: [
        {
          id: 'read-then-send',
          severity: 'critical',
          steps: [
            { id: 'read', any: ['create:payee'] },
            { id: 'send', any: ['initiate:payment'], after: ['read'], link: ['data_flow'] },
          ],
        },
      ],
    });
    const envelope = { provenance: { payee: ['trusted', 'requested'] } };
    const trustedOnly = { provenance: { payee: ['trusted'] } };
    const approval = { ...APPROVAL, roles: undefined, envelope };
    const call = (id: string, at: number, does: string, wire: Wire) =>
      step({ id, agent: id, at, capabilities: [does], wire: { ...COMMON, ...wire } });
    const iban = (path: string, fp = 'account-1') => ({ fp, kind: 'iban', path });
    const payee = call('payee', 20, 'create:payee', {
      arg_values: [iban('iban')],
      result_values: [{ fp: 'account-1', kind: 'iban' }],
      result_trust: 'trusted',
    });
    const pay = call('pay', 600, 'initiate:payment', {
      arg_values: [iban('iban'), iban('from_iban', 'house')],
    });
    const found = (at: number, trust: PrivilegeStep['result_trust']) =>
      call('found', at, 'read:internal', {
        result_values: [{ fp: 'account-1', kind: 'iban' }],
        result_trust: trust,
      });

    it('goes to an account of a trusted record, by whatever name the tool calls it', () => {
      const fine = bench(approval, {}, payment);
      fine.feed(found(0, 'trusted'), payee, pay);
      expect(kinds(fine)).toEqual(['approved_assembly']);
      // A record that is only said to be trusted lends the account nothing.
      const said = bench({ ...approval, envelope: trustedOnly }, {}, payment);
      said.feed({ ...found(0, 'trusted'), agent_assurance: 'asserted' }, payee, pay);
      expect(why(said)?.observed).toContain('provenance of payee');
      // A clock that is behind by less than the skew does not make a mail into a record.
      for (const at of [0, 37]) {
        const mail = bench(approval, {}, payment);
        mail.feed(found(at, 'untrusted'), payee, pay);
        expect(why(mail)?.observed).toContain('provenance of payee');
      }
    });
  });
});
