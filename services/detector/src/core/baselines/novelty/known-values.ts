/** The values that an agent had of one kind, with counts; doubted ones wait until they came on several days. */
import { DAYS_KNOWN_MIN } from '../../domain/day.ts';
import type { Flag } from '../feature.ts';

/** With more than these only what is very unlikely alarms. */
export const KNOWN_VALUES_MAX = 96;
const WAITING_MAX = 24;
const CALLS_MAX = 250_000;

export type Waiting = readonly [
  print: string,
  first: number,
  last: number,
  days: number,
  isFlagged: 0 | 1,
];

export interface KnownValues {
  readonly n: number;
  /** More than are stored, perhaps. */
  readonly distinct: number;
  readonly since: number;
  readonly prints: readonly string[];
  readonly counts: readonly number[];
  readonly waiting: readonly Waiting[];
}

export const nothingKnown = (day: number): KnownValues => ({
  ...{ n: 0, distinct: 0, since: day, prints: [], counts: [], waiting: [] },
});

export function timesMet({ prints, counts }: KnownValues, print: string): number {
  const at = prints.indexOf(print);
  return at < 0 ? 0 : (counts[at] ?? 0);
}

/** How many calls had a value that was met this often or less. */
export function callsAsRare({ n, counts }: KnownValues, times: number): number {
  let [rare, stored] = [0, 0];
  for (const count of counts) {
    stored += count;
    if (count <= times) rare += count;
  }
  return rare + Math.max(0, n - stored);
}

function withValue(of: KnownValues, print: string): Pick<KnownValues, 'prints' | 'counts'> {
  if (of.prints.length < KNOWN_VALUES_MAX) {
    return { prints: [...of.prints, print], counts: [...of.counts, 1] };
  }
  const least = of.counts.indexOf(Math.min(...of.counts));
  return { prints: of.prints.with(least, print), counts: of.counts.with(least, 1) };
}

export function metOnceMore(of: KnownValues, print: string): KnownValues {
  const at = of.prints.indexOf(print);
  const n = Math.min(CALLS_MAX, of.n + 1);
  if (at >= 0) {
    const counts = of.counts.slice();
    counts[at] = Math.min(n, (counts[at] ?? 0) + 1);
    return {
      n,
      distinct: of.distinct,
      since: of.since,
      prints: of.prints,
      counts,
      waiting: of.waiting,
    };
  }
  const waiting = of.waiting.filter(([one]) => one !== print);
  return { n, distinct: of.distinct + 1, since: of.since, ...withValue(of, print), waiting };
}

export const waitingOf = ({ waiting }: KnownValues, print: string): Waiting | undefined =>
  waiting.find(([one]) => one === print);

/** Days from its first coming until a value is known; undefined: never by itself. */
export interface Ages {
  readonly doubtful: number;
  readonly flagged: number | undefined;
}

export function hasAged(waiting: Waiting | undefined, { doubtful, flagged }: Ages): boolean {
  if (waiting === undefined) return false;
  const [, first, last, days, isFlagged] = waiting;
  const age = isFlagged === 1 ? flagged : doubtful;
  return age !== undefined && days >= DAYS_KNOWN_MIN && last - first >= age;
}

/** A day counts once. */
export function waitedOnceMore(
  of: KnownValues,
  print: string,
  day: number,
  flag: Exclude<Flag, 'clear'>,
): KnownValues {
  const before = waitingOf(of, print);
  const isFlagged = flag === 'flagged' || before?.[4] === 1 ? 1 : 0;
  if (before !== undefined && before[2] >= day && before[4] === isFlagged) return of;
  const days = (before?.[3] ?? 0) + (before !== undefined && before[2] >= day ? 0 : 1);
  const own: Waiting = [
    print,
    before?.[1] ?? day,
    Math.max(day, before?.[2] ?? day),
    days,
    isFlagged,
  ];
  const others = of.waiting.filter(([one]) => one !== print);
  return { ...of, waiting: [...others, own].slice(-WAITING_MAX) };
}

export const isSettling = (waiting: Waiting | undefined, day: number): boolean =>
  waiting !== undefined && waiting[4] === 0 && day - waiting[1] < DAYS_KNOWN_MIN;
