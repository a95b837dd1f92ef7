/** `waywarden explain --event ID`: why a call was judged a hijack or not, by replaying its agent. Changes nothing. */
import { FORMATS, FormatReader } from '@waywarden/ingest';
import { ASSURANCES, type AuditEvent, TOPICS } from '@waywarden/schemas';
import { Command, Option } from 'commander';
import {
  type ExplainedCall,
  explainAfter,
  explanationLines,
  explanationOf,
} from '../explain/explain-call.ts';
import { Progress, report, table, UsageError } from '../input/command-output.ts';
import { fileAcceptor, type InputFlags } from '../input/input-options.ts';
import { readLines } from '../input/read-lines.ts';
import { recordedValues, withRecordedHistory } from '../policy/stored-history.ts';
import { loadRegistry } from '../runtime/rule-files.ts';

interface ExplainFlags extends InputFlags {
  readonly event: string;
  readonly data?: string;
  readonly events?: readonly string[];
}

const isMeant = ({ event_id, native_id }: AuditEvent, id: string) =>
  event_id === id || native_id === id;

async function* eventsOfFiles(flags: ExplainFlags): AsyncGenerator<AuditEvent> {
  const acceptor = fileAcceptor(flags, loadRegistry(flags.registry));
  for (const file of flags.events ?? []) {
    const reader = new FormatReader(flags.format);
    for await (const line of readLines(file)) {
      yield* acceptor.accept(reader.read(line.text, line.number)).events;
    }
  }
}

/** First for the agent, then for its past. */
async function judgeById(
  id: string,
  events: () => AsyncIterable<AuditEvent>,
): Promise<ExplainedCall | undefined> {
  const finding = new Progress('Finding the event');
  let [found, read]: [AuditEvent | undefined, number] = [undefined, 0];
  for await (const event of events()) {
    finding.show(`${++read} events`);
    if (isMeant(event, id)) found = event;
    if (found !== undefined) break;
  }
  finding.done(`${read} events`);
  return found && explainAfter(found, pastOf(found, events()));
}

async function* pastOf(
  found: AuditEvent,
  events: AsyncIterable<AuditEvent>,
): AsyncGenerator<AuditEvent> {
  const playing = new Progress('Playing what its agent did before');
  let before = 0;
  for await (const event of events) {
    if (event.event_id === found.event_id) break;
    if (event.agent.uid !== found.agent.uid || event.tenant_id !== found.tenant_id) continue;
    playing.show(`${++before} events`);
    yield event;
  }
  playing.done(`${before} events`);
}

function sayJudgement(judged: ExplainedCall) {
  const value = explanationOf(judged);
  const lines = [
    ...explanationLines(judged, value),
    ...table(
      ['term', 'value', 'worth', 'what it says'],
      value.terms.map((one) => [one.term, one.value.toFixed(2), one.worth.toFixed(2), one.text]),
    ),
    ...table(
      ['feature', 'points', 'what it compared'],
      value.features.flatMap(({ feature, points, reasons }) =>
        reasons.map(({ text }) => [feature, points.toFixed(2), text]),
      ),
    ),
  ];
  return { value, lines };
}

async function explain(flags: ExplainFlags): Promise<void> {
  if ((flags.data === undefined) === (flags.events === undefined)) {
    throw new UsageError('Name either --data FOLDER or --events FILES.');
  }
  const found =
    flags.data === undefined
      ? await judgeById(flags.event, () => eventsOfFiles(flags))
      : await withRecordedHistory(flags.data, (history) =>
          judgeById(flags.event, () =>
            recordedValues<AuditEvent>(history, TOPICS.auditEvents.name, 'event'),
          ),
        );
  if (found === undefined) {
    throw new UsageError(
      `No event has the id ${flags.event}. Alerts name events by event_id and native_id; older ones may be past the log's retention.`,
    );
  }
  const { value, lines } = sayJudgement(found);
  report(flags.json === true, value, lines);
}

export const explainCommand = new Command('explain')
  .description('why a call was, or was not, judged to obey planted text')
  .requiredOption('--event <id>', 'its event_id or native_id')
  .option('--data <folder>', 'a data folder of `up` (also a running one) or `replay`; only read')
  .option('--events <files...>', 'files of events instead')
  .addOption(new Option('--format <format>', 'of --events').choices(FORMATS).default('events'))
  .option('--tenant <id>', 'of --events', 'default')
  .addOption(
    new Option('--assurance <assurance>', 'how far claims in --events are believed')
      .choices(ASSURANCES)
      .default('authenticated'),
  )
  .option('--registry <file>', 'registry file (YAML), for --events')
  .option('--keys <file>', 'key file of ingest, for --events')
  .option('--json', 'print one JSON object as the last line')
  .action(explain);
