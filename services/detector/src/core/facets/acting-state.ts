/** When an agent acted, as it is stored: one list, which earlier versions kept without its last number. */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Stretch } from '../volume/stretch.ts';
import { HOURS, NO_HOURS } from './known-hours.ts';
import type { Weekdays } from './known-weekdays.ts';

const DAY_MS = 86_400_000;
/** What stands before the days of what alarmed. */
const FIXED = 5;

/**
 * Calls by hour, and behind these 24 the hours (since 1970) that wait until they are known; all calls, days, the
 * last of these and the first.
 */
export type ActingState = readonly [
  hours: readonly number[],
  n: number,
  days: number,
  day: number,
  since: number,
  /**
   * First and latest day of what alarmed and goes on, left out where nothing did; then the weekdays, by which the
   * length is even.
   */
  ...rest: readonly number[],
];

export const dayOf = (event: AuditEvent): number => Math.floor(epochMs(event.event_time) / DAY_MS);

export function nothingYet(event: AuditEvent): ActingState {
  const day = dayOf(event);
  return [NO_HOURS, 0, 0, day - 1, day];
}

/**
 * What an act is held against: calls at hours that are known, and days before this one. What waits until it is known
 * is not counted (`known-hours.ts`): it may lie at the very hour of which it is said that nothing does.
 */
export function heldAgainst([hours, , days, last]: ActingState, day: number) {
  let calls = 0;
  for (let hour = 0; hour < HOURS; hour += 1) calls += hours[hour] ?? 0;
  return { calls, days: last === day ? days - 1 : days };
}

export function toldOf(state: ActingState): Stretch | undefined {
  if (state.length < FIXED + 2) return undefined;
  const [, , , , , since, last] = state;
  return since === undefined || last === undefined ? undefined : { since, last };
}

export function weekdaysOf(state: ActingState): Weekdays | undefined {
  const last = state.at(-1);
  return state.length % 2 === 0 && typeof last === 'number' ? last : undefined;
}

/** The list behind its first five. */
export function restOf(
  told: Stretch | undefined,
  weekdays: Weekdays | undefined,
): readonly number[] {
  const rest: number[] = [];
  if (told !== undefined) rest.push(told.since, told.last);
  if (weekdays !== undefined) rest.push(weekdays);
  return rest;
}
