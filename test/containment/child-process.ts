/** A compiled program of ours as a process: ready when it says so, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ERRORS_STORED = 8_000;

export interface Program {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Waits until it is; by default until its first line of output. */
  readonly isReady?: () => Promise<unknown>;
}

export class KillableProcess {
  readonly #program: Program;
  #child: ChildProcess | undefined;
  #errors = '';

  constructor(program: Program) {
    this.#program = program;
  }

  async start(): Promise<void> {
    const { args, env, isReady } = this.#program;
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (text: Buffer) => {
      this.#errors = (this.#errors + text.toString()).slice(-ERRORS_STORED);
    });
    const line = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).once('line', () => resolve());
    });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${args.join(' ')} ended with ${code ?? signal}:\n${this.#errors}`);
    });
    ended.catch(() => undefined);
    await Promise.race([isReady === undefined ? line : isReady(), ended]);
  }

  /** Starts it again where it has ended by itself, as a supervisor would. */
  async revive(): Promise<void> {
    if (this.#child?.exitCode != null) await this.start();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async again(): Promise<void> {
    await this.end('SIGKILL');
    await this.start();
  }
}
