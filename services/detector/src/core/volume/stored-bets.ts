/** How bets on records are stored: a list without names, and read as earlier versions stored it. */
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
  beforeRaised?: number,
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
  return before.raised === undefined ? old : [...old, before.raised];
}

export function fromStoredBets(stored: StoredBets): RecordBets {
  const [days, largest, second] = stored;
  const peaks = [largest, second] as const;
  if (stored[3] === undefined) return { ...NO_BETS, days, peaks };
  const bets = [
    { bet: stored[3], wins: stored[4] ?? 0 },
    { bet: stored[5] ?? 1, wins: stored[6] ?? 0 },
  ] as const;
  const stands = bets.some(({ bet }) => bet > 1);
  const from = stands ? { from: [stored[7] ?? 0, stored[8] ?? 0] as const } : {};
  if (stored[9] === undefined) return { days, peaks, bets, ...from };
  const old = { days: stored[9], peaks: [stored[10] ?? 0, stored[11] ?? 0] as const };
  const raised = stored[12];
  const before = raised === undefined ? old : { ...old, raised };
  return { days, peaks, bets, ...from, before };
}

/** The second largest is not known, and is not higher than the largest: nothing is told too early. */
export function fromEarlierBets([days, peak, bet, records]: EarlierBets): RecordBets {
  const peaks = [peak, peak] as const;
  if (bet <= 1) return { ...NO_BETS, days, peaks };
  return { days, peaks, bets: [{ bet, wins: records }, NO_BETS.bets[1]], from: peaks };
}
