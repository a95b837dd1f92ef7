/**
 * What is kept of how long an agent's tasks are: the tasks in hand, the longest of each day, and what
 * adds up over days. Stored as strings of fixed width where there are many.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { toolName } from '../kept/joined-names.ts';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { weekOf } from '../piece-of-work.ts';
import { declaredSince } from '../profile/declarations.ts';
import { isFoundRight } from '../profile/found.ts';
import {
  atDay,
  type DayMaxima,
  firstDaysOnce,
  foundHarmless,
  NOTHING,
  newMaxima,
  rebased,
} from '../volume/block-maxima.ts';
import { packedBeside, unpackedBeside } from '../volume/day-logs.ts';
import { type DayRows, NO_DAY, type OtherRows, othersOf } from '../volume/day-rows.ts';
import { type DayModel, dayScore, GRAIN, usualOf } from '../volume/day-score.ts';
import { ANCHOR_DAYS, ANCHOR_SLACK, firstDaysAllowing } from '../volume/first-days.ts';
import { afterDay, isQuiet, NO_WORK, type Work, withTask } from '../volume/quiet-days.ts';
import { afterChange, NO_BETS, type RecordBets, withDay } from '../volume/record-bets.ts';
import { SHIPPED_TAILS } from '../volume/shipped-tails.ts';
import {
  type EarlierBets,
  fromEarlierBets,
  fromStoredBets,
  type StoredBets,
  toStoredBets,
} from '../volume/stored-bets.ts';
import { fromStoredMaxima, type StoredMaxima, toStoredMaxima } from '../volume/stored-maxima.ts';
import { goingOn, isReleased, type Stretch } from '../volume/stretch.ts';
import { fromStoredDay, type StoredDay, toStoredDay } from './stored-day.ts';
import { withCall, withoutRows } from './task-records.ts';

const DAY_MS = 86_400_000;
/** Below so many calls of a task nothing alarms. */
export const TASK_FLOOR = 12;
export const TASK_MODEL: DayModel = {
  unit: 'count',
  tail: SHIPPED_TAILS.task_length,
  floor: TASK_FLOOR,
  ownTail: true,
};

/** What verdicts on its alerts are about. */
export const LENGTH_RULES = {
  long: 'task-length',
  grows: 'task-length-drift',
  rises: 'same-tool-drift',
} as const;

export interface TaskState {
  /** Latest last. */
  readonly tasks: string;
  readonly maxima: DayMaxima;
  readonly anchor: readonly number[];
  /** What lies above the anchor, added up over finished days, and on how many in a row. */
  readonly drift: number;
  readonly driftDays: number;
  /** Rows of calls of one tool today, and what the days before it have come to. */
  readonly today: DayRows;
  readonly rows: RecordBets;
  /** How many tasks today has, and how many are usual. */
  readonly work: Work;
  /** Of alarms that go on: tasks that grow longer, rows that rise. */
  readonly grows: Stretch | undefined;
  readonly rises: Stretch | undefined;
}

type StoredLengths = readonly [
  tasks: string,
  maxima: StoredMaxima,
  anchor: string,
  drift: number,
  driftDays: number,
  today: StoredDay,
];

/** As it is stored; stretches are left out where nothing alarms, and 0 where the other does. */
type Stored = readonly [...StoredLengths, rows: StoredBets, ...stretches: readonly number[]];
/** As versions until 1.50.0 stored it. */
type EarlierStored = readonly [...StoredLengths, ...EarlierBets, ...stretches: readonly number[]];

export function toStoredTasks(state: TaskState): Stored {
  const { tasks, maxima, anchor, drift, driftDays, work, rows, grows, rises } = state;
  const today = toStoredDay({ today: state.today, work, others: rows.others });
  const [longest, bets] = [toStoredMaxima(maxima), toStoredBets(rows)];
  const first = packedBeside(maxima.logs, anchor);
  if (grows === undefined && rises === undefined) {
    return [tasks, longest, first, drift, driftDays, today, bets];
  }
  const days = [grows?.since ?? 0, grows?.last ?? 0, rises?.since ?? 0, rises?.last ?? 0];
  return [...([tasks, longest, first, drift, driftDays, today, bets] as const), ...days];
}

