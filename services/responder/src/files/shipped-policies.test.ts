import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicyFile } from './parse-yaml-file.ts';

const read = (path: string) =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

test.each(['test/policies/enforcing.yaml', 'services/detector/policy/default.yaml'])(
  '%s is a policy without problems',
  (path) => {
    expect(parsePolicyFile(read(path))).toMatchObject({ ok: true });
  },
);
