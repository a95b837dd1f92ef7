/**
 * What the calls of an agent usually are like, as facets that only rank count it: each in one string, all of an agent
 * in one value of the state, since a key takes as much as most of them do.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';

/** Places in the list, which are not to change. */
const PLACES = { sequence: 0, purpose: 1, gapsWithin: 2, gapsBetween: 3 } as const;
export type Habit = keyof typeof PLACES;

type Stored = readonly [sequence: string, purpose: string, within: string, between: string];
const NONE: Stored = ['', '', '', ''];

const storedOf = (draft: Draft, event: AuditEvent): Stored =>
  knownOf<Stored>(draft, event, 'habits') ?? NONE;

/** Nothing where nothing was counted. */
export function habitOf(draft: Draft, event: AuditEvent, habit: Habit): string {
  return storedOf(draft, event)[PLACES[habit]];
}

export function keepHabit(draft: Draft, event: AuditEvent, habit: Habit, text: string): void {
  keepKnown(draft, event, 'habits', storedOf(draft, event).with(PLACES[habit], text));
}
