/**
 * What is frozen of a fleet: plan, counts and SHA-256 of the three files, exactly as the command
 * line writes them.
 */
import { createHash } from 'node:crypto';
import { EventBytes, type SimulationPlan, simulate } from '../src/index.ts';

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

/** So many bytes are hashed at once. */
const CHUNK = 1 << 20;

/** Makes a fleet and says what came out; nothing is written. */
export function measured(plan: SimulationPlan): FrozenFleet {
  const { registry, lines } = simulate(plan);
  const [events, labels] = [createHash('sha256'), createHash('sha256')];
  const written = new EventBytes(2 * CHUNK);
  let [told, said, bytes] = [0, 0, 0];
  const flush = () => {
    const chunk = written.take();
    bytes += chunk.length;
    events.update(chunk);
  };
  const tasks = new Set<string>();
  const concerned = new Set<string>();
  const taskOf = new Map<string, string>();
  for (const line of lines()) {
    if (line.kind === 'event') {
      told++;
      written.line(line.value);
      if (written.length >= CHUNK) flush();
      const task = line.value.task?.id;
      if (task === undefined) continue;
      tasks.add(task);
      taskOf.set(line.value.native_id, task);
    } else {
      said++;
      labels.update(`${JSON.stringify(line.value)}\n`);
      if (line.value.stream === 'benign') continue;
      for (const id of line.value.native_ids) concerned.add(id);
    }
  }
  const labelled = new Set([...concerned].map((id) => taskOf.get(id)));
  flush();
  return {
    ...plan,
    events: told,
    bytes,
    labels: said,
    benign_runs: [...tasks].filter((task) => !labelled.has(task)).length,
    sha256: {
      events: events.digest('hex'),
      labels: labels.digest('hex'),
      registry: createHash('sha256').update(registry).digest('hex'),
    },
  };
}
