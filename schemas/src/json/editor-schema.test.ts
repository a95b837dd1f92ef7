/** Guarantees: what an editor refuses of the files that people write, and that the shipped ones pass. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EDITOR_FILES, type EditorFile, editorSchemaOf } from './editor-schema.ts';

const root = new URL('../../../', import.meta.url);
const validatorOf = (name: EditorFile) =>
  new Ajv2020({ allErrors: true, strict: false }).compile(editorSchemaOf(name));
const refuses = (name: EditorFile, file: object) => !validatorOf(name)(file);

it.each([
  ['policy', 'services/detector/policy/default.yaml'],
  ['policy', 'docs/examples/policy.yaml'],
  ['registry', 'docs/examples/registry.yaml'],
] as const)('the %s %s is valid', (name, path) => {
  const validate = validatorOf(name);
  validate(parse(readFileSync(new URL(path, root), 'utf8')));
  expect(validate.errors ?? []).toEqual([]);
});

it.each(EDITOR_FILES)(
  'the committed schema of a %s is today’s (npm run schemas:generate)',
  (name) => {
    const file = new URL(`schemas/json/editor/${name}.schema.json`, root);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(editorSchemaOf(name))),
    );
  },
);

describe('what is refused', () => {
  const agent = { uid: 'agent/a', class: 'assistive' };
  const registry = (over: object) => ({ version: 1, agents: [{ ...agent, ...over }] });
  const rule = {
    id: 'r',
    when: { kind: ['hijack_suspected'] },
    actions: [{ action: 'revoke_token', level: 'task' }],
  };
  const policy = (over: object) => ({ version: 1, rules: [{ ...rule, ...over }] });

  it('a key that no file has, at any depth', () => {
    expect(refuses('registry', registry({}))).toBe(false);
    expect(refuses('registry', registry({ clas: 'autonomous' }))).toBe(true);
    expect(refuses('policy', { ...policy({}), bogus: 1 })).toBe(true);
    expect(refuses('policy', policy({ when: { ...rule.when, severty_min: 'low' } }))).toBe(true);
  });

  it('a capability that is not known; with an environment, or of a whole verb, it is', () => {
    expect(refuses('registry', registry({ grants: ['read:source'] }))).toBe(true);
    expect(refuses('registry', registry({ grants: ['read:*', 'send:external@prod', '*'] }))).toBe(
      false,
    );
  });

  it('an action that does not go with its level', () => {
    expect(refuses('policy', policy({}))).toBe(false);
    const actions = [{ action: 'disable_agent', level: 'task' }];
    expect(refuses('policy', policy({ actions }))).toBe(true);
  });
});
