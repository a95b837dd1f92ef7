/**
 * How long each task of an agent may go on, as far as the agent's own events told: the first deadline that was stated
 * of it, and when it was said to have ended. A deadline that a later call states anew, or leaves out, changes nothing:
 * else whoever is late would say so himself. One that is proven replaces one that was only asserted, and an earlier one
 * of equal worth narrows it, to its own time at most.
 * Limits: an end told by another agent than the one that goes on lies in another partition.
 */

import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { wasStopped } from '../../domain/call-ending.ts';
import { MINUTE_MS } from '../../domain/day.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/keep-worthiest.ts';
import { beginningOf, leaseEndOf, minutesBegun, type StoredLease } from './lease-row.ts';

/** Tasks of an agent whose lease is remembered; the one whose lease is worth least is forgotten. */
const TASKS_MAX = 128;
const TASK_PRINT = 10;
const NEXT_WORK_MS = 6 * 3_600_000;
/** After the end, for work that kept it and states its next deadline. */
const NEXT_RUN_MS = 10 * 60_000;
/** So many times the longest lease before is a run still, or ten minutes more: lengths that vary by a third each way. */
const LONGER = 2;

export interface TaskLease {
  /** When the task should have been over; undefined: nobody said. */
  readonly untilMs: number | undefined;
  /** It was said to have ended, and not only when it should. */
  readonly isEnded: boolean;
  readonly isProven: boolean;
}

const leasesKey = (event: AuditEvent) => agentStateKey(event, 'leases');
const isProven = (event: AuditEvent) => assuranceAtLeast(event.claims.task, 'authenticated');
const taskPrint = (id: string) => shortPrint(id, TASK_PRINT);
const statedMs = ({ task }: AuditEvent) =>
  task?.deadline === undefined ? undefined : epochMs(task.deadline);

/** Whether a lease of this length after such a rest is another run of the same work, and no extension. */
function isRunsLength({ longestMin }: StoredLease, lengthMs: number, restMs: number): boolean {
  if (longestMin === 0 || restMs >= Math.min(NEXT_WORK_MS, lengthMs)) return true;
  const longest = longestMin * MINUTE_MS;
  return lengthMs <= Math.max(LONGER * longest, longest + NEXT_RUN_MS);
}

/** Since when it is at rest: the end, the last call after it, or the end of a run that was not believed. */
function restSince(retained: StoredLease): number | undefined {
  const last = leaseEndOf(retained);
  return last === undefined ? undefined : last + retained.lateMin * MINUTE_MS;
}

/** Whether a proven call after a rest tells of another run: by a later deadline, or hours after an end without one. */
function comesAgain(event: AuditEvent, retained: StoredLease): boolean {
  const [since, at, stated] = [restSince(retained), epochMs(event.event_time), statedMs(event)];
  if (since === undefined || !isProven(event)) return false;
  if (retained.deadlineMs === undefined) return at >= since + NEXT_WORK_MS;
  const isLater = stated !== undefined && stated > Math.max(at, retained.deadlineMs);
  return isLater && at >= since + NEXT_RUN_MS;
}

/** Of a name that comes again: what is late for the first time must show that it recurs. */
function isRun(event: AuditEvent, retained: StoredLease): boolean {
  const at = epochMs(event.event_time);
  const [length, rest] = [(statedMs(event) ?? at) - at, at - (restSince(retained) ?? at)];
  return (retained.lateMin === 0 || retained.recurs) && isRunsLength(retained, length, rest);
}

/** Whether a proven `task_start` begins another piece of work under the same name. */
function isNewStart(event: AuditEvent, retained: StoredLease): boolean {
  const { deadlineMs = -1, endMs } = retained;
  const [last, at, stated] = [leaseEndOf(retained), epochMs(event.event_time), statedMs(event)];
  if (event.activity !== 'task_start' || last === undefined || !isProven(event)) return false;
  const isLater = stated !== undefined && stated > Math.max(at, deadlineMs);
  const isRested = at >= last + NEXT_WORK_MS;
  if (retained.lateMin > 0) return isRested && isLater;
  // An end that is told long after the deadline ended nothing.
  const hasEnded = endMs !== undefined && endMs <= deadlineMs + NEXT_RUN_MS;
  return isLater || isRested || hasEnded || !retained.isProven;
}

/** What stands of the task once this call came: another piece of work, one that is told, or the same. */
function withCall(retained: StoredLease, event: AuditEvent): StoredLease {
  const { task, longestMin } = retained;
  const isNext =
    isNewStart(event, retained) || (comesAgain(event, retained) && isRun(event, retained));
  if (isNext) return { ...beginningOf(task), recurs: true, longestMin };
  // What was stopped is not told, and would show that a name recurs behind everybody's back.
  const isReported = (retained.isProven || retained.endMs !== undefined) && !wasStopped(event);
  return isReported && comesAgain(event, retained) ? withRunReported(retained, event) : retained;
}

