/**
 * A row's cells as the store gives them back, for `verify`: bytes as text, and half a surrogate pair,
 * which is legal in a JavaScript string and has no UTF-8, as U+FFFD. The record's own text is in the
 * log.
 */
import type { Cells } from './archived-topic.ts';

function storedCell(cell: unknown): unknown {
  if (Array.isArray(cell)) return cell.map(storedCell);
  if (typeof cell === 'string') return Buffer.from(cell).toString('utf8');
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('utf8') : cell;
}

export function storedCells(cells: Cells): Cells {
  return cells.map(storedCell);
}
