/**
 * Tries rules on the history of the running installation, for whoever looks at the page: `policy test` in a process of
 * its own, of low priority, one at a time. The owner of the folder decides nothing of it: it only hands out its log.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuleFile, RulesTry } from '@waywarden/console';

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));
/** What it says when it came so far; without that its exit code is another failure's. */
const BEGAN = 'EXAMPLES';
const TIME_MS_MAX = 600_000;
const TRIES_SHOWN = 10;
const OUTPUT_LENGTH_MAX = 64 * 1024;
const LINES_MAX = 400;

const isDone = (code: number | null, lines: readonly string[]): boolean =>
  code === 0 || (code === 1 && lines.some((line) => line.startsWith(BEGAN)));

export interface DryRunParts {
  /** The data folder of this process. */
  readonly data: string;
  readonly now: () => string;
}

export class DryRuns {
  readonly #parts: DryRunParts;
  #tries: readonly RulesTry[] = [];

  constructor(parts: DryRunParts) {
    this.#parts = parts;
  }

  all(): readonly RulesTry[] {
    return this.#tries;
  }

  begin(kind: RuleFile, text: string, by: string): RulesTry | undefined {
    if (this.#tries.some((one) => one.state === 'running')) return undefined;
    const one: RulesTry = {
      ...{ id: randomUUID(), kind, by, at: this.#parts.now(), state: 'running', lines: [] },
    };
    this.#tries = [one, ...this.#tries].slice(0, TRIES_SHOWN);
    this.#run(kind, text).then(
      ({ code, lines }) =>
        this.#put({ ...one, state: isDone(code, lines) ? 'done' : 'failed', lines }),
      (error: unknown) => this.#put({ ...one, state: 'failed', lines: [String(error)] }),
    );
    return one;
  }

  #put(changed: RulesTry): void {
    this.#tries = this.#tries.map((one) => (one.id === changed.id ? changed : one));
  }

  async #run(kind: RuleFile, text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'waywarden-try-'));
    const file = join(folder, `${kind}.yaml`);
    writeFileSync(file, text, { mode: 0o600 });
    const { data } = this.#parts;
    const rules = kind === 'policy' ? [file] : ['--registry', file];
    const child = spawn(process.execPath, [PROGRAM, 'policy', 'test', ...rules, '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_MS_MAX,
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let output = '';
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LENGTH_MAX);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.includes('\r'));
      return { code, lines: lines.slice(0, LINES_MAX) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