function stretchOf(since = 0, last = 0): Stretch | undefined {
  return since === 0 ? undefined : { since, last };
}

const isEarlier = (stored: Stored | EarlierStored): stored is EarlierStored =>
  typeof stored[6] === 'number';

function fromEarlier(stored: EarlierStored): Pick<TaskState, 'rows' | 'grows' | 'rises'> {
  return {
    rows: fromEarlierBets([stored[6], stored[7], stored[8], stored[9]]),
    grows: stretchOf(stored[10], stored[11]),
    rises: stretchOf(stored[12], stored[13]),
  };
}

function betsOf(stored: Stored, others: OtherRows): Pick<TaskState, 'rows' | 'grows' | 'rises'> {
  return {
    rows: fromStoredBets(stored[6], others),
    grows: stretchOf(stored[7], stored[8]),
    rises: stretchOf(stored[9], stored[10]),
  };
}

function fromStored(stored: Stored | EarlierStored): TaskState {
  const { today, work, others } = fromStoredDay(stored[5]);
  const { rows, grows, rises } = isEarlier(stored) ? fromEarlier(stored) : betsOf(stored, others);
  return {
    tasks: stored[0],
    maxima: fromStoredMaxima(stored[1]),
    anchor: unpackedBeside(stored[1][0], stored[2]),
    drift: stored[3],
    driftDays: stored[4],
    today,
    work,
    rows,
    grows,
    rises,
  };
}

/** The sum of what lies above, at which it is a drift; and what one day adds at most, since a drift is many. */
export const DRIFT_SUM = 10;
export const DRIFT_DAY_MOST = DRIFT_SUM / 4;

/**
 * How far a day's longest task lies above the anchor, in its scales: above all of its days, too. Of an agent whose
 * tasks have five calls or fifty some of the first ten days had fifty, and days on which it has them again are no climb.
 * Nor is one day far above: of heavy tails two of them were a drift.
 */
