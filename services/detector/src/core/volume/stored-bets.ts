/** How bets on records are stored: a list without names, and read as earlier versions stored it. */
import { NO_OTHERS, type OtherRows } from './day-rows.ts';
import { NO_BETS, type RecordBets } from './record-bets.ts';

/** What is not there is left out from behind: no bet stands, nothing was declared. */
export type StoredBets = readonly [
  days: number,
  largest: number,
  second: number,
  bet?: number,
  wins?: number,
  topBet?: number,
  topWins?: number,
  fromLargest?: number,
  fromSecond?: number,
  beforeDays?: number,
  beforeLargest?: number,
  beforeSecond?: number,
  /** 0 where it can't be told, if anything follows. */
  beforeRaised?: number,
  /** Since 1.104.0. */
  beforeOthers?: number,
  beforeRepeats?: number,
];

/** Until 1.49.0: one bet, on records alone. */
export type EarlierBets = readonly [days: number, peak: number, bet: number, records: number];

export function toStoredBets({ days, peaks, bets, from, before }: RecordBets): StoredBets {
  const [record, top] = bets;
  if (before === undefined && from === undefined) return [days, ...peaks];
  const [largest, second] = from ?? [0, 0];
  const stand = [days, ...peaks, record.bet, record.wins, top.bet, top.wins] as const;
  if (before === undefined) return [...stand, largest, second];
  const old = [...stand, largest, second, before.days, ...before.peaks] as const;
  if (before.others[0] > 0) return [...old, before.raised ?? 0, ...before.others];
  return before.raised === undefined ? old : [...old, before.raised];
}

function beforeOf(stored: StoredBets): Pick<RecordBets, 'before'> {
  const [days, largest = 0, second = 0, raised = 0, rows = 0, repeats = 0] = stored.slice(9);
  if (days === undefined) return {};
  const old = { days, peaks: [largest, second], others: [rows, repeats] } as const;
  return { before: raised === 0 ? old : { ...old, raised } };
}

/** What else was done since the latest declared change is kept with the day that goes on. */
export function fromStoredBets(stored: StoredBets, others: OtherRows = NO_OTHERS): RecordBets {
  const [days, largest, second] = stored;
  const peaks = [largest, second] as const;
  if (stored[3] === undefined) return { ...NO_BETS, days, peaks, others };
  const bets = [
    { bet: stored[3], wins: stored[4] ?? 0 },
    { bet: stored[5] ?? 1, wins: stored[6] ?? 0 },
  ] as const;
  const stands = bets.some(({ bet }) => bet > 1);
  const from = stands ? { from: [stored[7] ?? 0, stored[8] ?? 0] as const } : {};
  return { days, peaks, others, bets, ...from, ...beforeOf(stored) };
}

/** The second largest is not known, and is not higher than the largest: nothing is told too early. */
export function fromEarlierBets([days, peak, bet, records]: EarlierBets): RecordBets {
  const peaks = [peak, peak] as const;
  if (bet <= 1) return { ...NO_BETS, days, peaks };
  const bets = [{ bet, wins: records }, NO_BETS.bets[1]] as const;
  return { days, peaks, others: NO_OTHERS, bets, from: peaks };
}
