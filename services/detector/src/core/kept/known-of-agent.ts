/**
 * What is known of an agent, by name. What is asked for with each event stands together in one value, a list in which
 * each has its place: a key of its own takes as much as most of it does, and is one more to be found and stored.
 * What is large and changes seldom stands alone, since a value is stored as a whole.
 */
import type { Draft } from '@waywarden/stage';
import { agentKey, TOGETHER, type Together, togetherKey, type Whose } from './agent-key.ts';

/** Places are not to change; a new one comes behind the last. */
const NAMES = {
  /** By which it is judged, and since when. */
  standing: [
    ...['clock', 'pace', 'reached', 'ladder', 'used', 'posture', 'approvals', 'declared'],
    ...['released', 'effects', 'unpermitted'],
  ],
  met: [
    ...['met|first_tool', 'met|first_target', 'met|first_effect', 'met|first_environment'],
    'met|first_sensitivity',
  ],
  volumes: [
    ...['volume|call_rate', 'volume|tool_rate', 'volume|error_rate', 'volume|denial_rate'],
    ...['volume|token_volume', 'volume|byte_volume', 'volume|record_volume', 'daytotals'],
    ...['lengths', 'oddtask'],
  ],
  /** How it usually is at work. */
  ways: ['acted', 'habits', 'signs', 'rhythm'],
} as const satisfies Record<Together, readonly string[]>;

interface Place {
  /** In which of what stands together, by number. */
  readonly within: number;
  readonly at: number;
}
const PLACES: ReadonlyMap<string, Place> = new Map(
  TOGETHER.flatMap((together, within) =>
    NAMES[together].map((name, at) => [name, { within, at }] as const),
  ),
);

/** Stands where nothing is: nothing that is kept is nought. */
const NOTHING = 0;
const NONE: readonly unknown[] = [];

export function knownOf<Of>(draft: Draft, whose: Whose, name: string): Of | undefined {
  const place = PLACES.get(name);
  if (place === undefined) return draft.get<Of>(agentKey(whose, name));
  const known = draft.get<readonly Of[]>(togetherKey(whose, place.within))?.[place.at];
  return known === NOTHING ? undefined : known;
}

export function keepKnown(draft: Draft, whose: Whose, name: string, value: unknown): void {
  const place = PLACES.get(name);
  if (place === undefined) {
    draft.put(agentKey(whose, name), value);
    return;
  }
  const key = togetherKey(whose, place.within);
  const next = (draft.get<readonly unknown[]>(key) ?? NONE).slice();
  while (next.length < place.at) next.push(NOTHING);
  next[place.at] = value;
  draft.put(key, next);
}

/** What stands under one name, each by its own. */
export function eachKnown(
  name: string,
  value: unknown,
): readonly (readonly [name: string, value: unknown])[] {
  const together = TOGETHER.find((one) => one === name);
  if (together === undefined || !Array.isArray(value)) return [[name, value]];
  const names = NAMES[together];
  return value.flatMap((one, at) => (one === NOTHING ? [] : [[names[at] ?? name, one] as const]));
}
