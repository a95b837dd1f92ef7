/**
 * How probable it was that in this row (after this tool, in this workflow) this column comes (that tool, that
 * effect), and how probable that something no likelier does: the predictive p-value of a discrete outcome, the sum of
 * what is no more probable (Sanna Passino, Heard: Modelling dynamic network evolution as a Pitman–Yor
 * process, 2019, who rank connections of computers by it).
 *
 * Witten–Bell, interpolated (IEEE Trans. Inf. Theory 37(4), 1991, method C): of n in a row with k different ones,
 * k / (n + k) is left for what the next level says. Levels: the agent's row, the same row of its peers, in how many
 * rows of the agent a column stands (the lower order of Kneser, Ney 1995), and a shipped prior; what is left after
 * all of them is one outcome, something never met. On what was measured (docs/measurements/sequence.md) discounts
 * of Kneser–Ney and Pitman–Yor predicted no better, and want a constant each.
 */
import {
  DIFFERENT_NAMES,
  NAME_PRINT,
  nameAt,
  PAIR_WIDTH,
  pairCountAt,
} from '../kept/pair-counts.ts';

/** What peers do in a row: how many of them each column, and together. */
export interface PeerRow {
  readonly n: number;
  readonly columns: ReadonlyMap<number, number>;
}

export interface Prediction {
  readonly probability: number;
  /** Of this or anything that is no more probable. */
  readonly p: number;
  /** The agent has as many in all rows as were asked. */
  readonly isSettled: boolean;
  /** Of the agent's row: how many, how many different ones, and how many of this. */
  readonly n: number;
  readonly distinct: number;
  readonly count: number;
}

export interface Asked {
  readonly table: string;
  readonly row: number;
  readonly column: number;
  readonly peers?: PeerRow | undefined;
  /** How many in all rows are a history. */
  readonly settledMin: number;
  /** By column; what it leaves is for columns that were never met. */
  readonly prior?: ReadonlyMap<number, number> | undefined;
}

/**
 * By the number of a name, and all zero between two questions: how often it stands in the row, in how many rows, and
 * whether it is listed; then the list, and how probable each of it is. Maps and arrays made for each question took
 * longer than all of the rest.
 */
const own = new Int32Array(DIFFERENT_NAMES);
const rowsWith = new Int32Array(DIFFERENT_NAMES);
const isListed = new Uint8Array(DIFFERENT_NAMES);
const columns = new Int32Array(DIFFERENT_NAMES);
const each = new Float64Array(DIFFERENT_NAMES);
/** Two sums of the same parts in another order are as probable. */
const ALIKE = 1 + 1e-9;

interface Read {
  /** How many columns are listed, and how many of them are the agent's. */
  readonly known: number;
  readonly different: number;
  readonly isSettled: boolean;
  readonly n: number;
  readonly distinct: number;
}

/** The list has one more, unless this one stands there. */
function listed(known: number, column: number): number {
  if (isListed[column] === 1) return known;
  isListed[column] = 1;
  columns[known] = column;
  return known + 1;
}

/** The row and the columns of a table, into the lists above. */
function read({ table, row, peers, prior, settledMin }: Asked): Read {
  let [known, n, distinct, all] = [0, 0, 0, 0];
  for (let at = 0; at < table.length; at += PAIR_WIDTH) {
    const column = nameAt(table, at + NAME_PRINT);
    known = listed(known, column);
    rowsWith[column] = (rowsWith[column] ?? 0) + 1;
    if (all < settledMin) all += pairCountAt(table, at);
    if (nameAt(table, at) !== row) continue;
    const count = pairCountAt(table, at);
    own[column] = count;
    n += count;
    distinct += 1;
  }
  const different = known;
  if (peers !== undefined) for (const one of peers.columns.keys()) known = listed(known, one);
  if (prior !== undefined) for (const one of prior.keys()) known = listed(known, one);
  return { known, different, isSettled: all >= settledMin, n, distinct };
}

function forget(known: number): void {
  for (let at = 0; at < known; at += 1) {
    const column = columns[at] ?? 0;
    own[column] = 0;
    rowsWith[column] = 0;
    isListed[column] = 0;
  }
}

/** `(count + k × below) / (n + k)`; where nothing was counted, what lies below. */
const interpolated = (count: number, n: number, k: number, below: number): number =>
  n === 0 ? below : (count + k * below) / (n + k);

function probabilityOf(column: number, { table, peers, prior }: Asked, found: Read): number {
  const { different, n, distinct } = found;
  const rows = table.length / PAIR_WIDTH;
  const usual = prior?.get(column) ?? 0;
  const anywhere = interpolated(rowsWith[column] ?? 0, rows, different, usual);
  const peer =
    peers === undefined
      ? anywhere
      : interpolated(peers.columns.get(column) ?? 0, peers.n, peers.columns.size, anywhere);
  return interpolated(own[column] ?? 0, n, distinct, peer);
}

export function predictColumn(asked: Asked): Prediction {
  const found = read(asked);
  const { known, isSettled, n, distinct } = found;
  const count = own[asked.column] ?? 0;
  let probability: number | undefined;
  let rest = 1;
  for (let at = 0; at < known; at += 1) {
    const column = columns[at] ?? 0;
    const one = probabilityOf(column, asked, found);
    each[at] = one;
    rest -= one;
    if (column === asked.column) probability = one;
  }
  forget(known);
  rest = Math.max(0, rest);
  probability ??= rest;
  let p = rest <= probability * ALIKE ? rest : 0;
  for (let at = 0; at < known; at += 1) {
    const one = each[at] ?? 0;
    if (one <= probability * ALIKE) p += one;
  }
  return { probability, p: Math.min(1, p), isSettled, n, distinct, count };
}
