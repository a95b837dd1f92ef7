/** How many calls a day: work that never bursts and never ends. */
import { counted } from '../short-text.ts';
import type { DayMeasure } from './day-measure.ts';

export const dayCalls: DayMeasure = {
  name: 'day_calls',
  severity: 'medium',
  say: (sum) => counted(sum, 'call'),
  amountOf: () => 1,
  floor: 500,
  alike: 'calls',
  taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0029'] },
};
