/**
 * The three files of a scored stream: labels, alerts, events. Each line is checked; the first bad one
 * ends the evaluation with its place, since a score of a part of the lines is a score of another file.
 */
import { UsageError } from '../commands/command-output.ts';
import { readLines } from '../read-lines.ts';
import { readAlert } from './scoring/adapter-alert.ts';
import { type AlertFile, AlertGatherer } from './scoring/alert-history.ts';
import { type Label, type Labels, readLabel, sortLabels } from './scoring/label.ts';
import { RUNS_MAX, StreamFacts, streamEvent, type Wanted } from './scoring/stream-facts.ts';

/** Alerts and labels that are held to be matched. */
const ALERTS_MAX = 1_000_000;
const LABELS_MAX = 1_000_000;

async function* jsonLines(file: string): AsyncGenerator<{ value: unknown; place: string }> {
  for await (const { text, number } of readLines(file)) {
    if (text.trim() === '') continue;
    const place = `${file}, line ${number}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`${place}: is no JSON (${String(error)}). Give one object a line.`);
    }
    yield { value, place };
  }
}

function tooMany(file: string, what: string, max: number): never {
  throw new UsageError(`${file}: has more than ${max} ${what}. Score a shorter stream.`);
}

export async function readLabels(file: string): Promise<Labels> {
  const labels: Label[] = [];
  for await (const { value, place } of jsonLines(file)) {
    const read = readLabel(value);
    if (!read.ok) {
      throw new UsageError(
        `${place}: is no label: ${read.problem}. docs/benchmarks-adapters.md lists what a label says.`,
      );
    }
    if (read.label !== undefined) labels.push(read.label);
    if (labels.length > LABELS_MAX) tooMany(file, 'labels', LABELS_MAX);
  }
  return sortLabels(labels);
}

export async function readAlerts(file: string): Promise<AlertFile> {
  const gatherer = new AlertGatherer();
  for await (const { value, place } of jsonLines(file)) {
    const read = readAlert(value);
    if (!read.ok) {
      throw new UsageError(
        `${place}: is no alert: ${read.problem}. docs/benchmarks-adapters.md says what each field means.`,
      );
    }
    gatherer.add(read.alert);
    if (gatherer.size > ALERTS_MAX) tooMany(file, 'alerts', ALERTS_MAX);
  }
  return gatherer.finish();
}

export async function readFacts(
  file: string,
  wanted: Wanted,
  onEvents: (events: number) => void,
): Promise<StreamFacts> {
  const facts = new StreamFacts(wanted);
  for await (const { value, place } of jsonLines(file)) {
    const event = streamEvent.safeParse(value);
    if (!event.success) {
      throw new UsageError(
        `${place}: is no event that can be scored: ${event.error.issues.map((one) => `${one.path.join('.')} ${one.message}`).join('; ')}.`,
      );
    }
    facts.add(event.data);
    if (facts.runCount > RUNS_MAX) tooMany(file, 'runs', RUNS_MAX);
    onEvents(facts.events);
  }
  return facts;
}
