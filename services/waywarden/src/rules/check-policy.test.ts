/** A policy file's problems come all at once, each with its line and what would be right. */
import { readFileSync } from 'node:fs';
import { SHIPPED_POLICY } from '@waywarden/detector';
import { registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { checkPolicyText } from './check-policy.ts';

const shipped = readFileSync(SHIPPED_POLICY, 'utf8');
const check = (text: string) => checkPolicyText(text, shipped).findings;

it('finds nothing in the shipped policy, nor in the examples of the docs', () => {
  expect(check(shipped)).toEqual([]);
  const example = new URL('../../../../docs/examples/policy.yaml', import.meta.url);
  expect(check(readFileSync(example, 'utf8'))).toEqual([]);
});

it('with a registry, names whom the list of those who are never revoked does not protect', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: [{ uid: 'agent/break-glass', class: 'autonomous' }],
    receivers: [{ id: 'gateway', kind: 'http' }],
  });
  const text = `version: 1
never_revoke: [agent/break-glas, agent/break-glass]
receivers: [gatway]
rules:
  - { id: a, when: { kind: [class_drift], severity_min: low, classes: [assistive] }, actions: [{ action: signal_risk, level: agent }] }
`;
  const found = checkPolicyText(text, shipped, registry).findings;
  const named = found.filter(({ path }) => /never_revoke|receivers|classes/.test(path));
  expect(named.map(({ path, line }) => [path, line])).toEqual([
    ['never_revoke[0]', 2],
    ['receivers[0]', 3],
    ['rules[0].when.classes[0]', 5],
  ]);
  expect(named[0]?.expected).toContain('did you mean "agent/break-glass"');
});

it('with a registry, names the selectors by which a rule means nobody', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: [{ uid: 'agent/pay', class: 'autonomous', owner: { team: 'payments' } }],
    workflows: [{ name: 'payout' }],
  });
  const text = `version: 1
rules:
  - id: a
    when:
      kind: [class_drift]
      severity_min: low
      agents: ["agent/p*", agent/pai]
      owners: [paymints, payments]
      workflows: [refund, "pay*"]
    actions: [{ action: signal_risk, level: agent }]
`;
  const { findings } = checkPolicyText(text, shipped, registry);
  expect(findings.map(({ path }) => path)).toEqual([
    'rules[0].when.agents[1]',
    'rules[0].when.owners[0]',
    'rules[0].when.workflows[0]',
  ]);
});

it('says that a rule without a severity skips what is below high', () => {
  const text = `version: 1
rules:
  - { id: a, when: { kind: [class_drift] }, actions: [{ action: signal_risk, level: agent }] }
`;
  expect(check(text)).toMatchObject([{ level: 'warning', path: 'rules[0].when.severity_min' }]);
});

it('warns of words in the class table that decide nothing, and of none that do', () => {
  const rows = `version: 1
classes:
  autonomous:
    breadth: envelop
    step_up: [pay, "grant:*", sensitive, pays]
    environments: { prod: { approval: humans } }
`;
  expect(check(rows).map(({ level, path }) => [level, path])).toEqual([
    ['warning', 'classes.autonomous.breadth'],
    ['warning', 'classes.autonomous.step_up[3]'],
    ['warning', 'classes.autonomous.environments.prod.approval'],
  ]);
  expect(check(rows)[0]?.expected).toContain('did you mean "envelope"');
});

