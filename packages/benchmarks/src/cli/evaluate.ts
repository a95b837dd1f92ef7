/** `waywarden evaluate DATASET`: detection quality on known data, as a table and as JSON. */
import { ASSURANCES } from '@waywarden/schemas';
import { Progress, report, table, UsageError } from '@waywarden/waywarden/input/command-output';
import { checkOutputs } from '@waywarden/waywarden/input/named-file';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  benignIds,
  judgeSplit,
  SPLITS,
  type SplitReport,
  scoreSplit,
} from '../evaluate/evaluate-agentdojo.ts';
import { evaluateCloudtrail, sayCloudtrail } from '../evaluate/evaluate-cloudtrail.ts';
import { type EvaluateStreamFlags, evaluateStream } from '../evaluate/evaluate-stream.ts';
import { leftOutModels } from '../evaluate/evidence/left-out-models.ts';
import { loadAgentDojo } from '../evaluate/load-agentdojo.ts';
import { evaluateOutside, type OutsideFlags } from '../evaluate/outside/evaluate-outside.ts';
import { sayOutside } from '../evaluate/outside/say-outside.ts';
import { evaluateRealRuns, type RealRunsFlags } from '../evaluate/real-runs/evaluate-real-runs.ts';
import { sayRealRuns } from '../evaluate/real-runs/say-real-runs.ts';
import { evaluateRewrites } from '../evaluate/rewrites/evaluate-rewrites.ts';
import { REWRITES } from '../evaluate/rewrites/rewrite-instruction.ts';
import { sayRewrites } from '../evaluate/rewrites/say-rewrites.ts';

const DATA_DEFAULT = '../shared/data/agentdojo';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const rate = (value: number) => value.toFixed(4);

function summary(reports: readonly SplitReport[]): string[] {
  const rows = reports.map((r) => [
    r.split.replace('_', ' '),
    String(r.runs),
    String(r.positives),
    rate(r.auc),
    rate(r.tpr_at_1),
    `${rate(r.intervals.tpr_at_1.low)}–${rate(r.intervals.tpr_at_1.high)}`,
    rate(r.tpr_at_5),
    rate(r.localisation),
    percent(r.alarm.tpr),
    percent(r.alarm.fpr),
  ]);
  return [
    'Hijacked agents (AgentDojo): learnt from benign runs only; intervals clustered by task.',
    ...table(
      [
        'split',
        'runs',
        'positive',
        'AUC',
        'TPR@1%',
        '95 %',
        'TPR@5%',
        'localised',
        'alarm TPR',
        'alarm FPR',
      ],
      rows,
    ),
    ...reports.map(
      (r) =>
        `${r.split}: ${r.missed.length} attacked runs without alarm, ${r.false_alarms.length} false alarms (names with --json)`,
    ),
  ];
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
}

interface AgentDojoFlags {
  readonly data: string;
  readonly rewrites?: true | readonly string[];
  readonly tuning?: true;
  readonly json?: true;
}

async function evaluateRewritten(flags: AgentDojoFlags): Promise<void> {
  const asked = flags.rewrites === true ? undefined : flags.rewrites;
  const progress = new Map<string, Progress>();
  const reports = await evaluateRewrites({
    folder: flags.data,
    rewrites: REWRITES.filter(({ name }) => asked?.includes(name) ?? true),
    tuning: flags.tuning === true,
    say: (what, runs) => {
      const line = progress.get(what) ?? new Progress(what);
      progress.set(what, line);
      line.show(`${runs} runs`);
    },
  });
  report(
    flags.json === true,
    { dataset: 'agentdojo', tuning: flags.tuning === true, rewrites: reports },
    sayRewrites(reports, flags.tuning === true),
  );
}

async function evaluateAgentDojo(flags: AgentDojoFlags): Promise<void> {
  if (flags.rewrites !== undefined) return evaluateRewritten(flags);
  if (flags.tuning === true) {
    throw new UsageError('--tuning divides the folds of --rewrites; name that flag too.');
  }
  const reading = new Progress('Reading runs');
  const { runs, labels } = await loadAgentDojo(flags.data, (n) => reading.show(`${n} runs`));
  reading.done(`${runs.length} runs`);
  const benign = benignIds(labels);
  const reports = SPLITS.map((split) => {
    const scoring = new Progress(`Scoring, ${split.replace('_', ' ')}`);
    let scored = 0;
    const scores = scoreSplit(runs, benign, split, () =>
      scoring.show(`${++scored} of ${runs.length}`),
    );
    scoring.done(`${scores.length} runs`);
    return judgeSplit(split, runs, labels, scores);
  });
  report(flags.json === true, { dataset: 'agentdojo', splits: reports }, summary(reports));
}

