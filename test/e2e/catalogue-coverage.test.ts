/** `waywarden catalogue coverage` of files in another format than was named. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runWaywarden } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-coverage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says that nothing was read in place of a table of zeros', async () => {
  const file = join(folder, 'other.jsonl');
  writeFileSync(file, '{"something":"else"}\n');
  const { code, stdout, stderr } = await runWaywarden('catalogue', 'coverage', file);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('nothing was read as --format events (1 item of another shape)');
});
