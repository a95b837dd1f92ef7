/** A task is a lease: it also ends by deadline or proven silence, by our clock. */
import { type Alert, durationMs, formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { applyRule } from '../commands/apply-rule.ts';
import { taskEndRule } from '../model/built-in-rules.ts';
import { type Due, noteDue } from '../model/due-heap.ts';
import { type Holder, isProven, LINEAGE_REPORTED_EVERY_MS } from '../model/holder.ts';
import { putStoredLease, storedLease, takeStoredLease } from '../model/kept-lease.ts';
import { holderAt, putHolder } from '../model/lineage.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { endedAlert } from './ended-alert.ts';

type Over = { readonly atMs: number; readonly why: 'deadline' | 'idle' };

/** Undefined: no end of its own. */
function overAt({ policy, registry }: ResponseContext, holder: Holder): Over | undefined {
  const { taskEnd, overrunGraceMs } = policy;
  if (taskEnd === undefined || holder.taskId === undefined) return undefined;
  const ends: Over[] = [];
  if (taskEnd.deadlines === true) {
    const allowed = registry?.deadlines?.[holder.workflow ?? ''];
    const reported = holder.deadlineMs ?? Number.POSITIVE_INFINITY;
    const registered = allowed === undefined ? reported : holder.sinceMs + allowed;
    const atMs = Math.min(reported, registered);
    if (Number.isFinite(atMs)) ends.push({ atMs: atMs + overrunGraceMs, why: 'deadline' });
  }
  if (taskEnd.idle !== undefined) {
    // Calls are told only so often.
    const lastMs = holder.lastMs + LINEAGE_REPORTED_EVERY_MS;
    ends.push({ atMs: lastMs + durationMs(taskEnd.idle), why: 'idle' });
  }
  return ends.toSorted((a, b) => a.atMs - b.atMs)[0];
}

/** Far ends are looked at sooner. */
const LOOK_AHEAD_MS = 86_400_000;

export function noteLease(context: ResponseContext, holder: Holder, put = putHolder): void {
  const over = overAt(context, holder);
  if (over === undefined || holder.endedMs !== undefined) return;
  // It is looked then whether the end moved.
  if (holder.leaseMs !== undefined && holder.leaseMs <= over.atMs) return;
  const { key, tenantId } = holder;
  const atMs = Math.min(over.atMs, context.nowMs + LOOK_AHEAD_MS);
  const due = { atMs, what: 'lease', commandId: key, tenantId } as const;
  if (!noteDue(context.transaction, due, isProven(holder.assurance))) return;
  put(context.transaction, { ...holder, leaseMs: atMs });
}

function alertOf(context: ResponseContext, holder: Holder, over: Over): Alert {
  const { agentUid, taskId = '', lastMs } = holder;
  const last = formatLogTime({ ms: lastMs, ns: 0 });
  const summary =
    over.why === 'deadline'
      ? `The time of task ${taskId} of ${agentUid} is over, and it did not say that it had ended.`
      : `Nothing was heard of task ${taskId} of ${agentUid} since ${last}.`;
  return endedAlert(context, {
    tenantId: holder.tenantId,
    agentUid,
    taskId,
    key: `${over.why}|${holder.key}|${holder.sinceMs}`,
    time: last,
    what: over.why === 'deadline' ? 'is past its deadline' : 'is idle',
    summary,
    evidence: [],
    assurance: holder.assurance,
  });
}

export function settleLease(context: ResponseContext, due: Due): readonly Output[] {
  const { transaction, policy, registry, nowMs } = context;
  const inHand = holderAt(transaction, due.commandId);
  const holder = inHand ?? storedLease(transaction, due.commandId);
  const put = inHand === undefined ? putStoredLease : putHolder;
  // Only the last moment counts.
  if (holder?.leaseMs !== due.atMs || holder.endedMs !== undefined) return [];
  const { leaseMs: _, ...open } = holder;
  put(transaction, open);
  const over = overAt(context, holder);
  if (over === undefined || policy.taskEnd === undefined) return [];
  if (over.atMs > nowMs) {
    noteLease(context, open, put);
    return [];
  }
  if (inHand === undefined) takeStoredLease(transaction, due.commandId);
  else putHolder(transaction, { ...open, endedMs: nowMs });
  const { agentUid, restMs } = holder;
  const actorClass = registry?.classes[agentUid];
  const rule = taskEndRule(policy.taskEnd, { actorClass, restMs });
  return applyRule(context, alertOf(context, holder, over), rule, { isRoutine: true });
}
