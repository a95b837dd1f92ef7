/** How many records a day: hoarding in small reads, all day long. */
import { recordCount } from '../profile/record-count.ts';
import { counted } from '../short-text.ts';
import type { DayMeasure } from './day-measure.ts';

export const dayRecords: DayMeasure = {
  name: 'day_records',
  severity: 'medium',
  say: (sum) => counted(sum, 'record'),
  amountOf: (event) => recordCount(event) ?? 0,
  floor: 2500,
  alike: 'data',
  taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
};
