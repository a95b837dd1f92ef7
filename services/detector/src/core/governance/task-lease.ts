/**
 * How long each task of an agent may go on, as far as the agent's own events told: the first deadline that
 * was stated of it, and when it was said to have ended. A deadline that a later call states anew, or leaves
 * out, changes nothing: else whoever is late would say so himself. One that is proven replaces one that was
 * only asserted, and an earlier one of equal worth narrows it, to its own time at most.
 *
 * A name may serve again: hourly and nightly work has one task id for ever. It is the next piece of work where
 * a proven claim states a later deadline ten minutes after the end or later, no proven call came after the
 * end before, and the lease that it states looks like another run: about as long as a lease before under this
 * name, or no longer than the rest before it, or after six hours. A longer one after a short rest is the same task
 * that is given more time after it was over, and by the responder's rule (`task_end`) nobody extends a lease.
 * Where no deadline stood, six hours after the end. A proven `task_start` says so at once, where the
 * former work had ended in time, had no proven deadline, or a later one is stated with it. Once a call came after the
 * end, only a `task_start` with a later deadline begins anew, six hours after it.
 * Rejected: a new piece with every later deadline, or with every `task_start`, which is what evades it; six hours
 * for everyone, which told every run of hourly work that kept its deadlines; the length of the last lease alone,
 * which told every long run after a short one.
 *
 * Kept by fingerprint, changed only when something is told. Limits: an end told by another agent than the
 * one that goes on lies in another partition; who rests for ten minutes and states a deadline of the usual length is
 * the next piece of work, and each may be half as long again; a run that begins within ten minutes of the last
 * one's deadline is none. A first lease of which only the last minutes were seen is short, so that a run of more
 * than half of its period is told.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepWorthiest } from '../kept/keep-worthiest.ts';
import {
  beginningOf,
  fromRow,
  type Kept,
  lastOf,
  minutesBegun,
  type Row,
  toRow,
} from './lease-row.ts';

/** Tasks of an agent whose lease is remembered; the one whose lease is worth least is forgotten. */
const TASKS_MAX = 128;
const TASK_PRINT = 10;
const NEXT_WORK_MS = 6 * 3_600_000;
/** After the end, for work that kept it and states its next deadline. */
const NEXT_RUN_MS = 10 * 60_000;
/** Runs of recurring work take up to so much longer than the longest before, or ten minutes where that is more. */
const LONGER_SHARE = 0.5;

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
const statedMs = ({ task }: AuditEvent) =>
  task?.deadline === undefined ? undefined : epochMs(task.deadline);

/** Whether a lease of this length after such a rest is another run of the same work, and no extension. */
function isRunsLength({ longestMin }: Kept, lengthMs: number, restMs: number): boolean {
  if (longestMin === 0 || restMs >= Math.min(NEXT_WORK_MS, lengthMs)) return true;
  const longest = longestMin * 60_000;
  return lengthMs <= longest + Math.max(LONGER_SHARE * longest, NEXT_RUN_MS);
}

/** Whether this call begins another piece of work under the same name. */
function isNextWork(event: AuditEvent, kept: Kept): boolean {
  const { deadlineMs = -1, endMs } = kept;
  const [last, at, stated] = [lastOf(kept), epochMs(event.event_time), statedMs(event)];
  if (last === undefined || !isProven(event)) return false;
  const isLater = stated !== undefined && stated > Math.max(at, deadlineMs);
  const isStart = event.activity === 'task_start';
  const isRested = at >= last + NEXT_WORK_MS;
  if (kept.isOverrun) return isStart && isRested && isLater;
  // An end that is told long after the deadline ended nothing.
  const hasEnded = endMs !== undefined && endMs <= deadlineMs + NEXT_RUN_MS;
  if (isStart) return isLater || isRested || hasEnded || !kept.isProven;
  if (kept.deadlineMs === undefined) return isRested;
  return isLater && at >= last + NEXT_RUN_MS && isRunsLength(kept, stated - at, at - last);
}

