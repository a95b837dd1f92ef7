/** Guarantee: what `policy check` says of a file, `up` says too, and takes the file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lintPolicyFile, loadPolicy } from './rule-files.ts';

const RULES = `version: 1
rules:
  - id: watch
    mode: shadow
    when: { kind: [privilege_assemly] }
    actions: [{ action: require_step_up, level: task }]
`;

it('a rule that can never act is told, and the others are in force', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'rule-files-')), 'policy.yaml');
  writeFileSync(file, RULES);
  const told = lintPolicyFile(file).map(
    ({ level, path, expected }) => `${level} ${path} ${expected}`,
  );
  expect(told.join('\n')).toContain('privilege_assembly');
  expect(loadPolicy(file).rules).toHaveLength(1);
});