describe('a file with many mistakes', () => {
  const findings = check(`version: 1
never_revok: [agent/x]
combinations:
  - id: a
    severity: hihg
    steps: [{ id: one, any: ["read:secret"] }, { id: two, any: ["send:external"] }]
  - id: b
    severity: high
    steps:
      - { id: one, any: ["read:secrets"] }
      - { id: two, any: [sending], after: [one], link: [] }
    examples:
      fires: { kind: privilege_assembly, proof: [q], steps: [{ id: p, agent: a, at: 0 }] }
      quiet: { steps: [] }
rules:
  - id: r
    when: { kind: [hijack_suspect] }
    assurance_min: asserted
    actions: [{ action: revoke_token, level: agent }]
`);
  const at = (path: string) => findings.find((one) => one.path === path);

  it.each([
    ['never_revok', 'error', 2, /did you mean "never_revoke"/],
    ['combinations[0].severity', 'error', 5, /did you mean "high"/],
    ['combinations[1].steps[0].any[0]', 'warning', 10, /did you mean "read:secret"/],
    ['combinations[1].steps[1].any[0]', 'error', 11, /verb:object/],
    ['combinations[1].steps[1].link', 'error', 11, /at least one kind/],
    ['combinations[1].examples.fires.proof[0]', 'error', 13, /a call of this example: p/],
    ['combinations[1].examples.quiet.steps', 'error', 14, /a list of at least 1 item/],
    ['rules[0].when.kind[0]', 'error', 17, /did you mean "hijack_suspected"/],
    ['rules[0].assurance_min', 'warning', 18, /nothing automatic rests on less/],
    ['rules[0].actions[0].action', 'error', 19, /revoke_token goes with level task/],
  ])('%s is an %s on its line', (path, level, line, expected) => {
    expect(at(path)).toMatchObject({ level, line });
    expect(at(path)?.expected).toMatch(expected);
  });

  it('lists them from top to bottom', () => {
    const lines = findings.map((one) => one.line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });
});

it('tells what is meaningless beside what has another shape, and makes nothing up', () => {
  const findings = check(`version: 1
limits: { window: soon }
combinations:
  - id: a
    severity: hi
    steps: [{ id: one, any: ["read:secret"], after: [z] }, { id: 7, any: [sending], after: [one] }]
rules:
  - id: r
    when: { kind: [hijack_suspect], severity_min: hi }
    actions: [{ action: revoke_token, level: agent }]
  - id: r
    when: { kind: [hijack_suspected] }
    actions: [{ action: revoke_token, level: agnt }]
`);
  expect(findings.filter((one) => one.level === 'error').map((one) => one.path)).toEqual([
    'limits.window',
    'combinations[0].severity',
    'combinations[0].steps[1].id',
    'combinations[0].steps[1].any[0]',
    'rules[0].when.severity_min',
    'rules[0].when.kind[0]',
    'rules[0].actions[0].action',
    'rules[1].id',
    'rules[1].actions[0].level',
  ]);
  expect(JSON.stringify(findings)).not.toContain('malformed-');
});

it('says which shipped combinations a file puts out of force', () => {
  const text = shipped.replace(
    / {2}- id: secret-to-egress[\s\S]*? {2}- id: recon/,
    '  - id: recon',
  );
  const [left, ...more] = check(text);
  expect(more).toEqual([]);
  expect(left).toMatchObject({ level: 'warning', path: 'combinations' });
  expect(left?.expected).toMatch(
    /no longer watched \(`extends: shipped` adds to them\): secret-to-egress$/,
  );
});

it('names the line of a YAML mistake', () => {
  const [first] = check('version: 1\nrules: [\n');
  expect(first).toMatchObject({ level: 'error' });
  expect(first?.line).toBeGreaterThan(1);
});

it('refuses a combination whose steps follow each other in a circle, and one that is silent about why it is off', () => {
  const findings = check(`version: 1
combinations:
  - id: a
    severity: high
    evaluable: false
    steps:
      - { id: one, any: ["read:secret"], after: [two] }
      - { id: two, any: ["send:external"], after: [one] }
`);
  const errors = findings.filter((one) => one.level === 'error').map((one) => one.path);
  expect(errors).toEqual(['combinations[0].evaluable_note', 'combinations[0].steps'].sort());
});

it.each([
  ['[one]', 'one comes before itself; '],
  ['[two]', 'one, two come before themselves; '],
])('says of a step after %s what comes before what', (after, said) => {
  const findings = check(`version: 1
combinations:
  - id: a
    severity: high
    steps:
      - { id: one, any: ["read:secret"], after: ${after} }
      - { id: two, any: ["send:external"], after: ${after === '[one]' ? '[]' : '[one]'} }
`);
  expect(findings.map((one) => one.expected).join('\n')).toContain(said);
});