/**
 * What a lease is worth: nothing where it is only asserted; little once the task is over and was quiet since;
 * the more the nearer its end is; most just after the task has overrun it.
 */
function worthAt(ms: number) {
  return (row: Row): number => {
    const kept = fromRow(row);
    if (!kept.isProven && kept.endMs === undefined && !kept.isOverrun) return 0;
    const over = ms - (lastOf(kept) ?? 0);
    if (kept.isOverrun) return over > NEXT_WORK_MS ? 2 : 5;
    return over > NEXT_RUN_MS ? 1 : 3 + NEXT_RUN_MS / (2 * NEXT_RUN_MS - over);
  };
}

const rowsOf = (draft: Draft, event: AuditEvent) =>
  draft.get<readonly Row[]>(leasesKey(event)) ?? [];

function keptOf(rows: readonly Row[], event: AuditEvent): Kept | undefined {
  const id = event.task?.id;
  const task = id === undefined ? undefined : taskPrint(id);
  const row = rows.find(([one]) => one === task);
  return row === undefined ? undefined : fromRow(row);
}

function keep(draft: Draft, event: AuditEvent, rows: readonly Row[], kept: Kept): void {
  const others = rows.filter(([one]) => one !== kept.task);
  const worth = worthAt(epochMs(event.event_time));
  draft.put(leasesKey(event), keepWorthiest([...others, toRow(kept)], TASKS_MAX, worth));
}

function withDeadline(kept: Kept, event: AuditEvent): Kept {
  const stated = statedMs(event);
  if (stated === undefined) return kept;
  const [mine, at] = [isProven(event), epochMs(event.event_time)];
  const isFirst = kept.deadlineMs === undefined || (mine && !kept.isProven);
  if (!isFirst) {
    // Not back into the past: a rest since then would be one that never was.
    const deadlineMs = Math.max(stated, at);
    const isNarrower = mine === kept.isProven && deadlineMs < (kept.deadlineMs ?? 0);
    return isNarrower ? { ...kept, deadlineMs } : kept;
  }
  const lengthMin = mine ? minutesBegun(stated - at) : 0;
  const longestMin = Math.max(kept.longestMin, lengthMin);
  return { ...kept, deadlineMs: stated, isProven: mine, longestMin };
}

/** What was told of the event's task, with what the event itself tells. */
export function noteLease(draft: Draft, event: AuditEvent): void {
  const id = event.task?.id;
  if (id === undefined || event.event_time_quality !== 'measured') return;
  const rows = rowsOf(draft, event);
  const known = keptOf(rows, event);
  const begun = beginningOf(taskPrint(id), known?.longestMin);
  const before = known === undefined || isNextWork(event, known) ? begun : known;
  const stated = withDeadline(before, event);
  const isEnd = event.activity === 'task_end' && event.phase === 'completed' && isProven(event);
  const after =
    isEnd && stated.endMs === undefined ? { ...stated, endMs: epochMs(event.event_time) } : stated;
  if (after === known || (known === undefined && after === begun)) return;
  keep(draft, event, rows, after);
}

/** As long as the task of this event may go on. */
export function leaseOf(draft: Draft, event: AuditEvent): Lease {
  const kept = keptOf(rowsOf(draft, event), event);
  const untilMs = kept === undefined ? undefined : lastOf(kept);
  if (kept === undefined || untilMs === undefined) {
    return { untilMs: statedMs(event), isEnded: false, isProven: isProven(event) };
  }
  const { deadlineMs, endMs } = kept;
  const isEnded =
    endMs !== undefined && (deadlineMs === undefined || !kept.isProven || endMs <= deadlineMs);
  return { untilMs, isEnded, isProven: isEnded || kept.isProven };
}

/** A proven call came after a proven end: no later deadline makes the name a new piece of work. */
export function markOverrun(draft: Draft, event: AuditEvent): void {
  const rows = rowsOf(draft, event);
  const kept = keptOf(rows, event);
  if (kept === undefined || kept.isOverrun || !isProven(event)) return;
  if (kept.isProven || kept.endMs !== undefined)
    keep(draft, event, rows, { ...kept, isOverrun: true });
}
