import { generateKeyPairSync } from 'node:crypto';
import { nearest } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { checkRegistryText } from './check-registry-file.ts';

const CONTEXT = {
  combinations: ['lethal-trifecta', 'payment-release'],
  nowMs: Date.UTC(2026, 10, 24),
};
const check = (text: string) => checkRegistryText(text, CONTEXT);
/** Places and severities of all problems, in the order of the file. */
const told = (text: string) => {
  const { errors, warnings } = check(text);
  return [...errors, ...warnings]
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ severity, path, line, expected }) => ({ severity, path, line, expected }));
};
const TIDY_AGENT = 'class: assistive, owner: { person: ana@acme.example }';

describe('a registry file', () => {
  it('without problems is read, with defaults', () => {
    const checked = check(`version: 1\nagents:\n  - { uid: a, ${TIDY_AGENT} }\n`);
    expect(checked).toMatchObject({ errors: [], warnings: [], registry: { version: 1 } });
    expect(checked.registry?.agents[0]).toMatchObject({ state: 'live', never_revoke: false });
  });

  it('tells a time of a blackout or of a schedule that is none', () => {
    const agent = `{ uid: a, ${TIDY_AGENT}, blackout: [nights], profile: { schedule: ["daily 01:00-02:00", "01:00"] } }`;
    expect(told(`version: 1\nagents:\n  - ${agent}\n`)).toMatchObject([
      { severity: 'error', path: 'agents[0].blackout[0]' },
      { severity: 'error', path: 'agents[0].profile.schedule[1]' },
    ]);
  });

  it('tells mistakes of shape, of spelling and of meaning at once, each with its line', () => {
    const problems = told(
      [
        'version: 1',
        'agents:',
        '  - uid: agent/a',
        '    clas: assistive',
        '    class: asistive',
        '  - uid: agent/b',
        `    ${TIDY_AGENT.replace(', ', '\n    ')}`,
        '    grants: [read:personnal, "send external"]',
        '    neverRevoke: true',
        'receivers:',
        '  - { id: gw, kind: kafk, required: false }',
      ].join('\n'),
    );
    expect(problems).toMatchObject([
      { severity: 'warning', path: 'agents[0].owner', line: 3 },
      {
        severity: 'error',
        path: 'agents[0].clas',
        line: 4,
        expected: expect.stringContaining('"class"'),
      },
      { severity: 'error', path: 'agents[0].class', line: 5 },
      {
        severity: 'error',
        path: 'agents[1].grants[1]',
        line: 9,
        expected: expect.stringContaining('"send:external"'),
      },
      {
        severity: 'warning',
        path: 'agents[1].grants[0]',
        line: 9,
        expected: expect.stringContaining('"read:personal"'),
      },
      {
        severity: 'error',
        path: 'agents[1].neverRevoke',
        line: 10,
        expected: expect.stringContaining('"never_revoke"'),
      },
      {
        severity: 'error',
        path: 'receivers[0].kind',
        line: 12,
        expected: expect.stringContaining('ssf_push'),
      },
    ]);
    expect(check('agents: 3').registry).toBeUndefined();
  });

  it('of another shape is still checked for its meaning, also within the malformed entry', () => {
    const problems = told(
      [
        'version: 1',
        'agents:',
        '  - { uid: a, class: robot, grants: ["send external", 5], owner: { person: p } }',
        `  - { uid: a, ${TIDY_AGENT} }`,
        `  - { ${TIDY_AGENT} }`,
        '  - { uid: c, class: assistive, state: alive }',
        'workflows:',
        '  - name: w',
        '    owner: { person: 5 }',
        '    envelope: { deadline: soon }',
        '    approvals:',
        '      - { combination: payment-release, envelope: {}, by: p, from: 2026-13-01, expires: 2027-01-01 }',
        '      - { combination: payment-release, envelope: {}, by: p, reason: y, from: 2026-11-01, expires: 2028-01-01 }',
        '      - { combination: payment-release, envelope: {}, by: p, reason: y, expires: 2028-01-01 }',
        'decoys: [{ resource_id: 5 }]',
      ].join('\n'),
    );
    expect(problems.map((one) => one.path).sort()).toEqual(
      [
        'agents[0].class',
        'agents[0].grants[0]',
        'agents[0].grants[1]',
        'agents[1].uid',
        'agents[2].uid',
        'agents[3].state',
        'workflows[0].owner.person',
        'workflows[0].envelope.deadline',
        'workflows[0].approvals[0].reason',
        'workflows[0].approvals[0].from',
        'workflows[0].approvals[1].expires',
        'workflows[0].approvals[2].from',
        'decoys[0].resource_id',
      ].sort(),
    );
    expect(problems.every((one) => one.severity === 'error')).toBe(true);
  });

  it('that names what every object has mends nothing but itself', () => {
    check('version: 1\nagents: [{}]\nscope_map: { __proto__: { uid: [5] }, constructor: 5 }\n');
    expect(Object.hasOwn(Object.prototype, 'uid')).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'an agent given twice',
      `agents: [{ uid: a, ${TIDY_AGENT} }, { uid: a, ${TIDY_AGENT} }]`,
      'agents[1].uid',
    ],
    [
      'a workflow given twice',
      'workflows: [{ name: w, owner: { person: p } }, { name: w, owner: { person: p } }]',
      'workflows[1].name',
    ],
    [
      'a review that ends before it began',
      `agents: [{ uid: a, ${TIDY_AGENT}, risk_review: { by: x, at: 2026-10-01, expires: 2026-09-01 } }]`,
      'agents[0].risk_review.expires',
    ],
    [
      'a day that does not exist',
      `agents: [{ uid: a, ${TIDY_AGENT}, risk_review: { by: x, at: 2026-02-30, expires: 2027-01-01 } }]`,
      'agents[0].risk_review.at',
    ],
    [
      'a deadline that is no duration',
      'workflows: [{ name: w, owner: { person: p }, envelope: { deadline: half an hour } }]',
      'workflows[0].envelope.deadline',
    ],
    [
      'an origin that does not exist',
      'workflows: [{ name: w, owner: { person: p }, envelope: { provenance: { payee: [truted] } } }]',
      'workflows[0].envelope.provenance.payee[0]',
    ],
    [
      'a capability of a tool with a wildcard',
      'tools: [{ match: { tool: t }, capabilities: [{ symbol: "read:*" }] }]',
      'tools[0].capabilities[0].symbol',
    ],
    ['a decoy that names nothing', 'decoys: [{}]', 'decoys[0]'],
    [
      'a decoy that an agent is meant to use',
      `agents: [{ uid: a, ${TIDY_AGENT}, profile: { tools: [export_all] } }]\ndecoys: [{ tool: { name: export_all } }]`,
      'decoys[0]',
    ],
    [
      'a decoy that an agent is meant to use, in a host’s spelling',
      `agents: [{ uid: a, ${TIDY_AGENT}, profile: { tools: [mcp__vault__export-all] } }]\ndecoys: [{ tool: { server: vault, name: export_all } }]`,
      'decoys[0]',
    ],
  ])('is refused for %s', (_, text, path) => {
    expect(told(`version: 1\n${text}\n`)).toMatchObject([{ severity: 'error', path }]);
  });

  it('warns of a decoy whose name an ordinary tool has', () => {
    const tools = 'tools: [{ match: { server: reports, tool: export_all }, capabilities: [] }]';
    const decoys = 'decoys: [{ tool: { server: vault, name: export_all } }]';
    expect(told(`version: 1\n${tools}\n${decoys}\n`)).toMatchObject([
      { severity: 'warning', path: 'decoys[0]' },
    ]);
    expect(told(`version: 1\n${decoys}\n`)).toEqual([]);
  });

  describe('with an approval', () => {
    const approval = (over: string, envelope = 'envelope: {}') =>
      told(
        [
          'version: 1',
          `agents: [{ uid: a, ${TIDY_AGENT}, role: payer }]`,
          'workflows:',
          '  - name: w',
          '    owner: { person: p }',
          '    approvals:',
          `      - { combination: payment-release, roles: [payer], ${envelope}, by: x, reason: y, from: 2026-11-01, expires: 2027-01-01${over} }`,
        ].join('\n'),
      );

    it('in order says nothing', () => {
      expect(approval('')).toEqual([]);
    });

    it('over 180 days is refused, with the last day that would do', () => {
      const text = (expires: string) =>
        told(
          `version: 1\nworkflows: [{ name: w, owner: { person: p }, approvals: [{ combination: payment-release, envelope: {}, by: x, reason: y, from: 2026-11-01, expires: ${expires} }] }]`,
        );
      expect(text('2027-04-30')).toEqual([]);
      expect(text('2027-05-01')).toMatchObject([
        { severity: 'error', expected: expect.stringContaining('2027-04-30') },
      ]);
    });

    it('without any envelope is refused: it would approve everything', () => {
      expect(
        approval('', 'x: 1')
          .map(({ expected }) => expected)
          .join(),
      ).toContain('approves all');
    });

    it('of a combination or role that nothing has is a warning that says what was meant', () => {
      const named = (combination: string, role: string) =>
        told(
          `version: 1\nagents: [{ uid: a, ${TIDY_AGENT}, role: payer }]\nworkflows: [{ name: w, owner: { person: p }, approvals: [{ combination: ${combination}, roles: [${role}], envelope: {}, by: x, reason: y, from: 2026-11-01, expires: 2027-01-01 }] }]`,
        );
      expect(named('payment-relase', 'payr')).toMatchObject([
        { severity: 'warning', expected: expect.stringContaining('"payment-release"') },
        { severity: 'warning', expected: expect.stringContaining('"payer"') },
      ]);
    });
  });

  it.each<[string, string, string]>([
    [
      'a review that has expired',
      `agents: [{ uid: a, ${TIDY_AGENT}, risk_review: { by: x, at: 2026-01-01, expires: 2026-11-24 } }]`,
      'agents[0].risk_review.expires',
    ],
    ['an agent without owner', 'agents: [{ uid: a, class: assistive }]', 'agents[0].owner'],
    [
      'an autonomous agent without review',
      'agents: [{ uid: a, class: autonomous, owner: { person: p } }]',
      'agents[0].risk_review',
    ],
    [
      'a workflow that is not declared',
      `agents: [{ uid: a, ${TIDY_AGENT}, workflows: [nowhere] }]`,
      'agents[0].workflows[0]',
    ],
    [
      'a receiver whose receipts cannot be believed',
      'receivers: [{ id: gw, kind: kafka }]',
      'receivers[0].key',
    ],
    [
      'a destination that is an address',
      'workflows: [{ name: w, owner: { person: p }, envelope: { destinations: [a@b.example] } }]',
      'workflows[0].envelope.destinations[0]',
    ],
    [
      'an orchestrator that is no agent of it',
      'workflows: [{ name: w, owner: { person: p }, orchestrators: [nobody] }]',
      'workflows[0].orchestrators[0]',
    ],
  ])('is used in spite of %s, with a warning', (_, text, path) => {
    const checked = check(`version: 1\n${text}\n`);
    expect(checked.registry).toBeDefined();
    expect(checked.warnings.map((one) => one.path)).toEqual([path]);
  });
});