const WITHOUT = 'leave these features, rules, steps or terms out (ablation.md has them)';

function streamCommand(dataset: 'assembly' | 'fleet', scenario: string, what: string): Command {
  return new Command(dataset)
    .description(what)
    .option('--scenario <name>', 'which fleet is simulated', scenario)
    .option('--seed <texts...>', 'its seed; several are scored as one', ['tuning-1'])
    .option('--agents <n>', 'its agents', '58')
    .option('--days <n>', 'its days', '5')
    .option('--events <files...>', 'score these streams instead of simulated ones (with --labels)')
    .option('--labels <files...>', 'what is true of them')
    .option('--registry <files...>', "the streams' registries")
    .option('--alerts <files...>', "another detector's alerts; see docs/benchmarks-adapters.md")
    .option('--alerts-out <file>', "keep Waywarden's alerts in that format")
    .option('--failures-out <file>', 'write all failures by name there; the report shows the first')
    .option('--policy <file>', 'policy file (YAML); default: the shipped one')
    .option('--without <names...>', WITHOUT)
    .addOption(
      new Option('--assurance <assurance>', 'how far identities and claims are believed')
        .choices(ASSURANCES)
        .default('authenticated'),
    )
    .option('--json', 'print one JSON object as the last line')
    .action(async (flags: EvaluateStreamFlags) => {
      checkOutputs({ '--alerts-out': flags.alertsOut, '--failures-out': flags.failuresOut });
      const { value, lines } = await evaluateStream(dataset, flags);
      report(flags.json === true, value, lines);
    })
    .exitOverride();
}

export const evaluateCommand = new Command('evaluate')
  .description('measure detection quality on known data')
  .usage('<dataset> [options]')
  .showHelpAfterError(
    '(known data sets: agentdojo, assembly, cloudtrail, fleet, outside, real-runs)',
  )
  .addCommand(
    new Command('agentdojo')
      .description('hijacked agents on real runs')
      .option('--data <folder>', 'folder that holds the data set', DATA_DEFAULT)
      .addOption(
        new Option(
          '--rewrites [names...]',
          'instead: the attacks with what was planted said anew, all or these',
        ).choices(REWRITES.map(({ name }) => name)),
      )
      .option('--tuning', 'of the rewrites only the folds that rules may be chosen on')
      .option('--json', 'print one JSON object as the last line')
      .action(evaluateAgentDojo)
      .exitOverride(),
  )
  .addCommand(
    streamCommand('assembly', 'assembly', 'what agents do together: proofs, near-misses, cuts'),
  )
  .addCommand(
    streamCommand(
      'fleet',
      'fleet-benign',
      'false alarms on benign fleets, recall and delay on attacks',
    ),
  )
  .addCommand(
    new Command('cloudtrail')
      .description(
        'techniques of a red team in the audit of a cloud, ranked against ordinary activity',
      )
      .option('--data <folder>', 'folder that holds the data set', '../shared/data/cloudtrail')
      .option('--json', 'print one JSON object as the last line')
      .action(async (flags: { readonly data: string; readonly json?: true }) => {
        const score = await evaluateCloudtrail(flags.data);
        report(flags.json === true, { ...score }, sayCloudtrail(score));
      })
      .exitOverride(),
  )
  .addCommand(
    new Command('outside')
      .description('hijacked and harmless runs of benchmarks that nobody tuned on')
      .argument('[folder]', 'folder that holds the data sets', '../shared/data')
      .option('--only <names...>', 'these sources and no other')
      .option('--sample <runs>', 'that many runs of each source, evenly chosen', wholeNumber)
      .option('--policy <file>', 'policy file (YAML)', 'test/policies/enforcing.yaml')
      .option('--shipped', 'with the shipped weights, instead of ones fitted without the source')
      .option('--without <names...>', WITHOUT)
      .option('--json', 'print one JSON object as the last line')
      .action(async (folder: string, flags: OutsideFlags) => {
        const prepare = flags.shipped === true ? undefined : leftOutModels(folder);
        const score = await evaluateOutside(folder, flags, prepare);
        report(flags.json === true, score, sayOutside(score));
      })
      .exitOverride(),
  )
  .addCommand(
    new Command('real-runs')
      .description('alerts on real runs of agents, alone and together: who_and_when and others')
      .option('--data <folder>', 'folder that holds the data sets', '../shared/data')
      .option('--only <names...>', 'the sets whose names hold one of these texts')
      .option('--policy <file>', 'policy file (YAML); default: the shipped one')
      .option('--json', 'print one JSON object as the last line')
      .action(async (flags: RealRunsFlags) => {
        const score = await evaluateRealRuns(flags);
        report(flags.json === true, score, sayRealRuns(score));
      })
      .exitOverride(),
  );
