/** Reads AgentDojo's runs through the real ingest path (fingerprints, digests, catalogue). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EventAcceptor, FormatReader, loadCatalogue, replayKeys } from '@waywarden/ingest';
import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { UsageError } from '../commands/command-output.ts';
import { readLines } from '../read-lines.ts';
import { type Run, type RunLabel, runLabel } from './agentdojo-runs.ts';
import type { RecordedRun } from './rewrites/rewrite-run.ts';

const FILES = { runs: 'trajectories.ndjson.gz', labels: 'labels.ndjson.gz' } as const;
/** Only to group runs into folds; never given to the detector. */
interface RunMeta {
  readonly task: string;
  readonly model: string;
}

export function replayAcceptor(
  tenant: string,
  assurance: Assurance,
  format: string,
): EventAcceptor {
  return new EventAcceptor({
    tenant,
    source: { kind: 'replay', instance: format },
    assurance,
    trustFields: false,
    keys: replayKeys(),
    catalogue: loadCatalogue(),
    now: (input) => input.event_time,
  });
}

/** One line of the file. */
export interface RecordedLine extends RecordedRun, RunMeta {}

/** Reads runs as one source of events does, in order. */
export class RunReader {
  readonly #acceptor = replayAcceptor('default', 'authenticated', 'trajectories');
  readonly #reader = new FormatReader('trajectories');

  read(text: string, line: number, { trace_id, task, model }: RecordedLine): Run {
    const events: readonly AuditEvent[] = this.#acceptor.accept(
      this.#reader.read(text, line),
    ).events;
    return { traceId: trace_id, task, model, events };
  }
}

export async function* readRecorded(
  folder: string,
): AsyncGenerator<{ readonly text: string; readonly number: number; readonly line: RecordedLine }> {
  for await (const { text, number } of readLines(join(folder, FILES.runs))) {
    yield { text, number, line: JSON.parse(text) as RecordedLine };
  }
}

export async function readLabels(folder: string): Promise<ReadonlyMap<string, RunLabel>> {
  for (const file of Object.values(FILES)) {
    if (!existsSync(join(folder, file))) {
      throw new UsageError(
        `${join(folder, file)} is absent. The AgentDojo runs are not part of this repository; name the folder that holds ${Object.values(FILES).join(' and ')} with --data.`,
      );
    }
  }
  const labels = new Map<string, RunLabel>();
  for await (const line of readLines(join(folder, FILES.labels))) {
    const label = runLabel.parse(JSON.parse(line.text));
    labels.set(label.trace_id, label);
  }
  return labels;
}

export async function loadAgentDojo(
  folder: string,
  onRun: (runs: number) => void,
): Promise<{ readonly runs: readonly Run[]; readonly labels: ReadonlyMap<string, RunLabel> }> {
  const labels = await readLabels(folder);
  const reader = new RunReader();
  const runs: Run[] = [];
  for await (const { text, number, line } of readRecorded(folder)) {
    runs.push(reader.read(text, number, line));
    onRun(runs.length);
  }
  return { runs, labels };
}
