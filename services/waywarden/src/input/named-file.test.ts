/** What was named and can't be read is told in words, without a stack. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkRegistry, loadPolicy } from '../runtime/rule-files.ts';
import { readTextFile } from './named-file.ts';

it.each([
  ['text', readTextFile],
  ['a registry', checkRegistry],
  ['a policy', loadPolicy],
])('says of a folder that it is one, and of nothing that there is nothing, as %s', (_, read) => {
  expect(() => read(tmpdir())).toThrow(/: is a folder; name a file in it\.$/);
  expect(() => read(join(tmpdir(), 'no-such-file.yaml'))).toThrow(/: there is no such file\.$/);
});
