/** `waywarden up` as a process of its own (compiled code), to be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = new URL('../..', import.meta.url).pathname;
const MAIN = join(ROOT, 'services/waywarden/dist/main.js');
const ERRORS_STORED = 20_000;
export const TENANT = 'acme';

export interface UpFiles {
  readonly data: string;
  readonly registry: string;
  /** Receivers of notices. */
  readonly notify?: string;
}

export interface UpProcess {
  readonly child: ChildProcess;
  /** The URL once it answers; undefined when it ended before. */
  readonly ready: Promise<string | undefined>;
  /** Code or signal. */
  readonly ended: Promise<number | string>;
  readonly errors: () => string;
}

export function startUp({ data, registry, notify }: UpFiles): UpProcess {
  const policy = join(ROOT, 'test/policies/enforcing.yaml');
  const flags = { '--port': '0', '--data': data, '--tenant': TENANT, '--partitions': '3' };
  const files = {
    ...{ '--policy': policy, '--registry': registry },
    ...(notify === undefined ? {} : { '--notify': notify }),
  };
  const child = spawn(
    process.execPath,
    [MAIN, 'up', '--json', ...Object.entries({ ...flags, ...files }).flat()],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = (errors + text.toString()).slice(-ERRORS_STORED);
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const line = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  const ready = Promise.race([
    line.then((text) => (JSON.parse(text) as { url: string }).url),
    ended.then(() => undefined),
  ]);
  return { child, ready, ended, errors: () => errors };
}

export interface Verified {
  readonly ok: boolean;
  readonly problems: readonly unknown[];
}

/** `waywarden verify`: the store held against the log, and the decisions' chain. */
export function verifyData(data: string): Verified {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, 'verify', '--json', '--data', data],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (last === '') throw new Error(`verify said nothing:\n${stderr}`);
  return JSON.parse(last) as Verified;
}
