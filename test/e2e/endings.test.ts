/**
 * `up` ends within ten seconds of being told to, whatever it is doing, and when the npm that started it is
 * gone; its folder is for its owner alone, and started again it goes on as the folder is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWaywarden } from '../support/run-command.ts';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'services/waywarden/dist/main.js');
const END_MS_MAX = 10_000;

let folder: string;
let children: ChildProcess[] = [];
let pids: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-end-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone, as it should be.
    }
  }
  children = [];
  pids = [];
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function run(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const UP = ['--no-demo', '--canary', 'off', '--port', '0', '--json', '--data'];

async function started(
  child: ChildProcess,
): Promise<{ readonly url: string; readonly pid: number }> {
  if (child.stdout === null) throw new Error('Standard output is a pipe.');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const ready = JSON.parse(line) as { readonly url: string; readonly pid: number };
    pids.push(ready.pid);
    return ready;
  }
  throw new Error('It ended before it was ready.');
}

async function msToEnd(child: ChildProcess): Promise<number> {
  const asked = performance.now();
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return performance.now() - asked;
}

const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

const storePid = (): number =>
  JSON.parse(readFileSync(join(folder, 'clickhouse/owner.json'), 'utf8')).child.pid;

/** Paths below the folder that others may touch. */
function openToOthers(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((at) => (statSync(at).mode & 0o077) !== 0);
}

describe('waywarden up', () => {
  it('ends when told to while it starts', async () => {
    const child = run(process.execPath, [MAIN, 'up', ...UP, folder]);
    // The log is there before the store is opened and anything answers.
    await until(async () => (readdirSync(folder).includes('log') ? true : undefined));
    expect(await msToEnd(child)).toBeLessThan(END_MS_MAX);
  });

  it('ends when told to while its store hangs', async () => {
    const child = run(process.execPath, [MAIN, 'up', ...UP, folder]);
    await started(child);
    process.kill(storePid(), 'SIGSTOP');
    expect(await msToEnd(child)).toBeLessThan(END_MS_MAX);
  });

  it('ends when the npm that started it is killed', async () => {
    const npm = run('npm', ['exec', '--', 'waywarden', 'up', ...UP, folder]);
    const { pid } = await started(npm);
    expect(isAlive(pid)).toBe(true);
    npm.kill('SIGKILL');
    await until(async () => (isAlive(pid) ? undefined : true), END_MS_MAX);
  }, 240_000);

  it('closes its folder to others, also what was left open, and keeps its partitions', async () => {
    const first = run(process.execPath, [MAIN, 'up', ...UP, folder, '--partitions', '3']);
    await started(first);
    expect(openToOthers(folder)).toEqual([]);
    await msToEnd(first);
    for (const at of ['log', 'log/data.mdb', 'state', 'clickhouse']) {
      chmodSync(join(folder, at), 0o755);
    }
    const second = run(process.execPath, [MAIN, 'up', ...UP, folder]);
    await started(second);
    expect(openToOthers(folder)).toEqual([]);
    expect(await msToEnd(second)).toBeLessThan(END_MS_MAX);
  });

  it('says in one sentence that a tenant can have no such name', async () => {
    const { code, stderr } = await runWaywarden('up', ...UP, folder, '--tenant', 'a|b');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('a|b');
  });
});