export function above({ anchor }: TaskState, dayMax: number): number {
  const usual = usualOf(anchor, TASK_MODEL.unit);
  if (usual === undefined) return 0;
  const beyond = (Math.log1p(dayMax) - Math.max(...anchor) / GRAIN) / usual.scale;
  return Math.min(dayScore(usual, dayMax) - ANCHOR_SLACK, beyond, DRIFT_DAY_MOST);
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** A day is finished. One of which nothing may be learnt says nothing of how long tasks are. */
function atNewDay(state: TaskState, day: number, isHeld: (what: string) => boolean): TaskState {
  const { tasks, maxima, drift, driftDays, today, rows, work } = state;
  if (day <= maxima.day) return state;
  const now = atDay(maxima, day, TASK_MODEL, () => isHeld(LENGTH_RULES.long));
  const anchor = firstDaysOnce(state.anchor, maxima, now, TASK_MODEL);
  const next = {
    ...state,
    // A task that never ends is counted by the week, or each day of it would be longer than all before.
    tasks: weekOf(day) === weekOf(maxima.day) ? withoutRows(tasks) : '',
    maxima: now,
    anchor,
    today: NO_DAY,
    work: afterDay(work),
  };
  // What was too long for a month is the usual now: what drifts begins there too.
  if (next.maxima.since !== maxima.since) {
    return releasedAt({ ...next, anchor: [], drift: 0, driftDays: 0 }, day, isHeld);
  }
  if (maxima.dayMax === NOTHING) return releasedAt(next, day, isHeld);
  const moved = rounded(Math.max(0, drift + above(state, maxima.dayMax)));
  const isAnchor = anchor.length < ANCHOR_DAYS;
  return releasedAt(
    {
      ...next,
      // As it was, and not cut as days are learnt: first days of a life that grows would lie below all that follow.
      anchor: isAnchor ? [...anchor, Math.round(Math.log1p(maxima.dayMax) * GRAIN)] : anchor,
      drift: isAnchor ? 0 : moved,
      driftDays: isAnchor || moved === 0 ? 0 : driftDays + 1,
      rows: withDay(rows, {
        largest: today.longest,
        isQuiet: isQuiet(work),
        others: othersOf(today),
      }),
    },
    day,
    isHeld,
  );
}

/** What has alarmed for so long begins anew: as if it had been declared, since its days taught nothing. */
function releasedAt(
  { grows, rises, ...state }: TaskState,
  day: number,
  isHeld: (what: string) => boolean,
): TaskState {
  const [growing, rising] = [goingOn(grows, day), goingOn(rises, day)];
  const isOld = {
    grows: isReleased(grows, day) && !isHeld(LENGTH_RULES.grows),
    rises: isReleased(rises, day) && !isHeld(LENGTH_RULES.rises),
  };
  const { maxima } = state;
  const anew = {
    anchor: [],
    drift: 0,
    driftDays: 0,
    maxima: rebased(maxima, day * DAY_MS, TASK_MODEL),
  };
  return {
    ...state,
    ...(isOld.grows ? anew : {}),
    ...(isOld.rises ? { rows: NO_BETS } : {}),
    grows: isOld.grows ? undefined : growing,
    rises: isOld.rises ? undefined : rising,
  };
}

/**
 * A declared change moves the anchor: the first days after it are the new ones. The old ones are not kept meanwhile,
 * as of volumes: tasks of some agents have five calls or a hundred, and ten days tell little of how often. What
 * rows have come to stays.
 */
function afterDeclared(state: TaskState, declaredMs: number | undefined): TaskState {
  const maxima = rebased(state.maxima, declaredMs, TASK_MODEL);
  if (maxima === state.maxima) return state;
  const rows = afterChange(state.rows);
  return { ...state, maxima, rows, anchor: [], drift: 0, driftDays: 0 };
}

function newState(day: number): TaskState {
  const nothing = { drift: 0, driftDays: 0, today: NO_DAY, rows: NO_BETS, work: NO_WORK };
  const none = { grows: undefined, rises: undefined };
  return { tasks: '', maxima: newMaxima(day), anchor: [], ...nothing, ...none };
}

export interface CountedTask {
  readonly next: TaskState;
  readonly calls: number;
  /** Calls of this tool in a row since the day began, this one included. */
  readonly row: number;
}

/** The agent's tasks with this call in one of them; undefined where it names none or has no time. */
export function countTask(draft: Draft, event: AuditEvent): CountedTask | undefined {
  const name = event.task?.id;
  if (name === undefined || event.event_time_quality !== 'measured') return undefined;
  const day = Math.floor(epochMs(event.event_time) / DAY_MS);
  const stored = knownOf<Stored | EarlierStored>(draft, event, 'lengths');
  const isHeld = (what: string) => isFoundRight(draft, event, what);
  const state = afterDeclared(
    stored === undefined ? newState(day) : atNewDay(fromStored(stored), day, isHeld),
    declaredSince(draft, event),
  );
  const { tasks, calls, row, isNew } = withCall(
    state.tasks,
    name,
    toolName(event.tool, event.activity),
  );
  const work = withTask(state.work, isNew);
  return { next: { ...state, tasks, work }, calls, row };
}

const lengthsFound = ({ maxima, anchor }: TaskState, upTo: number) => ({
  maxima: foundHarmless(maxima, upTo, TASK_MODEL),
  anchor: firstDaysAllowing(anchor, upTo),
});

/** Of what people found harmless, what was kept apart is learnt; what grew or rose begins anew, as if it were declared. */
export function releaseTasks(
  draft: Draft,
  whose: Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } },
  upTo: (what: string) => number | undefined,
): void {
  const stored = knownOf<Stored | EarlierStored>(draft, whose, 'lengths');
  const [long, grows, rises] = [LENGTH_RULES.long, LENGTH_RULES.grows, LENGTH_RULES.rises].map(
    upTo,
  );
  if (stored === undefined || (long ?? grows ?? rises) === undefined) return;
  const state = fromStored(stored);
  keepKnown(
    draft,
    whose,
    'lengths',
    toStoredTasks({
      ...state,
      ...(long === undefined ? {} : lengthsFound(state, long)),
      ...(grows === undefined ? {} : { anchor: [], drift: 0, driftDays: 0, grows: undefined }),
      ...(rises === undefined ? {} : { rows: NO_BETS, rises: undefined }),
    }),
  );
}
