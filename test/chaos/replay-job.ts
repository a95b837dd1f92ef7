/**
 * The input of the failpoint runs, and a replay of it in a process that may be told to kill itself.
 * The process runs compiled code: two processes a point, and loading sources would cost more than
 * the replay.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLEET_REGISTRY, fleet } from '../support/fleet.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const CHILD = new URL('./replay-child.mjs', import.meta.url).pathname;
/** Half a minute between calls: log time moves far enough for watermarks among the batches. */
const CALL_EVERY_MS = 30_000;
const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);
/** Small, so that there are many places to crash at. */
const BATCH_EVENTS = 25;
const PARTITIONS = 3;
/** A replay takes seconds; one that takes so long hangs. */
const CHILD_MS_MAX = 180_000;
const OUTPUTS = ['alerts', 'decisions', 'commands'] as const;

export interface CrashPoint {
  readonly name: string;
  readonly nth: number;
}

export interface ReplayInput {
  readonly events: string;
  readonly registry: string;
  readonly policy: string;
  readonly count: number;
}

interface StoredTable {
  readonly ids: readonly string[];
  readonly raw: number;
}

interface ChildReport {
  readonly report: {
    readonly accepted: number;
    readonly dead_lettered: number;
    readonly duplicates: number;
    readonly rows: number;
  };
  readonly hits: Readonly<Record<string, number>>;
  readonly stored: Readonly<Record<string, StoredTable>>;
}

export interface Finished extends ChildReport {
  readonly outputs: Readonly<Record<(typeof OUTPUTS)[number], string>>;
}

/** The fleet on disk, as `waywarden replay` gets it. */
export function writeReplayInput(folder: string): ReplayInput {
  const lines = fleet({ stories: 8 }).map((event, at) =>
    JSON.stringify({ ...event, event_time: new Date(START_MS + at * CALL_EVERY_MS).toISOString() }),
  );
  const events = join(folder, 'events.ndjson');
  const registry = join(folder, 'registry.yaml');
  writeFileSync(events, `${lines.join('\n')}\n`);
  // JSON is YAML.
  writeFileSync(registry, JSON.stringify(FLEET_REGISTRY));
  const policy = join(ROOT, 'test/policies/enforcing.yaml');
  return { events, registry, policy, count: lines.length };
}

/** Undefined when the process was killed, as a crash point asks for. */
function runChild(jobFile: string): Promise<ChildReport | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, jobFile], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    let late = false;
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, CHILD_MS_MAX);
    child.once('error', reject);
    // `exit` and not `close`: the engine's process may hold the pipes a moment longer when killed.
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new Error(`No end within ${CHILD_MS_MAX} ms:\n${errors}`));
      else if (signal === 'SIGKILL') resolve(undefined);
      else child.once('close', () => (code === 0 ? resolve(JSON.parse(out)) : fail(code, signal)));
    });
    const fail = (code: number | null, signal: string | null) =>
      reject(new Error(`The replay ended with ${code ?? signal}:\n${errors}`));
  });
}

/** Replays the input in `folder`; undefined when it crashed at the point, as it was told to. */
export async function replay(
  input: ReplayInput,
  folder: string,
  crash?: CrashPoint,
): Promise<Finished | undefined> {
  mkdirSync(folder, { recursive: true });
  const jobFile = join(folder, 'job.json');
  const out = join(folder, 'out');
  const data = join(folder, 'data');
  const { events, registry, policy } = input;
  const options = { partitions: PARTITIONS, batchEvents: BATCH_EVENTS };
  writeFileSync(
    jobFile,
    JSON.stringify({ events, registry, policy, folder: data, out, crash, ...options }),
  );
  const ended = await runChild(jobFile);
  if (ended === undefined) return undefined;
  const read = (name: string) => readFileSync(join(out, `${name}.ndjson`), 'utf8');
  return {
    ...ended,
    outputs: { alerts: read('alerts'), decisions: read('decisions'), commands: read('commands') },
  };
}
