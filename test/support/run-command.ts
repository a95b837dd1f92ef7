/** Runs the compiled command line as a person would, and parses its one JSON line. */
import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../services/waywarden/dist/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runWaywarden(...args: readonly string[]): Promise<Ran> {
  return runWaywardenIn(process.cwd(), ...args);
}

/** The same in another folder. */
export async function runWaywardenIn(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio });
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
export async function runCommand(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runWaywarden(...args);
  if (code !== 0)
    throw new Error(`waywarden ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
