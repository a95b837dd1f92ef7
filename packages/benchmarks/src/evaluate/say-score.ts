/** Numbers of a score as people read them; what has no value is a dash, never a zero. */
import { table } from '@waywarden/waywarden/input/command-output';
import type { NamedFailures } from './scoring/assembly-failures.ts';
import type { Delays } from './scoring/delay.ts';
import type { Interval, Quality, Rate, Share } from './scoring/interval.ts';

/** Failures named in the table; `--json` names more. */
const NAMED_IN_TABLE_MAX = 8;

export function sayNumber(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

export function sayInterval(interval: Interval | null, digits = 3): string {
  if (interval === null) return '–';
  return `${interval.low.toFixed(digits)}–${interval.high.toFixed(digits)}`;
}

export function sayShare({ k, n, share }: Share): string {
  return share === null ? '– (0)' : `${(share * 100).toFixed(1)} % (${k}/${n})`;
}

export function sayRate({ count, rate, interval }: Rate): readonly string[] {
  return [String(count), sayNumber(rate, 2), sayInterval(interval, 2)];
}

export function qualityRow(name: string, quality: Quality): readonly string[] {
  const { tp, fp, fn, precision, recall, f1, intervals } = quality;
  return [
    name,
    ...[tp, fp, fn].map(String),
    sayNumber(precision),
    sayInterval(intervals.precision),
    sayNumber(recall),
    sayInterval(intervals.recall),
    sayNumber(f1),
    sayInterval(intervals.f1),
  ];
}

export const QUALITY_HEADER = [
  'level and rule',
  'right',
  'wrong',
  'missed',
  'precision',
  '95 %',
  'recall',
  '95 %',
  'F1',
  '95 %',
];

/** "median / 90 % / longest". */
export function sayDelay(spread: Delays['minutes']): string {
  return spread === null ? '–' : `${spread.median} / ${spread.p90} / ${spread.max}`;
}

export function sayFailures(what: string, { count, named }: NamedFailures): readonly string[] {
  if (count === 0) return [];
  const shown = named.slice(0, NAMED_IN_TABLE_MAX);
  const more = count - shown.length;
  return [`${what}: ${count}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`];
}

export function section(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return rows.length === 0 ? [] : ['', title, ...table(header, rows)];
}
