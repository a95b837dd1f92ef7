/** `waywarden evaluate DATASET`: detection quality on known data, as a table and as JSON. */
import { Command } from 'commander';
import {
  benignIds,
  judgeSplit,
  SPLITS,
  type SplitReport,
  scoreSplit,
} from '../evaluate/evaluate-agentdojo.ts';
import { loadAgentDojo } from '../evaluate/load-agentdojo.ts';
import { Progress, report, table, UsageError } from './command-output.ts';

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

interface EvaluateFlags {
  readonly data: string;
  readonly json?: true;
}

async function evaluate(dataset: string, flags: EvaluateFlags): Promise<void> {
  if (dataset !== 'agentdojo') {
    throw new UsageError(`There is no dataset "${dataset}". Known: agentdojo.`);
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
  report(flags.json === true, { dataset, splits: reports }, summary(reports));
}

export const evaluateCommand = new Command('evaluate')
  .description('measure detection quality on known data')
  .argument('<dataset>', 'agentdojo')
  .option('--data <folder>', 'folder that holds the data set', DATA_DEFAULT)
  .option('--json', 'print one JSON object as the last line')
  .action(evaluate);
