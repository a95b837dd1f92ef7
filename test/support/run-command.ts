/** Runs the compiled command line as a person would, and parses its one JSON line. */
import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/benchmarks/dist/main.js', import.meta.url));

/** Set in addition to this process's. */
export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runWaywarden(...args: readonly string[]): Promise<Ran> {
  return runWaywardenIn(process.cwd(), ...args);
}

/** The same in another folder. */
export function runWaywardenIn(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return run({ cwd }, args);
}

async function run(
  { cwd = process.cwd(), env = {} }: { readonly cwd?: string; readonly env?: Environment },
  args: readonly string[],
): Promise<Ran> {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    stdio,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString('utf8');
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The JSON object that a command which succeeded printed with `--json`. */
export function runCommand(...args: readonly string[]): Promise<Record<string, unknown>> {
  return runCommandAs({}, ...args);
}

/** The same with settings of its own, such as a login. */
export async function runCommandAs(
  env: Environment,
  ...args: readonly string[]
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run({ env }, args);
  if (code !== 0)
    throw new Error(`waywarden ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
