/**
 * The three files of each scored stream: labels, alerts, events. Each line is checked; the first bad one
 * ends the evaluation with its place, since a score of a part of the lines is a score of another file.
 */
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { readLines } from '@waywarden/waywarden/input/read-lines';
import { readAlert } from './scoring/adapter-alert.ts';
import { type AlertFile, AlertGatherer } from './scoring/alert-history.ts';
import { type Label, type Labels, readLabel, sortLabels } from './scoring/label.ts';
import { type Scope, scopeAlert, scopeEvent, scopeLabel, scopeOf } from './scoring/scope.ts';
import { RUNS_MAX, StreamFacts, streamEvent, type Wanted } from './scoring/stream-facts.ts';

/** Lines of a file, each one JSON value; the first that is none ends the reading with its place. */
interface JsonLine {
  readonly value: unknown;
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** The file and the line, in words. */
  readonly place: string;
}

/** Empty lines are left out. */
export async function* jsonLines(file: string): AsyncGenerator<JsonLine> {
  for await (const { text, number } of readLines(file)) {
    if (text.trim() === '') continue;
    const place = `${file}, line ${number}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`${place}: is no JSON (${String(error)}). Give one object a line.`);
    }
    yield { value, text, number, place };
  }
}

/** Alerts and labels that are held to be matched. */
const ALERTS_MAX = 1_000_000;
const LABELS_MAX = 1_000_000;

function tooMany(file: string, what: string, max: number): never {
  throw new UsageError(`${file}: has more than ${max} ${what}. Score a shorter stream.`);
}

async function addLabels(labels: Label[], file: string, scope: Scope): Promise<void> {
  for await (const { value, place } of jsonLines(file)) {
    const read = readLabel(value);
    if (!read.ok) {
      throw new UsageError(
        `${place}: is no label: ${read.problem}. docs/benchmarks-adapters.md lists what a label says.`,
      );
    }
    if (read.label !== undefined) labels.push(scopeLabel(read.label, scope));
    if (labels.length > LABELS_MAX) tooMany(file, 'labels', LABELS_MAX);
  }
}

/** Several files are of several streams, in their order. */
export async function readLabels(files: readonly string[]): Promise<Labels> {
  const labels: Label[] = [];
  for (const [n, file] of files.entries()) {
    await addLabels(labels, file, scopeOf(n, files.length));
  }
  return sortLabels(labels);
}

async function addAlerts(gatherer: AlertGatherer, file: string, scope: Scope): Promise<void> {
  for await (const { value, place } of jsonLines(file)) {
    const read = readAlert(value);
    if (!read.ok) {
      throw new UsageError(
        `${place}: is no alert: ${read.problem}. docs/benchmarks-adapters.md says what each field means.`,
      );
    }
    gatherer.add(scopeAlert(read.alert, scope));
    if (gatherer.size > ALERTS_MAX) tooMany(file, 'alerts', ALERTS_MAX);
  }
}

export async function readAlerts(files: readonly string[]): Promise<AlertFile> {
  const gatherer = new AlertGatherer();
  for (const [n, file] of files.entries()) {
    await addAlerts(gatherer, file, scopeOf(n, files.length));
  }
  return gatherer.finish();
}

async function addEvents(
  facts: StreamFacts,
  file: string,
  { scope, onEvents }: { scope: Scope; onEvents: (events: number) => void },
): Promise<void> {
  for await (const { value, place } of jsonLines(file)) {
    const event = streamEvent.safeParse(value);
    if (!event.success) {
      throw new UsageError(
        `${place}: is no event that can be scored: ${event.error.issues.map((one) => `${one.path.join('.')} ${one.message}`).join('; ')}.`,
      );
    }
    facts.add(scopeEvent(event.data, scope));
    if (facts.runCount > RUNS_MAX) tooMany(file, 'runs', RUNS_MAX);
    onEvents(facts.events);
  }
}

export async function readFacts(
  files: readonly string[],
  wanted: Wanted,
  onEvents: (events: number) => void,
): Promise<StreamFacts> {
  const facts = new StreamFacts(wanted);
  for (const [n, file] of files.entries()) {
    await addEvents(facts, file, { scope: scopeOf(n, files.length), onEvents });
  }
  return facts;
}
