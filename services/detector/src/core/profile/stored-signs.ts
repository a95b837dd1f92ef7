/** What adds up over days of an agent (`weak-signs.ts`), and how it is stored: lists without names. */
import type { HighDays } from './high-days.ts';
import type { ToldLevel } from './told-level.ts';

export interface Grown {
  /** Product of the finished days' e-values since it last began anew. */
  readonly grown: number;
  readonly since: number;
  /** Days in it that were odder than one in ten. */
  readonly odd: number;
}

export interface Signs {
  readonly day: number;
  /** Today's e-value of each feature so far, or that it alarmed. */
  readonly today: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, Grown>>;
  /** What was bet on days above all before, where it stands. */
  readonly highs: Readonly<Record<string, HighDays>>;
  /** The day on which they were told: for a month, what follows is more of the same. */
  readonly told?: number;
  /** Of features that were told, where there are any. */
  readonly levels?: Readonly<Record<string, ToldLevel>>;
}

/** Instead of today's e-value of a feature that alarmed today, as what alarms by itself is no weak sign, or that is not judged. */
export const ALARMED = -1;

/** Names as they are stored: by their place here, which is not to change; others in full. */
const PLACES = [
  'call_rate',
  'tool_rate',
  'record_volume',
  'byte_volume',
  'token_volume',
  'denial_rate',
  'task_length',
  'odd_task',
  'error_rate',
];

function toPlace(name: string): number | string {
  const at = PLACES.indexOf(name);
  return at < 0 ? name : at;
}

function fromPlace(feature: number | string): string {
  return typeof feature === 'string' ? feature : (PLACES[feature] ?? '');
}

/** What a row ends with where it says nothing is left out: a bet that has not grown, since today, on no odd day. */
type Row = readonly [
  feature: number | string,
  today: number,
  grown?: number,
  /** Days ago; earlier versions stored the day itself. */
  since?: number,
  odd?: number,
];

/** A bet on days above all before, of one feature. */
type HighRow = readonly [
  feature: number | string,
  from: number,
  /** Days ago. */
  since: number,
  days: number,
  wins: number,
  bet: number,
  won: 0 | 1,
];

/** Up to where a feature was told. */
type LevelRow = readonly [
  feature: number | string,
  log: number,
  /** Days ago. */
  since: number,
  isOpen: 0 | 1,
];

/** As it is stored: 0 where nothing was told, of each feature today's e-value and what has grown. */
export type StoredSigns = readonly [
  day: number,
  told: number,
  features: readonly Row[],
  /** Left out where none stands, and as earlier versions stored it. */
  highs?: readonly HighRow[],
  /** Left out where nothing was told, and as versions up to 1.127.0 stored it. */
  levels?: readonly LevelRow[],
];

/** No bet grows for so long, and no day of ours is as early. */
const DAYS_AGO_MAX = 10_000;

/** Digits of an e-value that are kept: it is a bet, not a measurement. */
const DIGITS = 5;
const rounded = (value: number) => Number(value.toPrecision(DIGITS));

function rowOf(
  name: string,
  today: number,
  { of, day }: { readonly of: Grown | undefined; readonly day: number },
): Row {
  const head = [toPlace(name), rounded(today)] as const;
  if (of === undefined) return [...head, 0];
  const { grown, since, odd } = of;
  const [most, ago] = [rounded(grown), day - since];
  if (odd !== 0) return [...head, most, ago, odd];
  if (ago !== 0) return [...head, most, ago];
  return most === 1 ? head : [...head, most];
}

export function toStoredSigns(signs: Signs): StoredSigns {
  const { day, today, features, highs, told = 0, levels } = signs;
  const names = [...new Set([...Object.keys(features), ...Object.keys(today)])];
  const rows = names.map((name) => rowOf(name, today[name] ?? 0, { of: features[name], day }));
  const standing = Object.entries(highs);
  if (standing.length === 0 && levels === undefined) return [day, told, rows];
  const high = standing.map(
    ([name, { from, since, days, wins, bet, won }]) =>
      [toPlace(name), from, day - since, days, wins, bet, won ? 1 : 0] as const,
  );
  return levels === undefined
    ? [day, told, rows, high]
    : [day, told, rows, high, levelRows(day, levels)];
}

function levelRows(day: number, levels: Readonly<Record<string, ToldLevel>>): readonly LevelRow[] {
  return Object.entries(levels).map(([name, { log, since, isOpen }]) => [
    ...([toPlace(name), log, day - since, isOpen ? 1 : 0] as const),
  ]);
}

function levelsOf(day: number, rows: readonly LevelRow[]): Record<string, ToldLevel> {
  return Object.fromEntries(
    rows.map(([name, log, ago, isOpen]) => [
      fromPlace(name),
      { log, since: day - ago, isOpen: isOpen === 1 },
    ]),
  );
}

function highsOf(day: number, rows: readonly HighRow[] = []): Record<string, HighDays> {
  return Object.fromEntries(
    rows.map(([name, from, ago, days, wins, bet, won]) => [
      fromPlace(name),
      { from, since: day - ago, days, wins, bet, won: won === 1 },
    ]),
  );
}

export function fromStoredSigns([day, told, rows, high, level]: StoredSigns): Signs {
  const today: Record<string, number> = {};
  const features: Record<string, Grown> = {};
  for (const row of rows) {
    const [name, bet, grown = 1, ago = 0, odd = 0] = [
      fromPlace(row[0]),
      row[1],
      row[2],
      row[3],
      row[4],
    ];
    if (bet !== 0) today[name] = bet;
    if (grown > 0) features[name] = { grown, since: ago > DAYS_AGO_MAX ? ago : day - ago, odd };
  }
  const highs = highsOf(day, high);
  return {
    day,
    today,
    features,
    highs,
    ...(told === 0 ? {} : { told }),
    ...(level === undefined ? {} : { levels: levelsOf(day, level) }),
  };
}
