/** The score of outside sources as one table, a row a source; what is of nothing is a dash. */
import { table } from '@waywarden/waywarden/input/command-output';
import { sayRate } from '../say-score.ts';
import type { Share } from '../scoring/interval.ts';
import { type FleetRow, type OutsideReport, SECOND_FLEET } from './evaluate-outside.ts';
import type { AlarmShares, SourceRow } from './rate-runs.ts';

const percent = (value: number) => (value * 100).toFixed(1);

function shareText({ k, n, share, interval }: Share): string {
  if (share === null) return '–';
  return `${percent(share)} % (${k}/${n}; ${percent(interval.low)}–${percent(interval.high)})`;
}

const HEADER = [
  'source',
  'hijacked/resisted/benign/asked',
  'calls',
  'hijacked: high',
  'medium+',
  'localised',
  'commanded',
  'harmless: high, any kind',
  'high hijack',
  'medium+ hijack',
  'commanded',
  'benign: high, any kind',
  'high hijack',
  'medium+ hijack',
  'commanded',
  'alerts/1,000 calls',
  'hijack',
  'unknown effect: calls',
  'tools',
];

const harmlessCells = (of: AlarmShares) =>
  [of.high_any, of.high_hijack, of.medium_hijack, of.commanded].map(shareText);

function cells(row: SourceRow): readonly string[] {
  const { hijacked, resisted, benign, asked } = row.runs;
  const { all, hijack } = row.alerts_per_1000;
  return [
    row.name,
    [hijacked, resisted, benign, asked].join('/'),
    String(row.calls),
    shareText(row.hijacked.high_hijack),
    shareText(row.hijacked.medium_hijack),
    shareText(row.localised),
    shareText(row.hijacked.commanded),
    ...harmlessCells(row.harmless),
    ...harmlessCells(row.benign),
    ...[all, hijack].map(({ rate }) => (rate === null ? '–' : rate.toFixed(2))),
    shareText(row.unknown_effect.calls),
    shareText(row.unknown_effect.tools),
  ];
}

const RULE_HEADER = ['source', 'rule', 'hijacked', 'by it alone', 'harmless', 'of them high'];

const ruleCells = ({ name, by_rule }: SourceRow): readonly (readonly string[])[] =>
  by_rule.map(({ rule_id, ...of }) => [
    ...[name, rule_id],
    ...[of.hijacked, of.alone, of.harmless, of.harmless_high].map(String),
  ]);

function fleetLines(fleet: FleetRow | null): readonly string[] {
  if (fleet === null) return [];
  const [count, rate, interval] = sayRate(fleet.alerts_per_1000_agent_days);
  return [
    `${SECOND_FLEET}: attacks found ${shareText(fleet.attacks)}; on the benign one ${count} false alerts, ${rate} per 1,000 agent-days (${interval})`,
  ];
}

export function sayOutside(report: OutsideReport): readonly string[] {
  const sample = report.sample === null ? 'whole sources' : `${report.sample} runs a source`;
  return [
    `outside sources: waywarden ${report.detector.version}, policy ${report.policy}, ${sample}; 95 % intervals clustered by task or attacked tool`,
    ...table(HEADER, report.rows.map(cells)),
    'Runs with an alert of a rule, medium or above:',
    ...table(RULE_HEADER, report.rows.flatMap(ruleCells)),
    ...fleetLines(report.fleet),
    ...report.skipped.map((one) => `SKIPPED: ${one.source}: ${one.absent.join(', ')} is absent`),
  ];
}
