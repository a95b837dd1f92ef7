import { registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadPolicy } from '../runtime/rule-files.ts';
import { explainTool, type ToolQuestion } from './explain-tool.ts';
import { sayExplanation } from './say-explanation.ts';

const policy = loadPolicy(undefined);
const REGISTRY = `version: 1
principals: [{ uid: ana@acme.example }]
tools:
  - match: { server: crm, tool: frobnicate }
    capabilities: [{ symbol: read:personal }]
    effect: read
    result_trust: trusted
`;

const explained = (tool: string, more: Partial<ToolQuestion> = {}) =>
  explainTool(
    {
      tool,
      server: undefined,
      args: undefined,
      annotations: undefined,
      target: undefined,
      registry: undefined,
      ...more,
    },
    policy,
  );

const registry = { file: 'r.yaml', text: REGISTRY, value: registrySchema.parse(parse(REGISTRY)) };

describe('explainTool', () => {
  it('points to the line of the registry that decided, and says that nobody else was asked', () => {
    const told = explained('frobnicate', { server: 'crm', registry });
    expect(told).toMatchObject({
      decided_by: 'operator',
      where: { file: 'r.yaml', line: 4 },
      capabilities: [{ symbol: 'read:personal', basis: 'operator', exercised: true }],
      can_revoke: true,
    });
    expect(told.asked.map(({ answer }) => answer)).toEqual([
      'decided',
      'not asked',
      'not asked',
      'not asked',
    ]);
    expect(told.combinations.map((one) => one.combination)).toContain('lethal-trifecta');
  });

  it('points into the shipped file, and judges conditions by the arguments', () => {
    const inside = explained('send_email', { registry, args: { to: 'bo@acme.example' } });
    expect(inside.where?.file).toMatch(/mail\.yaml$/);
    expect(inside.where?.line).toBeGreaterThan(1);
    expect(inside.capabilities.map(({ exercised }) => exercised)).toEqual([false, true]);
    expect(sayExplanation(inside).join('\n')).toContain(
      'send:external (catalogue) unless every party in recipients, to, recipient, cc, bcc is inside $organisation (not with these arguments)',
    );
    const outside = explained('send_email', { registry, args: { to: 'x@evil.example' } });
    expect(outside.capabilities.map(({ exercised }) => exercised)).toEqual([true, true]);
  });

  it('says of a guess that it is one, that it never revokes, and how to write an entry', () => {
    const told = explained('delete_everything');
    expect(told).toMatchObject({ decided_by: 'inferred', where: null, can_revoke: false });
    const text = sayExplanation(told).join('\n');
    expect(text).toContain('A guess can raise an alert and never revokes.');
    expect(text).toContain('- match: { tool: "delete_everything" }');
    expect(text).toContain('capabilities: [{ symbol: delete:data }]');
  });

  it('keeps what a server says apart from what is guessed', () => {
    const told = explained('transfer_funds', { annotations: { readOnlyHint: true } });
    expect(told.decided_by).toBe('annotation');
    expect(told.effect).toBe('pay');
    expect(told.capabilities.map(({ symbol, basis }) => `${symbol} ${basis}`)).toEqual([
      'read:internal annotation',
      'initiate:payment inferred',
    ]);
  });

  it('says of a name without a verb that nothing is known', () => {
    const told = explained('frobnicate');
    expect(told).toMatchObject({ decided_by: 'nothing', effect: 'unknown', capabilities: [] });
    expect(sayExplanation(told).join('\n')).toContain('Nothing is known of it');
  });
});
