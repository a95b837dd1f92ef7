import type { Alert } from '@waywarden/schemas';
import { notQueuedWords } from '../wording/alerting.ts';
import type { Amounts } from './alarm.ts';

/**
 * `active`: queued. `inhibited`: part of a group. `throttled`: over budget. `silenced`: found wrong.
 */
export type AlertState = 'active' | 'inhibited' | 'throttled' | 'silenced';

export interface TrackedAlert {
  readonly alert: Alert;
  readonly state: AlertState;
  /** The group's alert id, or why it was throttled. */
  readonly by?: string;
  /** What it is about, by fingerprint, and the largest amount of each. */
  readonly amounts: Amounts;
  readonly reported: {
    readonly count: number;
    readonly amounts: Amounts;
    readonly day: string;
    readonly led: readonly string[];
  };
}

export function asReported({ alert, state, by = '' }: TrackedAlert): Alert {
  if (state === 'active' || state === 'silenced') return alert;
  return { ...alert, hygiene: true, summary: notQueuedWords(alert.summary, state, by) };
}
