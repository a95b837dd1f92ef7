/** Guarantee: what `policy check` says of a file, `up` says too, and takes the file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintPolicyFile, loadPolicy } from './rule-files.ts';

const written = (text: string) => {
  const file = join(mkdtempSync(join(tmpdir(), 'rule-files-')), 'policy.yaml');
  writeFileSync(file, text);
  return file;
};

const RULES = `version: 1
rules:
  - id: watch
    mode: shadow
    when: { kind: [privilege_assemly] }
    actions: [{ action: require_step_up, level: task }]
`;

it('a rule that can never act is told, and the others are in force', () => {
  const file = written(RULES);
  const told = lintPolicyFile(file).map(
    ({ level, path, expected }) => `${level} ${path} ${expected}`,
  );
  expect(told.join('\n')).toContain('privilege_assembly');
  expect(loadPolicy(file).rules).toHaveLength(1);
});

describe('combinations of a file', () => {
  const own = (title: string) => `
combinations:
  - id: lethal-trifecta
    title: ${title}
    severity: low
    steps: [{ id: a, any: ["exec:shell"] }, { id: b, any: ["send:external"], after: [a] }]
    within: 1h
`;
  const ids = (file: string) => loadPolicy(file).combinations.map(({ id }) => id);
  const shipped = loadPolicy(undefined).combinations.map(({ id }) => id);

  it('replace the shipped ones', () => {
    expect(ids(written(`version: 1${own('Ours.')}`))).toEqual(['lethal-trifecta']);
  });

  it('stand beside the shipped ones by `extends`, and in place of that of their id', () => {
    const file = written(`version: 1\nextends: shipped${own('Ours.')}`);
    expect(ids(file).toSorted()).toEqual(shipped.toSorted());
    const titles = loadPolicy(file).combinations.map(({ title }) => title);
    expect(titles).toContain('Ours.');
    expect(
      lintPolicyFile(file)
        .map(({ expected }) => expected)
        .join(),
    ).not.toContain('no longer watched');
  });
});
