/** Guarantee: two commands that install or compile in one folder do so one after the other, also after a crash. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const BOOTSTRAP = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url));
const WORK_MS = 300;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-twice-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes when it begins and when it ends. */
function install(name: string): Promise<number | null> {
  const [lock, log] = [join(folder, 'cache', 'lock'), join(folder, 'log')];
  const program = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as wait } from 'node:timers/promises';
    import { alone } from ${JSON.stringify(BOOTSTRAP)};
    const say = (what) => appendFileSync(${JSON.stringify(log)}, what + ' ${name}\\n');
    await alone(async () => { say('begins'); await wait(${WORK_MS}); say('ends'); }, ${JSON.stringify(lock)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => {
    child.once('exit', resolve);
  });
}

const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');

it('the second waits until the first has ended', async () => {
  expect(await Promise.all([install('a'), install('b')])).toEqual([0, 0]);
  const [first, firstEnd, second, secondEnd] = log();
  expect(firstEnd).toBe(first?.replace('begins', 'ends'));
  expect(secondEnd).toBe(second?.replace('begins', 'ends'));
});

it('what a killed command left behind stops nobody', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => {
    gone.once('exit', resolve);
  });
  await install('a');
  writeFileSync(join(folder, 'cache', 'lock'), String(gone.pid));
  expect(await install('b')).toBe(0);
  expect(log()).toEqual(['begins a', 'ends a', 'begins b', 'ends b']);
});
