/**
 * A row's cells as the store gives them back, for `verify`: bytes as text, half a surrogate pair as
 * U+FFFD.
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
