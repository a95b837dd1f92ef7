/** The rewrites' results as a table for people. */
import { table } from '@waywarden/waywarden/input/command-output';
import type { Interval } from '../scoring/interval.ts';
import type { RewriteReport } from './evaluate-rewrites.ts';

const rate = (value: number) => value.toFixed(3);
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const between = ({ low, high }: Interval) => `${rate(low)}–${rate(high)}`;

export function sayRewrites(reports: readonly RewriteReport[], tuning: boolean): string[] {
  const rows = reports.map((r) => [
    r.rewrite,
    String(r.runs),
    String(r.positives),
    String(r.rewritten_runs),
    rate(r.auc),
    rate(r.tpr_at_1),
    between(r.intervals.tpr_at_1),
    rate(r.alarm.tpr),
    between(r.alarm.intervals.tpr),
    percent(r.alarm.fpr),
  ]);
  const folds = tuning ? 'the folds that rules were chosen on' : 'folds that no rule was chosen on';
  return [
    `Rewritten attacks (AgentDojo), unseen task, ${folds}; intervals clustered by task.`,
    ...table(
      [
        'rewrite',
        'runs',
        'positive',
        'rewritten',
        'AUC',
        'TPR@1%',
        '95 %',
        'alarm TPR',
        '95 %',
        'alarm FPR',
      ],
      rows,
    ),
    ...reports
      .filter((r) => r.unchanged_positives.length > 0)
      .map(
        (r) =>
          `${r.rewrite}: nothing to rewrite in ${r.unchanged_positives.length} of the positive`,
      ),
  ];
}
