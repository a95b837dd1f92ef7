/**
 * In which order values are put out when there is no room, and when they fall due: a queue of values for
 * each opener and hour, so that neither a flood nor its end is paid by one record. Whoever brought most
 * gives up, first what falls due in its first hour; a value that was seen again moves on when its turn
 * comes. Rejected: ranking a partition at once (exact, and one record then took seconds).
 */
import type { Draft } from '@waywarden/stage';
import { type DuePlace, firstDue, schedule, unschedule } from '../due-items.ts';
import { countOpen, whoHasMost } from '../most-owned.ts';

export interface FollowedValue {
  readonly tenant: string;
  readonly fp: string;
}

/** What one opener brought that falls due within one hour. */
interface Queue {
  readonly owner: string;
  readonly hour: number;
}

interface Ends {
  /** Of the first that is left, and of the next that comes. */
  readonly from: number;
  readonly next: number;
  /** Where the queue stands among those that fall due. */
  readonly due: DuePlace;
}

const HOUR_MS = 3_600_000;
/** Queues by when they fall due. */
const QUEUES = 'queues';
const NO_HOURS: readonly number[] = [];

const hoursKey = (owner: string) => `hours/${owner}`;
const endsKey = ({ owner, hour }: Queue) => `queue/${hour}/${owner}`;
const placeKey = ({ owner, hour }: Queue, n: number) => `queued/${hour}/${n}/${owner}`;

/** Who gives up a value when one has to go. */
export function ownerOf(tenant: string, opener: string): string {
  return JSON.stringify([tenant, opener]);
}

export function hourOf(dueMs: number): number {
  return Math.floor(dueMs / HOUR_MS);
}

function openQueue(draft: Draft, queue: Queue): Ends {
  const { owner, hour } = queue;
  const hours = draft.get<readonly number[]>(hoursKey(owner)) ?? NO_HOURS;
  draft.put(
    hoursKey(owner),
    [...hours, hour].sort((a, b) => a - b),
  );
  return { from: 0, next: 0, due: schedule(draft, queue, hour * HOUR_MS, QUEUES) };
}

function closeQueue(draft: Draft, queue: Queue, { due }: Ends): void {
  const { owner, hour } = queue;
  draft.delete(endsKey(queue));
  const hours = (draft.get<readonly number[]>(hoursKey(owner)) ?? NO_HOURS).filter(
    (one) => one !== hour,
  );
  if (hours.length > 0) draft.put(hoursKey(owner), hours);
  else draft.delete(hoursKey(owner));
  const moved = unschedule<Queue>(draft, due, QUEUES);
  const ends = moved === undefined ? undefined : draft.get<Ends>(endsKey(moved));
  if (moved !== undefined && ends !== undefined) draft.put(endsKey(moved), { ...ends, due });
}

/** Puts a value behind the others that this opener brought and that fall due within the same hour. */
function queueUp(draft: Draft, value: FollowedValue, queue: Queue): void {
  const { from, next, due } = draft.get<Ends>(endsKey(queue)) ?? openQueue(draft, queue);
  draft.put(placeKey(queue, next), value);
  draft.put(endsKey(queue), { from, next: next + 1, due } satisfies Ends);
}

/** Follows a value from now on. */
export function takeTurn(draft: Draft, value: FollowedValue, owner: string, dueMs: number): void {
  queueUp(draft, value, { owner, hour: hourOf(dueMs) });
  countOpen(draft, owner, 1);
}

/** When a value falls due by what is known of it now; undefined: it is not there any more. */
export type DueOf = (value: FollowedValue) => number | undefined;

/** The first of a queue, which is out of it now; undefined: it moved on to where it falls due. */
function lookAt(draft: Draft, queue: Queue, dueOf: DueOf): FollowedValue | undefined {
  const ends = draft.get<Ends>(endsKey(queue));
  const value = ends && draft.get<FollowedValue>(placeKey(queue, ends.from));
  if (ends === undefined || value === undefined) throw new Error('A queue of values is empty.');
  draft.delete(placeKey(queue, ends.from));
  const from = ends.from + 1;
  if (from === ends.next) closeQueue(draft, queue, ends);
  else draft.put(endsKey(queue), { ...ends, from });
  const { owner, hour } = queue;
  const dueMs = dueOf(value);
  if (dueMs !== undefined && hourOf(dueMs) > hour) {
    queueUp(draft, value, { owner, hour: hourOf(dueMs) });
    return undefined;
  }
  countOpen(draft, owner, -1);
  return value;
}

/** Whose turn it is when there is no room. */
function mostBrought(draft: Draft): Queue | undefined {
  const owner = whoHasMost(draft);
  const [hour] =
    owner === undefined ? NO_HOURS : (draft.get<readonly number[]>(hoursKey(owner)) ?? NO_HOURS);
  return owner === undefined || hour === undefined ? undefined : { owner, hour };
}

/** At most so many values are looked at and taken out. */
interface Bound {
  readonly looked: number;
  readonly taken: number;
}

function takeWhile(
  draft: Draft,
  next: () => Queue | undefined,
  dueOf: DueOf,
  { looked, taken }: Bound,
): readonly FollowedValue[] {
  const out: FollowedValue[] = [];
  for (let n = 0; n < looked && out.length < taken; n += 1) {
    const queue = next();
    if (queue === undefined) break;
    const value = lookAt(draft, queue, dueOf);
    if (value !== undefined) out.push(value);
  }
  return out;
}

/** Some of whoever brought most, to make room. */
export function takeMost(draft: Draft, dueOf: DueOf, bound: Bound): readonly FollowedValue[] {
  return takeWhile(draft, () => mostBrought(draft), dueOf, bound);
}

/** Some of what fell due: whole hours, so up to an hour later than to the letter. */
export function takeDueValues(
  draft: Draft,
  nowMs: number,
  dueOf: DueOf,
  max: number,
): readonly FollowedValue[] {
  const next = () => firstDue<Queue>(draft, nowMs, QUEUES);
  return takeWhile(draft, next, dueOf, { looked: max, taken: max });
}
