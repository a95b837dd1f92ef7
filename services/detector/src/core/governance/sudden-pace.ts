/**
 * Whether an agent is suddenly faster than it ever was: calls within ten seconds, and calls of the model
 * within an hour, against the most that there ever were. Signs for `stolen-credential.ts` and no alarms:
 * a burst alone is judged by the volume facets, with a threshold that says how rare it is.
 *
 * Four times the most ever, and no less than a floor; an agent that never called the model has the first
 * such call as sign. Windows are fixed slots: a burst across a border counts as two of half its size.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { SETTLED_MIN } from './credential-place.ts';

const TIMES_MORE = 4;
const FAST = { slotMs: 10_000, floor: 20 } as const;
const MODEL = { slotMs: 3_600_000, floor: 30 } as const;
/** Sudden calls of the model within an hour that say something wherever they come from. */
const FLOOD_MIN = 100;

interface Slot {
  readonly at: number;
  readonly n: number;
  /** The most of the slots before. */
  readonly most: number;
}

interface State {
  readonly sinceMs: number;
  readonly n: number;
  readonly calls: Slot;
  readonly model: Slot;
}

/** As it is stored; earlier versions stored it with names. */
type Stored = readonly [
  sinceMs: number,
  n: number,
  ...calls: readonly [at: number, n: number, most: number],
  ...model: readonly [at: number, n: number, most: number],
];

const NO_SLOT: Slot = { at: 0, n: 0, most: 0 };

interface Fast {
  readonly n: number;
  readonly most: number;
}

export interface Pace {
  readonly isSettled: boolean;
  /** Calls within ten seconds, where that is machine speed for this agent. */
  readonly fast?: Fast;
  /** Calls of the model within the hour, where they come out of nothing. */
  readonly model?: Fast;
  /** How many these are, where they are a flood. */
  readonly flood?: number;
}

function fromStored(stored: Stored | State): State {
  if ('sinceMs' in stored) return stored;
  // By number: taking a list apart asks its iterator eight times, at each call.
  return {
    sinceMs: stored[0],
    n: stored[1],
    calls: { at: stored[2], n: stored[3], most: stored[4] },
    model: { at: stored[5], n: stored[6], most: stored[7] },
  };
}

function toStored({ sinceMs, n, calls, model }: State): Stored {
  return [sinceMs, n, calls.at, calls.n, calls.most, model.at, model.n, model.most];
}

/** A slot that was far out teaches nothing: what is four times the most stays out. */
function counted(slot: Slot, ms: number, { slotMs, floor }: typeof FAST | typeof MODEL): Slot {
  const at = Math.floor(ms / slotMs);
  if (at < slot.at) return slot;
  if (at === slot.at) return { at, n: slot.n + 1, most: slot.most };
  const isOut = slot.most > 0 && slot.n >= floor && slot.n >= slot.most * TIMES_MORE;
  return { at, n: 1, most: isOut ? slot.most : Math.max(slot.most, slot.n) };
}

/** The agent's pace with this call. */
export function paceOf(draft: Draft, event: AuditEvent): Pace {
  if (event.event_time_quality !== 'measured') return { isSettled: false };
  const ms = epochMs(event.event_time);
  const stored = knownOf<Stored | State>(draft, event, 'pace');
  const none = { sinceMs: ms, n: 0, calls: NO_SLOT, model: NO_SLOT };
  const before = stored === undefined ? none : fromStored(stored);
  const isModel = event.activity === 'model_call';
  const calls = counted(before.calls, ms, FAST);
  const model = isModel ? counted(before.model, ms, MODEL) : before.model;
  keepKnown(
    draft,
    event,
    'pace',
    toStored({ sinceMs: before.sinceMs, n: before.n + 1, calls, model }),
  );
  const isSettled = before.n >= SETTLED_MIN.calls && ms - before.sinceMs >= SETTLED_MIN.ms;
  if (!isSettled) return { isSettled };
  const isFast = calls.n >= FAST.floor && calls.n >= calls.most * TIMES_MORE;
  const isFirst = model.most === 0;
  const isSudden =
    isModel && (isFirst || (model.n >= MODEL.floor && model.n >= model.most * TIMES_MORE));
  const pace: { -readonly [K in keyof Pace]: Pace[K] } = { isSettled };
  if (isFast) pace.fast = calls;
  if (isSudden) pace.model = model;
  if (isSudden && model.n >= FLOOD_MIN) pace.flood = model.n;
  return pace;
}
