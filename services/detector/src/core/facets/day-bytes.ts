/** How many bytes of results a day: the same where no count of records tells. */
import { counted } from '../short-text.ts';
import type { DayMeasure } from './day-measure.ts';

export const dayBytes: DayMeasure = {
  name: 'day_bytes',
  severity: 'low',
  say: (sum) => `${counted(sum, 'byte')} of results`,
  amountOf: ({ result }) => result?.size ?? 0,
  floor: 25_000_000,
  alike: 'data',
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
};
