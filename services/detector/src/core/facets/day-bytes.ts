/** How many bytes of arguments and results a day: the same where no count of records tells. */
import { byteCount, sayBytes } from './byte-count.ts';
import type { DayMeasure } from './day-measure.ts';

export const dayBytes: DayMeasure = {
  name: 'day_bytes',
  severity: 'low',
  say: sayBytes,
  amountOf: byteCount,
  floor: 25_000_000,
  alike: 'data',
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
};