/** It is told until the deadline that it states; from then on its name recurs, with leases as long as this. */
function withRunReported(retained: StoredLease, event: AuditEvent): StoredLease {
  const at = epochMs(event.event_time);
  const stated = statedMs(event) ?? at;
  const longestMin = Math.max(retained.longestMin, minutesBegun(stated - at));
  return { ...withLate(retained, Math.max(at, stated)), recurs: true, longestMin };
}

function withLate(retained: StoredLease, untilMs: number): StoredLease {
  const lateMin = minutesBegun(untilMs - (leaseEndOf(retained) ?? untilMs));
  return lateMin > retained.lateMin ? { ...retained, lateMin } : retained;
}

/**
 * What a lease is worth: nothing where it is only asserted; little once the task is over and was quiet since;
 * the more the nearer its end is; most just after the task has overrun it.
 */
function worthAt(ms: number) {
  return (retained: StoredLease): number => {
    if (!retained.isProven && retained.endMs === undefined && retained.lateMin === 0) return 0;
    const over = ms - (leaseEndOf(retained) ?? 0);
    if (retained.lateMin > 0) return over > NEXT_WORK_MS ? 2 : 5;
    return over > NEXT_RUN_MS ? 1 : 3 + NEXT_RUN_MS / (2 * NEXT_RUN_MS - over);
  };
}

const leasesOf = (transaction: Transaction, event: AuditEvent) =>
  transaction.get<readonly StoredLease[]>(leasesKey(event)) ?? [];

function storedOf(leases: readonly StoredLease[], event: AuditEvent): StoredLease | undefined {
  const id = event.task?.id;
  return id === undefined ? undefined : leases.find(({ task }) => task === taskPrint(id));
}

function keep(
  transaction: Transaction,
  event: AuditEvent,
  leases: readonly StoredLease[],
  retained: StoredLease,
): void {
  const others = leases.filter(({ task }) => task !== retained.task);
  const worth = worthAt(epochMs(event.event_time));
  transaction.put(leasesKey(event), keepWorthiest([...others, retained], TASKS_MAX, worth));
}

function withDeadline(retained: StoredLease, event: AuditEvent): StoredLease {
  const stated = statedMs(event);
  if (stated === undefined || retained.lateMin > 0) return retained;
  const [mine, at] = [isProven(event), epochMs(event.event_time)];
  const isFirst = retained.deadlineMs === undefined || (mine && !retained.isProven);
  if (!isFirst) {
    // Not back into the past: a rest since then would be one that never was.
    const deadlineMs = Math.max(stated, at);
    const isNarrower = mine === retained.isProven && deadlineMs < (retained.deadlineMs ?? 0);
    return isNarrower ? { ...retained, deadlineMs } : retained;
  }
  const lengthMin = mine ? minutesBegun(stated - at) : 0;
  const longestMin = Math.max(retained.longestMin, lengthMin);
  return { ...retained, deadlineMs: stated, isProven: mine, longestMin };
}

/** What was told of the event's task, with what the event itself tells. */
export function noteTaskLease(transaction: Transaction, event: AuditEvent): void {
  const id = event.task?.id;
  if (id === undefined || event.event_time_quality !== 'measured') return;
  const isTaskEnd = event.activity === 'task_end';
  const leases = leasesOf(transaction, event);
  const known = storedOf(leases, event);
  // Most calls tell nothing of their task.
  if (known === undefined && event.task?.deadline === undefined && !isTaskEnd) return;
  const begun = beginningOf(taskPrint(id));
  const before = known === undefined ? begun : withCall(known, event);
  const stated = withDeadline(before, event);
  const isEnd = isTaskEnd && event.phase === 'completed' && isProven(event);
  const after =
    isEnd && stated.endMs === undefined ? { ...stated, endMs: epochMs(event.event_time) } : stated;
  if (after === known || (known === undefined && after === begun)) return;
  keep(transaction, event, leases, after);
}

/** As long as the task of this event may go on. */
export function leaseOf(transaction: Transaction, event: AuditEvent): TaskLease {
  const retained = storedOf(leasesOf(transaction, event), event);
  const untilMs = retained === undefined ? undefined : leaseEndOf(retained);
  if (retained === undefined || untilMs === undefined) {
    return { untilMs: statedMs(event), isEnded: false, isProven: isProven(event) };
  }
  const { deadlineMs, endMs } = retained;
  const isEnded =
    endMs !== undefined && (deadlineMs === undefined || !retained.isProven || endMs <= deadlineMs);
  return { untilMs, isEnded, isProven: isEnded || retained.isProven };
}

/** A proven call came after a proven end: its rest begins anew, and a run that follows must show that it recurs. */
export function markOverrun(transaction: Transaction, event: AuditEvent): void {
  const leases = leasesOf(transaction, event);
  const retained = storedOf(leases, event);
  if (retained === undefined || !isProven(event)) return;
  const isStored = retained.isProven || retained.endMs !== undefined;
  const late = isStored ? withLate(retained, epochMs(event.event_time)) : retained;
  if (late !== retained) keep(transaction, event, leases, late);
}
