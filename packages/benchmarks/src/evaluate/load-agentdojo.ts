/** Reads AgentDojo's runs through the real ingest path (fingerprints, digests, catalogue). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EventAcceptor, FormatReader, loadCatalogue, replayKeys } from '@waywarden/ingest';
import type { Assurance, AuditEvent } from '@waywarden/schemas';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { z } from 'zod';
import { type Run, type RunLabel, runLabel } from './agentdojo-runs.ts';
import { jsonLines } from './benchmark-files.ts';
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

const recordedLine = z.looseObject({
  ...{ trace_id: z.string(), task: z.string(), model: z.string() },
  calls: z.array(z.looseObject({})),
});

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

interface FileLine<Value> {
  readonly text: string;
  readonly number: number;
  readonly line: Value;
}

/** Lines of a file of runs or labels; UsageError where one is none, or the second of its run. */
async function* parsedLines<Value extends { readonly trace_id: string }>(
  file: string,
  schema: z.ZodType<Value>,
  what: string,
): AsyncGenerator<FileLine<Value>> {
  const met = new Map<string, number>();
  for await (const { value, text, number, place } of jsonLines(file)) {
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      throw new UsageError(`${place}: is no ${what}: ${z.prettifyError(parsed.error)}`);
    }
    const { trace_id: trace } = parsed.data;
    const before = met.get(trace);
    if (before !== undefined) {
      throw new UsageError(`${place}: is a second ${what} of ${trace}, after line ${before}.`);
    }
    met.set(trace, number);
    yield { text, number, line: parsed.data };
  }
  if (met.size === 0) throw new UsageError(`${file}: holds no ${what}.`);
}

export function readRecorded(folder: string): AsyncGenerator<FileLine<RecordedLine>> {
  return parsedLines<RecordedLine>(join(folder, FILES.runs), recordedLine, 'run');
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
  for await (const { line } of parsedLines(join(folder, FILES.labels), runLabel, 'label')) {
    labels.set(line.trace_id, line);
  }
  return labels;
}

/** What has no label can't be judged, and leaving it out would be other data than the table says. */
function checkLabelled(
  folder: string,
  runs: readonly Run[],
  labels: ReadonlyMap<string, RunLabel>,
): void {
  const without = runs.filter(({ traceId }) => !labels.has(traceId));
  const [first] = without;
  if (first === undefined) return;
  throw new UsageError(
    `${join(folder, FILES.labels)}: ${without.length} of ${runs.length} runs have no label, the first is ${first.traceId}. Runs and labels must be of one version of the data.`,
  );
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
  checkLabelled(folder, runs, labels);
  return { runs, labels };
}
