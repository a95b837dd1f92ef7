/** The calibration in words: tables for whoever runs the command. */
import { table } from '../../commands/command-output.ts';
import type { Share } from '../scoring/interval.ts';
import { sayState } from '../state-sizes.ts';
import { ALL, type AlarmRow, type CalibrationReport, NOMINAL } from './calibration-report.ts';

const percent = (one: number) => (one * 100).toFixed(2);
const said = ({ share: of, k, interval: { low, high } }: Share) =>
  of === null ? '–' : `${percent(of)} (${percent(low)}–${percent(high)}; ${k})`;

const NO_CLAIM = 'no probability is claimed';

export function claimWords(claim: AlarmRow['claim']): string {
  if (claim === 'none') return NO_CLAIM;
  return claim === 'probability' ? 'a p-value' : `once in ${claim.days} days at most`;
}

export function rateWords({ count, rate, interval }: AlarmRow['alarms']): string {
  if (rate === null) return '–';
  const between = interval ? `${interval.low.toFixed(2)}–${interval.high.toFixed(2)}; ` : '';
  return `${rate.toFixed(2)} (${between}${count})`;
}

function sayChances({ rows }: CalibrationReport): readonly string[] {
  return [
    'What features say comes on at most so many benign days or calls, and on how many it came, in percent (95 %, clustered by agent; how many):',
    ...table(
      ['feature', 'class', 'per', 'judged', ...NOMINAL.map((p) => `nominal ${p * 100}`)],
      rows.map((row) => [
        row.feature,
        row.class,
        row.per ?? '–',
        String(row.judged),
        ...(row.per === null
          ? [NO_CLAIM, ...NOMINAL.slice(1).map(() => '')]
          : row.observed.map(({ came }) => said(came))),
      ]),
    ),
  ];
}

function sayAlarms({ alarms }: CalibrationReport): readonly string[] {
  return [
    'Alarms on benign agent-days, for each 1,000 (95 %, clustered by agent; alarms):',
    ...table(
      ['facet', 'class', 'agent-days', 'alarms', 'what the alarm claims'],
      alarms.map((row) => [
        row.facet,
        row.class,
        String(row.alarms.exposure),
        rateWords(row.alarms),
        row.class === ALL ? claimWords(row.claim) : '',
      ]),
    ),
  ];
}

function sayStated({ stated }: CalibrationReport): readonly string[] {
  if (stated.length === 0) return ['No alert stated anything: there was none.'];
  const range = (of: readonly [number, number] | null) =>
    of === null ? 'none' : [...new Set(of)].join('–');
  return [
    'What these alerts state, and the share of agent-days on which one stated so little, in percent:',
    ...table(
      ['facet', 'alerts', 'p-values', 'confidence', ...NOMINAL.map((p) => `at most ${p * 100}`)],
      stated.map((row) => [
        row.facet,
        String(row.alerts),
        range(row.p),
        range(row.confidence),
        ...row.observed.map(({ came }) => said(came)),
      ]),
    ),
  ];
}

function sayRules({ rules }: CalibrationReport): readonly string[] {
  if (rules.length === 0) return ['How often rules alarm was not asked for.'];
  return [
    `Alerts of rules over the registry, for each 1,000 agent-days; of none ${NO_CLAIM.replace('no ', 'a ')}:`,
    ...table(
      ['rule', 'class', 'queued', 'only listed'],
      rules
        .filter((row) => row.class === ALL || row.queued.count + row.listed.count > 0)
        .map((row) => [row.rule, row.class, rateWords(row.queued), rateWords(row.listed)]),
    ),
  ];
}

export function sayCalibration(report: CalibrationReport): readonly string[] {
  const { weak_signs: signs, state } = report;
  return [
    ...sayChances(report),
    ...sayAlarms(report),
    ...sayStated(report),
    ...sayRules(report),
    `Weak signs of several days added up to ${signs.alerts} alerts on ${signs.agent_days} agent-days; chance may bring ${signs.at_most.toFixed(1)} at most.`,
    sayState(state),
    'An alarm of volumes begins at 0.1 % of days, and beyond one and a half times the largest ever and a static floor.',
  ];
}
