/**
 * How long each task may go on: its first stated deadline, and its end. Later calls extend nothing; proven replaces
 * asserted, earlier narrows. Limit: another agent's end lies elsewhere.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { wasStopped } from '../../domain/call-ending.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/day.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/bounded-lists.ts';

interface StoredLease {
  /** Fingerprint of the task's id. */
  readonly task: string;
  readonly deadlineMs: number | undefined;
  readonly endMs: number | undefined;
  readonly isProven: boolean;
  readonly recurs: boolean;
  /** Minutes from the end to the latest proven call, or to its new deadline; 0: none. */
  readonly lateMin: number;
  /** Minutes; 0: not known. */
  readonly longestMin: number;
}

export const beginningOf = (task: string): StoredLease => ({
  ...{ task, deadlineMs: undefined, endMs: undefined, isProven: false, recurs: false },
  ...{ lateMin: 0, longestMin: 0 },
});

const minutesBegun = (ms: number) => Math.ceil(ms / MINUTE_MS);

/** An asserted deadline hides no proven end. */
function leaseEndOf({ deadlineMs, endMs, isProven }: StoredLease): number | undefined {
  if (endMs === undefined || deadlineMs === undefined) return endMs ?? deadlineMs;
  return isProven ? Math.min(deadlineMs, endMs) : endMs;
}

/** The lease worth least is forgotten. */
const TASKS_MAX = 128;
const TASK_PRINT = 10;
const NEXT_WORK_MS = 6 * HOUR_MS;
const NEXT_RUN_MS = 10 * MINUTE_MS;
/** Lengths vary by a third each way. */
const LONGER = 2;

export interface TaskLease {
  /** Undefined: nobody said. */
  readonly untilMs: number | undefined;
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

function restSince(retained: StoredLease): number | undefined {
  const last = leaseEndOf(retained);
  return last === undefined ? undefined : last + retained.lateMin * MINUTE_MS;
}

/** A later deadline, or hours without one. */
function comesAgain(event: AuditEvent, retained: StoredLease): boolean {
  const [since, at, stated] = [restSince(retained), epochMs(event.event_time), statedMs(event)];
  if (since === undefined || !isProven(event)) return false;
  if (retained.deadlineMs === undefined) return at >= since + NEXT_WORK_MS;
  const isLater = stated !== undefined && stated > Math.max(at, retained.deadlineMs);
  return isLater && at >= since + NEXT_RUN_MS;
}

/** What is late for the first time must show that it recurs. */
function isRun(event: AuditEvent, retained: StoredLease): boolean {
  const at = epochMs(event.event_time);
  const [length, rest] = [(statedMs(event) ?? at) - at, at - (restSince(retained) ?? at)];
  return (retained.lateMin === 0 || retained.recurs) && isRunsLength(retained, length, rest);
}

function isNewStart(event: AuditEvent, retained: StoredLease): boolean {
  const { deadlineMs = -1, endMs } = retained;
  const [last, at, stated] = [leaseEndOf(retained), epochMs(event.event_time), statedMs(event)];
  if (event.activity !== 'task_start' || last === undefined || !isProven(event)) return false;
  const isLater = stated !== undefined && stated > Math.max(at, deadlineMs);
  const isRested = at >= last + NEXT_WORK_MS;
  if (retained.lateMin > 0) return isRested && isLater;
  const hasEnded = endMs !== undefined && endMs <= deadlineMs + NEXT_RUN_MS;
  return isLater || isRested || hasEnded || !retained.isProven;
}

function withCall(retained: StoredLease, event: AuditEvent): StoredLease {
  const { task, longestMin } = retained;
  const isNext =
    isNewStart(event, retained) || (comesAgain(event, retained) && isRun(event, retained));
  if (isNext) return { ...beginningOf(task), recurs: true, longestMin };
  // Stopped calls are not reported.
  const isReported = (retained.isProven || retained.endMs !== undefined) && !wasStopped(event);
  return isReported && comesAgain(event, retained) ? withRunReported(retained, event) : retained;
}

/** From its deadline on its name recurs, with leases as long. */
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

/** Zero if only asserted, little once over and quiet; most just after an overrun. */
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
    // Not back into the past.
    const deadlineMs = Math.max(stated, at);
    const isNarrower = mine === retained.isProven && deadlineMs < (retained.deadlineMs ?? 0);
    return isNarrower ? { ...retained, deadlineMs } : retained;
  }
  const lengthMin = mine ? minutesBegun(stated - at) : 0;
  const longestMin = Math.max(retained.longestMin, lengthMin);
  return { ...retained, deadlineMs: stated, isProven: mine, longestMin };
}

export function noteTaskLease(transaction: Transaction, event: AuditEvent): void {
  const id = event.task?.id;
  if (id === undefined || event.event_time_quality !== 'measured') return;
  const isTaskEnd = event.activity === 'task_end';
  const leases = leasesOf(transaction, event);
  const known = storedOf(leases, event);
  // Most calls say nothing of their task.
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

/** The next run must show that it recurs. */
export function markOverrun(transaction: Transaction, event: AuditEvent): void {
  const leases = leasesOf(transaction, event);
  const retained = storedOf(leases, event);
  if (retained === undefined || !isProven(event)) return;
  const isStored = retained.isProven || retained.endMs !== undefined;
  const late = isStored ? withLate(retained, epochMs(event.event_time)) : retained;
  if (late !== retained) keep(transaction, event, leases, late);
}
