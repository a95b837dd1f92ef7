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
  /** All of the agent. */
  readonly all: number;
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
  /** By column; what it leaves is for columns that were never met. */
  readonly prior?: ReadonlyMap<number, number> | undefined;
}

/**
 * By the number of a name, and all zero between two questions: how often it stands in the row, in how many rows, and
 * whether it is listed. Maps made for each question took longer than all of the rest.
 */
const own = new Int32Array(DIFFERENT_NAMES);
const rowsWith = new Int32Array(DIFFERENT_NAMES);
const isListed = new Uint8Array(DIFFERENT_NAMES);
/** Two sums of the same parts in another order are as probable. */
const ALIKE = 1 + 1e-9;

function list(columns: number[], column: number): void {
  if (isListed[column] === 1) return;
  isListed[column] = 1;
  columns.push(column);
}

interface Read {
  /** All columns that are known to anybody. */
  readonly columns: readonly number[];
  /** Those of the agent. */
  readonly different: number;
  readonly all: number;
  readonly n: number;
  readonly distinct: number;
}

/** The row and the columns of a table, into the lists above. */
function read({ table, row, peers, prior }: Asked): Read {
  const columns: number[] = [];
  let [n, distinct, all] = [0, 0, 0];
  for (let at = 0; at < table.length; at += PAIR_WIDTH) {
    const column = nameAt(table, at + NAME_PRINT);
    list(columns, column);
    rowsWith[column] = (rowsWith[column] ?? 0) + 1;
    const count = pairCountAt(table, at);
    all += count;
    if (nameAt(table, at) !== row) continue;
    own[column] = count;
    n += count;
    distinct += 1;
  }
  const different = columns.length;
  if (peers !== undefined) for (const column of peers.columns.keys()) list(columns, column);
  if (prior !== undefined) for (const column of prior.keys()) list(columns, column);
  return { columns, different, all, n, distinct };
}

function forget(columns: readonly number[]): void {
  for (const column of columns) {
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
  const { columns, all, n, distinct } = found;
  const each = columns.map((one) => probabilityOf(one, asked, found));
  const count = own[asked.column] ?? 0;
  const isKnown = isListed[asked.column] === 1;
  forget(columns);
  let rest = 1;
  for (const one of each) rest -= one;
  rest = Math.max(0, rest);
  const known = isKnown ? each[columns.indexOf(asked.column)] : undefined;
  const probability = known ?? rest;
  let p = rest <= probability * ALIKE ? rest : 0;
  for (const one of each) if (one <= probability * ALIKE) p += one;
  return { probability, p: Math.min(1, p), all, n, distinct, count };
}
