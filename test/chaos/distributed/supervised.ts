/** A service as a process with a supervisor: it is started again whenever it ends, until it is stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** A folder: what each service writes goes there as well. */
const LOGS = process.env['WAYWARDEN_FAULT_LOGS'];
const AGAIN_MS = 1_000;
const ERRORS_MAX = 20_000;
const LAST_WORDS = 1_500;

export class Supervised {
  readonly name: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #stopping = false;
  #errors = '';
  /** Lines of its log so far. */
  lines = 0;
  /** How often it ended by itself. */
  ended = 0;
  #killed = false;

  constructor(name: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#args = args;
    this.#env = env;
    this.#start();
  }

  /** The last words of each time that it ended by itself. */
  failures = '';

  kill(): void {
    this.#killed = true;
    this.#child?.kill('SIGKILL');
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await once(child, 'exit');
    clearTimeout(hard);
  }

  #start(): void {
    const child = spawn(process.execPath, [...this.#args], {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        this.lines += text.toString().split('\n').length - 1;
        this.#errors = (this.#errors + text.toString()).slice(-ERRORS_MAX);
        if (LOGS !== undefined) appendFileSync(join(LOGS, `${this.name}.log`), text);
      });
    }
    child.once('exit', () => {
      if (this.#stopping) return;
      if (!this.#killed) {
        this.ended += 1;
        this.failures += `${this.name} ended:\n${this.#errors.slice(-LAST_WORDS)}\n`;
      }
      this.#killed = false;
      setTimeout(() => {
        if (!this.#stopping) this.#start();
      }, AGAIN_MS);
    });
  }
}
