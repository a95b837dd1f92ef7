/**
 * `npm run labels:check -- --events F --labels F --registry F [--policy F] [--assurance A]`:
 * exit 0 when every label agrees, 1 with the disagreements, 2 when a file can't be used. `--json`:
 * the last line of standard output is one JSON object instead.
 * With `--compare` it says how much the labels of two seeds have in common. With `--faults` it puts
 * faults into the labels and says how many it finds. With `--giveaways` it says instead by which single features labelled events can be told apart.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ASSURANCES } from '@waywarden/schemas';
import { parse } from 'yaml';
import { type CheckReport, checkerOf } from './check-labels.ts';
import { giveawayJson, giveawayReport } from './giveaway-report.ts';
import { faultReport, faultResults } from './label-fault.ts';
import { overlapReport, overlapsOf } from './seed-overlap.ts';

const SHIPPED_POLICY = fileURLToPath(
  new URL('../../../services/detector/policy/default.yaml', import.meta.url),
);
const USAGE =
  'Usage: npm run labels:check -- --events FILE --labels FILE --registry FILE [--policy FILE] [--assurance A] [--faults] [--json]\n       npm run labels:check -- --giveaways --events FILE --labels FILE [--json]\n       npm run labels:check -- --labels FILE --compare FILE [--json]';

/** One line at a time: a whole stream of objects does not fit beside its text. */
function* lines(file: string): Generator<unknown> {
  const text = readFileSync(file, 'utf8');
  for (let [from, at] = [0, 1]; from < text.length; at += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end === -1 ? text.length : end);
    from = end === -1 ? text.length : end + 1;
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(line);
    } catch (error) {
      throw new Error(`${file}, line ${at}: ${String(error)}. Give one JSON object a line.`);
    }
  }
}

function summary(report: CheckReport): string {
  const { events, labels, disagreeing, unlabelled } = report;
  return `${labels} labels on ${events} events: ${disagreeing} labels disagree, ${unlabelled} completions have no label`;
}

const print = (text: string) => process.stdout.write(text);
const printJson = (value: unknown) => print(`${JSON.stringify(value)}\n`);

/** How long it took by processor: on a busy machine the clock says little. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1e5) / 10;
}

function printReport(report: CheckReport): void {
  for (const { incidentId, field, label, found } of report.disagreements) {
    print(`${incidentId}: ${field}\n  label: ${label}\n  found: ${found}\n`);
  }
  print(`${summary(report)}\n`);
}

function flags() {
  const { values } = parseArgs({
    options: {
      events: { type: 'string' },
      labels: { type: 'string' },
      registry: { type: 'string' },
      policy: { type: 'string', default: SHIPPED_POLICY },
      assurance: { type: 'string', default: 'authenticated' },
      compare: { type: 'string' },
      faults: { type: 'boolean', default: false },
      giveaways: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  return values;
}

function run(): number {
  const values = flags();
  const { events, labels, registry, policy, json } = values;
  if (labels !== undefined && values.compare !== undefined) {
    const files = [lines(labels), lines(values.compare)] as const;
    if (json) printJson(overlapsOf(...files));
    else print(overlapReport(...files));
    return 0;
  }
  if (values.giveaways && events !== undefined && labels !== undefined) {
    const files = [lines(events), lines(labels)] as const;
    if (json) printJson(giveawayJson(...files));
    else print(giveawayReport(...files));
    return 0;
  }
  if (events === undefined || labels === undefined || registry === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const assurance = ASSURANCES.find((one) => one === values.assurance);
  if (assurance === undefined) {
    process.stderr.write(`--assurance ${values.assurance}: give one of ${ASSURANCES.join(', ')}\n`);
    return 2;
  }
  const check = checkerOf({
    assurance,
    progress: (text) => process.stderr.write(`${text}\n`),
    events: [...lines(events)],
    registry: parse(readFileSync(registry, 'utf8')),
    policy: parse(readFileSync(policy, 'utf8')),
  });
  const given = [...lines(labels)];
  if (values.faults) {
    if (json) printJson(faultResults(given, check));
    else print(faultReport(given, check));
    return 0;
  }
  const report = check(given);
  if (json) printJson({ ...report, processor_s: processorSeconds() });
  else printReport(report);
  return report.disagreements.length === 0 ? 0 : 1;
}

try {
  process.exitCode = run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
