/** What is said of an amount that lies far beyond the first days of an agent. */
import { dateOfDay } from '../volume/block-maxima.ts';

const DAY_MS = 86_400_000;
/** Below such a part of the floor the first days held next to nothing, of which no number of times says anything. */
const FLOOR_PARTS = 6;

export function beyondFirstDays(amount: number, most: number, floor: number): string {
  if (most * FLOOR_PARTS < floor) return 'far more than on its first days';
  return `${Number((amount / most).toPrecision(2))} times the most of its first days`;
}

export function undeclaredSince(declaredMs: number | undefined): string {
  return declaredMs === undefined
    ? 'no change was declared since'
    : `no change since ${dateOfDay(Math.floor(declaredMs / DAY_MS))} was declared`;
}
