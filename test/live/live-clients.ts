/**
 * The real clients of scripts/live-clients.mjs, run as their users run them: in processes of their own,
 * with the newest Node, that is one of them. Where they are not installed, tests skip and say so.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FROM = join(ROOT, 'test/live/clients');
const CLIENTS = join(ROOT, '.cache/live-clients');
const NODE = join(CLIENTS, 'node_modules/node/bin/node');
const CLAUDE = join(CLIENTS, 'node_modules/@anthropic-ai/claude-code/bin/claude.exe');
const CODEX = join(CLIENTS, 'node_modules/@openai/codex/bin/codex.js');
const PYTHON = join(CLIENTS, 'python');
const OUTPUT_STORED = 20_000;

export type Environment = Readonly<Record<string, string>>;

function isInstalled(): boolean {
  const stamp = join(CLIENTS, 'installed');
  const lock = readFileSync(join(FROM, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

export const hasLiveClients = isInstalled();
export const hasPythonClients = hasLiveClients && existsSync(join(PYTHON, 'requirements.txt'));
if (hasLiveClients) {
  // Beside what they import, since a module is looked for from where its importer stands.
  for (const name of readdirSync(FROM).filter((one) => /\.(?:mjs|py)$/u.test(one))) {
    copyFileSync(join(FROM, name), join(CLIENTS, name));
  }
} else {
  process.stderr.write(
    'The real clients are not installed, so their tests are skipped: node scripts/live-clients.mjs\n',
  );
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the caller's environment but where programs are. */
function environment(env: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...env };
}

function outputOf(child: ChildProcess): { readonly stdout: string; readonly stderr: string } {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data: Buffer) => {
    said.stdout += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    said.stderr = (said.stderr + data.toString()).slice(-OUTPUT_STORED);
  });
  return said;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
}

export async function runProgram({ command, args, env, cwd }: Program): Promise<Ended> {
  const child = spawn(command, args, {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = outputOf(child);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, ...said };
}

/** A script of test/live/clients, to its end. */
export function runClient(script: string, cwd: string, env: Environment): Promise<Ended> {
  const command = script.endsWith('.py') ? join(PYTHON, 'bin/python') : NODE;
  return runProgram({ command, args: [join(CLIENTS, script)], env, cwd });
}

/** How others start a script of test/live/clients. */
export function clientCommand(script: string): readonly [string, string] {
  return [NODE, join(CLIENTS, script)];
}

export function runClaude(args: readonly string[], cwd: string, env: Environment): Promise<Ended> {
  return runProgram({ command: CLAUDE, args, env, cwd });
}

export function runCodex(args: readonly string[], cwd: string, env: Environment): Promise<Ended> {
  return runProgram({ command: NODE, args: [CODEX, ...args], env, cwd });
}

export interface Listening {
  readonly url: string;
  readonly lines: readonly string[];
  readonly stop: () => void;
}

/** Runs on until it is stopped; says `listening on URL`. */
export async function startProgram({ command, args, env, cwd }: Program): Promise<Listening> {
  const child = spawn(command, args, {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = outputOf(child);
  const lines: string[] = [];
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const url = await until(async () => {
    if (child.exitCode !== null) throw new Error(`${args[0]} ended: ${said.stderr}`);
    return /listening on (http:\S+)/.exec(lines.join('\n'))?.[1];
  }, 20_000);
  return { url, lines, stop: () => child.kill('SIGKILL') };
}

export function startClient(script: string, cwd: string, env: Environment): Promise<Listening> {
  return startProgram({ command: NODE, args: [join(CLIENTS, script)], env, cwd });
}
