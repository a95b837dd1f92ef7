/**
 * The runs of a source with their truth, whole or every so many of them, and the file that the detector
 * is given: the original, or its lines of the chosen runs in the original's order.
 */
import { join } from 'node:path';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { z } from 'zod';
import { LineFile } from '../../stream-file.ts';
import { jsonLines } from '../benchmark-files.ts';
import { type OutsideSource, type RunTruth, readTruth } from './outside-sources.ts';

/** A run as it is scored: `cluster` is always known. */
export interface ScoredRun extends RunTruth {
  readonly cluster: string;
}

export interface SourceRuns {
  readonly runs: readonly ScoredRun[];
  /** What is fed. */
  readonly events: string;
}

/** What a line of any of the formats says of its run. */
const runLine = z.union([
  z
    .object({ task: z.object({ id: z.string(), request: z.string().optional() }) })
    .transform(({ task }) => ({ run: task.id, request: task.request })),
  z
    .object({ trace_id: z.string(), user_task: z.string().nullish() })
    .transform((line) => ({ run: line.trace_id, request: line.user_task ?? undefined })),
]);

interface RunText {
  readonly run: string;
  readonly request: string | undefined;
  readonly text: string;
}

async function* runTexts(file: string): AsyncGenerator<RunText> {
  for await (const { value, text, place } of jsonLines(file)) {
    const line = runLine.safeParse(value);
    if (!line.success) throw new UsageError(`${place}: names no run (task.id or trace_id).`);
    yield { ...line.data, text };
  }
}

async function requestsByRun(file: string): Promise<ReadonlyMap<string, string>> {
  const requests = new Map<string, string>();
  for await (const { run, request } of runTexts(file)) {
    if (!requests.has(run)) requests.set(run, request ?? run);
  }
  return requests;
}

/** `wanted` of them at even distances, the first among them; all where there are no more. */
export function everyFew<T>(all: readonly T[], wanted: number | undefined): readonly T[] {
  if (wanted === undefined || wanted >= all.length) return all;
  return all.filter(
    (_, n) => Math.ceil((n * wanted) / all.length) < Math.ceil(((n + 1) * wanted) / all.length),
  );
}

async function truthsOf(
  { name, truth }: OutsideSource,
  requests: ReadonlyMap<string, string>,
): Promise<readonly RunTruth[]> {
  if ('every' in truth) {
    return [...requests.keys()].map((run) => ({ run, kind: truth.every, maliciousSteps: [] }));
  }
  const truths = await readTruth(truth.labels);
  const without = [...requests.keys()].filter((run) => !truths.has(run));
  const [first] = without;
  if (first !== undefined) {
    throw new UsageError(
      `${truth.labels}: ${without.length} runs of ${name} have no label, the first is ${first}. Runs and labels must be of one version of the data.`,
    );
  }
  return [...truths.values()];
}

async function writeChosen(from: string, to: string, chosen: ReadonlySet<string>): Promise<void> {
  const file = new LineFile(to);
  try {
    for await (const { run, text } of runTexts(from)) if (chosen.has(run)) file.add(text);
  } finally {
    file.close();
  }
}

/** @param scratch a folder for the chosen runs' lines. @param sample runs; absent: all. */
export async function readSourceRuns(
  source: OutsideSource,
  scratch: string,
  sample: number | undefined,
): Promise<SourceRuns> {
  const requests = await requestsByRun(source.events);
  const truths = await truthsOf(source, requests);
  const chosen = everyFew(truths, sample);
  const runs = chosen.map(
    (one): ScoredRun => ({ ...one, cluster: one.cluster ?? requests.get(one.run) ?? one.run }),
  );
  if (chosen.length === truths.length) return { runs, events: source.events };
  const events = join(scratch, 'chosen.ndjson');
  await writeChosen(source.events, events, new Set(chosen.map(({ run }) => run)));
  return { runs, events };
}
