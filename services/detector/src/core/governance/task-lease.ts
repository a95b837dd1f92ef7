/**
 * How long each task of an agent may go on, as far as the agent's own events told: the first deadline that
 * was stated of it, and when it was said to have ended. A deadline that a later call states anew, or leaves
 * out, changes nothing: else whoever is late would say so himself. One that is proven replaces one that was
 * only asserted, and an earlier one of equal worth narrows it.
 *
 * A name may serve again: nightly work has one task id for ever. It is the next piece of work where a proven
 * `task_start` says so, or where a call comes six hours after the end, none came after it before, and the
 * claim is proven. Rejected: a new piece with every later deadline, which is what evades it.
 *
 * Kept by fingerprint, changed only when something is told. Limits: an end told by another agent than the
 * one that goes on lies in another partition; who waits for six hours is the next piece of work.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepLatest } from '../kept/keep-latest.ts';

/** Tasks of an agent whose lease is remembered; the one of which nothing was told for longest is forgotten. */
const TASKS_MAX = 128;
const TASK_PRINT = 10;
const NEXT_WORK_MS = 6 * 3_600_000;
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

function lastOf([, deadline, end]: Row): number {
  if (end === NONE) return deadline;
  return deadline === NONE ? end : Math.min(deadline, end);
}

/** Whether this call begins another piece of work under the same name. */
function isNextWork(event: AuditEvent, row: Row): boolean {
  const [last, at] = [lastOf(row), epochMs(event.event_time)];
  if (last === NONE || row[4] || !isProven(event) || at < last + NEXT_WORK_MS) return false;
  const stated = event.task?.deadline;
  return row[1] === NONE || (stated !== undefined && epochMs(stated) > at);
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
  const isStart = event.activity === 'task_start' && isProven(event);
  const begun: Row = [task, NONE, NONE, false, false];
  const before = known === undefined || isStart || isNextWork(event, known) ? begun : known;
  const stated = withDeadline(before, event);
  const isEnd = event.activity === 'task_end' && event.phase === 'completed' && isProven(event);
  const row: Row =
    isEnd && stated[2] === NONE
      ? [task, stated[1], epochMs(event.event_time), stated[3], stated[4]]
      : stated;
  if (row === known || (known === undefined && row === begun)) return;
  draft.put(leasesKey(event), keepLatest(rows, row, TASKS_MAX));
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
  const isEnded = end !== NONE && (deadline === NONE || end <= deadline);
  return { untilMs: lastOf(row), isEnded, isProven: isEnded || wasProven };
}

/** A call came after the end: no later deadline and no wait makes the name a new piece of work. */
export function markOverrun(draft: Draft, event: AuditEvent): void {
  const id = event.task?.id;
  const rows = draft.get<readonly Row[]>(leasesKey(event)) ?? [];
  const row = id === undefined ? undefined : rows.find(([one]) => one === taskPrint(id));
  if (row === undefined || row[4] || !isProven(event)) return;
  const [task, deadline, end, wasProven] = row;
  draft.put(leasesKey(event), keepLatest(rows, [task, deadline, end, wasProven, true], TASKS_MAX));
}
