import { expect, test } from 'vitest';
import { parsePolicyFile, parseRegistryFile } from './parse-yaml-file.ts';

test('a short policy gets every default', () => {
  const parsed = parsePolicyFile('version: 1\n');
  expect(parsed).toMatchObject({
    ok: true,
    value: { limits: { subjects: 10, fleet_share: 0.05 } },
  });
});

test('all problems are told at once, with path, value and what would be right', () => {
  const parsed = parsePolicyFile(
    'version: 1\nlimits: { subjects: -1, window: soon }\nrules: [{ id: a, mode: on, when: { kind: [] }, actions: [{ action: x, level: task }] }]\n',
  );
  if (parsed.ok) throw new Error('Problems were expected.');
  expect(parsed.problems.map(({ path, value }) => [path, value])).toEqual([
    ['limits.subjects', '-1'],
    ['limits.window', '"soon"'],
    ['rules[0].when.kind', '[]'],
    ['rules[0].mode', '"on"'],
  ]);
  expect(parsed.problems[3]?.expected).toMatch(/shadow.*warn.*enforce/);
});

test('a misspelt field is a problem and not ignored', () => {
  expect(parseRegistryFile('version: 1\nagents: [{ uid: a, neverRevoke: true }]\n')).toMatchObject({
    ok: false,
    problems: [
      {
        path: 'agents[0].neverRevoke',
        value: 'true',
        expected: expect.stringContaining('never_revoke'),
      },
    ],
  });
});

test('text that is no YAML, and a bomb of aliases, are problems', () => {
  expect(parsePolicyFile('version: [1')).toMatchObject({ ok: false, problems: [{ path: '' }] });
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((c, n) => {
      const before = 'abcdef'[n];
      return `${c}: &${c} [${Array(9).fill(`*${before}`).join(',')}]`;
    }),
  ].join('\n');
  expect(parseRegistryFile(`${bomb}\n`)).toMatchObject({ ok: false });
});

test('an alias that stands inside what it names is a problem on its line, and others are not', () => {
  const itself = 'version: 1\ncombinations:\n  - &a {id: x, steps: *a}\n';
  expect(parsePolicyFile(itself)).toMatchObject({
    ok: false,
    problems: [{ line: 3, expected: expect.stringContaining('*a stands inside &a (line 3)') }],
  });
  const around = 'version: 1\nagents: &a\n  - &b\n    uid: x\n    owner: {person: *a}\n';
  expect(parseRegistryFile(around)).toMatchObject({ ok: false, problems: [{ line: 5 }] });
  const beside = 'version: 1\nnever_revoke: [&a agent/x, &b agent/y, *a, &a agent/z, *a]\n';
  expect(parsePolicyFile(beside)).toMatchObject({
    ok: true,
    value: { never_revoke: ['agent/x', 'agent/y', 'agent/x', 'agent/z', 'agent/z'] },
  });
});
