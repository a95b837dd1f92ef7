/** Something of which a day's sum is kept (`day-total.ts`). */
import type { AuditEvent, Severity } from '@waywarden/schemas';
import type { Alike, FacetAlarm } from './facet.ts';

export interface DayMeasure {
  readonly name: string;
  readonly severity: Severity;
  /** "43 calls" */
  readonly say: (sum: number) => string;
  /** What this event adds; 0 where it has nothing of this kind. */
  readonly amountOf: (event: AuditEvent) => number;
  /** A day with less never alarms. */
  readonly floor: number;
  readonly alike: Alike;
  readonly taxonomy: FacetAlarm['taxonomy'];
}
