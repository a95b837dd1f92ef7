/** Reads AgentDojo's runs through the real ingest path (fingerprints, digests, catalogue). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EventAcceptor, FormatReader, loadCatalogue, replayKeys } from '@waywarden/ingest';
import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { UsageError } from '../commands/command-output.ts';
import { readLines } from '../read-lines.ts';
import { type Run, type RunLabel, runLabel } from './agentdojo-runs.ts';

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

export async function loadAgentDojo(
  folder: string,
  onRun: (runs: number) => void,
): Promise<{ readonly runs: readonly Run[]; readonly labels: ReadonlyMap<string, RunLabel> }> {
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
  const acceptor = replayAcceptor('default', 'authenticated', 'trajectories');
  const reader = new FormatReader('trajectories');
  const runs: Run[] = [];
  for await (const line of readLines(join(folder, FILES.runs))) {
    const meta = JSON.parse(line.text) as RunMeta & { trace_id: string };
    const events: readonly AuditEvent[] = acceptor.accept(
      reader.read(line.text, line.number),
    ).events;
    runs.push({ traceId: meta.trace_id, task: meta.task, model: meta.model, events });
    onRun(runs.length);
  }
  return { runs, labels };
}
