/** `npm start` as a process of its own: started, ready, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LATER_CLOCK = new URL('later-clock.mjs', import.meta.url).href;
const ERRORS_STORED = 20_000;

export interface RunningUp {
  readonly child: ChildProcess;
  readonly url: string;
  readonly tokenFile: string;
  readonly ended: Promise<number | null>;
}

/** Rejects with what it wrote to standard error when it ends before it is ready. */
export function npmStart(folder: string, ...flags: readonly string[]): Promise<RunningUp> {
  return startAt(0, folder, flags);
}

/** As `npmStart`, with a clock that is so far ahead. */
export function npmStartLater(
  laterMs: number,
  folder: string,
  ...flags: readonly string[]
): Promise<RunningUp> {
  return startAt(laterMs, folder, flags);
}

async function startAt(
  laterMs: number,
  folder: string,
  flags: readonly string[],
): Promise<RunningUp> {
  const all = ['--port', '0', '--data', folder, '--json', ...flags];
  const later = { NODE_OPTIONS: `--import ${LATER_CLOCK}`, LATER_MS: String(laterMs) };
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs'), ...all], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(laterMs === 0 ? {} : later) },
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-ERRORS_STORED);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise<string>((resolve) => {
      lines.once('line', resolve);
    }),
    ended.then((code) => {
      throw new Error(`npm start ended with ${code} before it was ready:\n${errors}`);
    }),
  ]);
  const ready = JSON.parse(line) as { readonly url: string; readonly token_file: string };
  return { child, url: ready.url, tokenFile: ready.token_file, ended };
}