describe('the word that was meant', () => {
  it.each([
    ['neverRevoke', 'never_revoke'],
    ['never-revoke', 'never_revoke'],
    ['grnats', 'grants'],
    ['owner', 'owner'],
  ])('%s is %s', (word, meant) => {
    expect(nearest(word, ['uid', 'owner', 'grants', 'never_revoke'])).toBe(meant);
  });

  it('is none where nothing is near', () => {
    expect(nearest('banana', ['uid', 'owner'])).toBeUndefined();
    expect(nearest('x'.repeat(10_000), ['x'])).toBeUndefined();
  });
});

describe('keys of operators', () => {
  const keyOf = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const [one, other] = [keyOf(), keyOf()];
  const file = (receiver: object, ...operators: readonly (readonly [string, object])[]) =>
    JSON.stringify({
      version: 1,
      receivers: [{ id: 'gw', kind: 'http', key: receiver }],
      operators: operators.map(([uid, key]) => ({ uid, key })),
    });

  it('are each one’s own, whatever they are called', () => {
    const { errors } = check(file(keyOf(), ['ana', one], ['ben', { ...one, kid: 'another' }]));
    expect(errors).toMatchObject([
      { path: 'operators[1].key', expected: expect.stringContaining('ana has the same') },
    ]);
    expect(check(file(keyOf(), ['ana', one], ['ben', other])).errors).toEqual([]);
    expect(check(file(keyOf(), ['ana', one], ['ana', other])).errors).toMatchObject([
      { path: 'operators[1].uid' },
    ]);
  });

  it('are no receiver’s', () => {
    expect(check(file(one, ['ana', one])).errors).toMatchObject([
      { path: 'operators[0].key', expected: expect.stringContaining('receiver gw has the same') },
    ]);
  });
});
