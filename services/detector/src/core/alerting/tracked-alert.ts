/** An alert as its life cycle stores it, and as it is reported. */
import type { Alert } from '@waywarden/schemas';
import type { Amounts } from './alarm.ts';

/**
 * `pending`: a weak sign, listed only, that waits for a second one. `active`: queued for people. `inhibited`: part of a group's alert, listed only. `throttled`: no place in the budget,
 * listed only. `silenced`: found wrong by a person; what comes again is another alert.
 */
export type AlertState = 'pending' | 'active' | 'inhibited' | 'throttled' | 'silenced';

export interface TrackedAlert {
  readonly alert: Alert;
  readonly state: AlertState;
  /** Of what is inhibited the group's alert id; of what is throttled why, in words. */
  readonly by?: string;
  /** What it is about, by fingerprint, and the largest amount of each. */
  readonly amounts: Amounts;
  readonly reported: {
    readonly count: number;
    readonly amounts: Amounts;
    /** Pieces of work, or credentials, that led it on that day. */
    readonly day: string;
    readonly led: readonly string[];
  };
}

const WHY: Readonly<Record<Exclude<AlertState, 'active' | 'silenced'>, (by: string) => string>> = {
  pending: () => 'it is a weak sign, and no other of this agent came within a day',
  inhibited: (by) => `other agents alarmed alike, which is reported once, as ${by}`,
  throttled: (by) => by,
};

export function asReported({ alert, state, by = '' }: TrackedAlert): Alert {
  if (state === 'active' || state === 'silenced') return alert;
  return { ...alert, hygiene: true, summary: `${alert.summary} Not queued: ${WHY[state](by)}.` };
}
