/**
 * How long each task of an agent may go on, as far as the agent's own events told: the first deadline that
 * was stated of it, and when it was said to have ended. A deadline that a later call states anew, or leaves
 * out, changes nothing: else whoever is late would say so himself. One that is proven replaces one that was
 * only asserted, and an earlier one of equal worth narrows it.
 *
 * A name may serve again: hourly and nightly work has one task id for ever. It is the next piece of work where
 * a proven claim states a later deadline ten minutes after the end or later, and no proven call came after the
 * end before; where no deadline stood, six hours after the end. A proven `task_start` says so at once, where the
 * former work had ended in time, had no proven deadline, or a later one is stated with it. Once a call came after the
 * end, only a `task_start` with a later deadline begins anew, six hours after it.
 * Rejected: a new piece with every later deadline, or with every `task_start`, which is what evades it; six hours
 * for everyone, which told every run of hourly work that kept its deadlines.
 *
 * Kept by fingerprint, changed only when something is told. Limits: an end told by another agent than the
 * one that goes on lies in another partition; who rests for ten minutes and states another deadline is the next
 * piece of work, and a run that begins within ten minutes of the last one's deadline is not.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepWorthiest } from '../kept/keep-worthiest.ts';

/** Tasks of an agent whose lease is remembered; the one whose lease is worth least is forgotten. */
const TASKS_MAX = 128;
const TASK_PRINT = 10;
const NEXT_WORK_MS = 6 * 3_600_000;
/** After the end, for work that kept it and states its next deadline. */
const NEXT_RUN_MS = 10 * 60_000;
const NONE = -1;

type Row = readonly [
  task: string,
  deadlineMs: number,
  endMs: number,
  isProven: boolean,
  /** A proven call came after the end. */
  isOverrun: boolean,
];

export interface Lease {
  /** When the task should have been over; undefined: nobody said. */
  readonly untilMs: number | undefined;
  /** It was said to have ended, and not only when it should. */
  readonly isEnded: boolean;
  readonly isProven: boolean;
}

const leasesKey = (event: AuditEvent) => agentKey(event, 'leases');
const isProven = (event: AuditEvent) => assuranceAtLeast(event.claims.task, 'authenticated');
const taskPrint = (id: string) => shortPrint(id, TASK_PRINT);

/** The end that stands: an asserted deadline does not hide a proven end. */
function lastOf([, deadline, end, wasProven]: Row): number {
  if (end === NONE) return deadline;
  return deadline === NONE || !wasProven ? end : Math.min(deadline, end);
}

/** Whether this call begins another piece of work under the same name. */
function isNextWork(event: AuditEvent, row: Row): boolean {
  const [, deadline, end, wasProven, isOverrun] = row;
  const [last, at] = [lastOf(row), epochMs(event.event_time)];
  if (last === NONE || !isProven(event)) return false;
  const stated = event.task?.deadline;
  const isLater = stated !== undefined && epochMs(stated) > Math.max(at, deadline);
  const isStart = event.activity === 'task_start';
  const isRested = at >= last + NEXT_WORK_MS;
  if (isOverrun) return isStart && isRested && isLater;
  // An end that is told long after the deadline ended nothing.
  const hasEnded = end !== NONE && end <= deadline + NEXT_RUN_MS;
  if (isStart) return isLater || isRested || hasEnded || !wasProven;
  return deadline === NONE ? isRested : isLater && at >= last + NEXT_RUN_MS;
}

/**
 * What a lease is worth: nothing where it is only asserted; little once the task is over and was quiet since;
 * the more the nearer its end is; most just after the task has overrun it.
 */
function worthAt(ms: number) {
  return (row: Row): number => {
    const [, , end, wasProven, isOverrun] = row;
    if (!wasProven && end === NONE && !isOverrun) return 0;
    const over = ms - lastOf(row);
    if (isOverrun) return over > NEXT_WORK_MS ? 2 : 5;
    return over > NEXT_RUN_MS ? 1 : 3 + NEXT_RUN_MS / (2 * NEXT_RUN_MS - over);
  };
}

function keep(draft: Draft, event: AuditEvent, rows: readonly Row[], row: Row): void {
  const others = rows.filter(([one]) => one !== row[0]);
  const worth = worthAt(epochMs(event.event_time));
  draft.put(leasesKey(event), keepWorthiest([...others, row], TASKS_MAX, worth));
}

function withDeadline(row: Row, event: AuditEvent): Row {
  const stated = event.task?.deadline;
  if (stated === undefined) return row;
  const [task, deadline, end, wasProven, isOverrun] = row;
  const [ms, mine] = [epochMs(stated), isProven(event)];
  const isFirst = deadline === NONE || (mine && !wasProven);
  const isNarrower = mine === wasProven && ms < deadline;
  return isFirst || isNarrower ? [task, ms, end, mine, isOverrun] : row;
}

/** What was told of the event's task, with what the event itself tells. */
export function noteLease(draft: Draft, event: AuditEvent): void {
  const id = event.task?.id;
  if (id === undefined || event.event_time_quality !== 'measured') return;
  const rows = draft.get<readonly Row[]>(leasesKey(event)) ?? [];
  const task = taskPrint(id);
  const known = rows.find(([one]) => one === task);
  const begun: Row = [task, NONE, NONE, false, false];
  const before = known === undefined || isNextWork(event, known) ? begun : known;
  const stated = withDeadline(before, event);
  const isEnd = event.activity === 'task_end' && event.phase === 'completed' && isProven(event);
  const row: Row =
    isEnd && stated[2] === NONE
      ? [task, stated[1], epochMs(event.event_time), stated[3], stated[4]]
      : stated;
  if (row === known || (known === undefined && row === begun)) return;
  keep(draft, event, rows, row);
}

/** As long as the task of this event may go on. */
export function leaseOf(draft: Draft, event: AuditEvent): Lease {
  const id = event.task?.id;
  const stated = event.task?.deadline;
  const task = id === undefined ? undefined : taskPrint(id);
  const row = draft.get<readonly Row[]>(leasesKey(event))?.find(([one]) => one === task);
  if (row === undefined || lastOf(row) === NONE) {
    const untilMs = stated === undefined ? undefined : epochMs(stated);
    return { untilMs, isEnded: false, isProven: isProven(event) };
  }
  const [, deadline, end, wasProven] = row;
  const isEnded = end !== NONE && (deadline === NONE || !wasProven || end <= deadline);
  return { untilMs: lastOf(row), isEnded, isProven: isEnded || wasProven };
}

/** A proven call came after a proven end: no later deadline makes the name a new piece of work. */
export function markOverrun(draft: Draft, event: AuditEvent): void {
  const id = event.task?.id;
  const rows = draft.get<readonly Row[]>(leasesKey(event)) ?? [];
  const row = id === undefined ? undefined : rows.find(([one]) => one === taskPrint(id));
  if (row === undefined || row[4] || !isProven(event)) return;
  const [task, deadline, end, wasProven] = row;
  if (wasProven || end !== NONE) keep(draft, event, rows, [task, deadline, end, wasProven, true]);
}
