/**
 * What is frozen of a fleet: plan, counts and SHA-256 of the three files, exactly as the command
 * line writes them.
 */
import { createHash } from 'node:crypto';
import { eventText, type SimulationPlan, simulate } from '../src/index.ts';

export interface FrozenFleet extends SimulationPlan {
  readonly events: number;
  readonly bytes: number;
  readonly labels: number;
  /** Tasks of daily work: those of no plot and no attack. */
  readonly benign_runs: number;
  readonly sha256: { readonly events: string; readonly labels: string; readonly registry: string };
}

export interface Manifest {
  readonly simulator_version: number;
  readonly fleets: readonly FrozenFleet[];
}

/** Every so many lines are hashed at once. */
const CHUNK_LINES = 2_000;

function digest() {
  const hash = createHash('sha256');
  let [held, count, bytes] = [[] as string[], 0, 0];
  const flush = () => {
    const text = Buffer.from(held.map((line) => `${line}\n`).join(''), 'utf8');
    bytes += text.length;
    hash.update(text);
    held = [];
  };
  return {
    add(line: string): void {
      held.push(line);
      count++;
      if (held.length >= CHUNK_LINES) flush();
    },
    end(): { count: number; bytes: number; sha256: string } {
      flush();
      return { count, bytes, sha256: hash.digest('hex') };
    },
  };
}

/** Makes a fleet and says what came out; nothing is written. */
export function measured(plan: SimulationPlan): FrozenFleet {
  const { registry, lines } = simulate(plan);
  const [events, labels] = [digest(), digest()];
  const tasks = new Set<string>();
  const concerned = new Set<string>();
  const taskOf = new Map<string, string>();
  for (const line of lines()) {
    if (line.kind === 'event') {
      events.add(eventText(line.value));
      const task = line.value.task?.id;
      if (task === undefined) continue;
      tasks.add(task);
      taskOf.set(line.value.native_id, task);
    } else {
      labels.add(JSON.stringify(line.value));
      if (line.value.stream === 'benign') continue;
      for (const id of line.value.native_ids) concerned.add(id);
    }
  }
  const labelled = new Set([...concerned].map((id) => taskOf.get(id)));
  const [told, said] = [events.end(), labels.end()];
  return {
    ...plan,
    events: told.count,
    bytes: told.bytes,
    labels: said.count,
    benign_runs: [...tasks].filter((task) => !labelled.has(task)).length,
    sha256: {
      events: told.sha256,
      labels: said.sha256,
      registry: createHash('sha256').update(registry).digest('hex'),
    },
  };
}
