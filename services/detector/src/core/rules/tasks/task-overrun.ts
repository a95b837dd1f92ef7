/**
 * A task that still acts after it should be over: after the first deadline that was stated of it, or after it was said
 * to have ended (`task-lease.ts`). The lease of a task is the longest that anything given for it should live; a call
 * after it, with a little grace for ends that were under way, is told at once. Detection only: what is taken away then
 * is the responder's matter.
 * Source: the task's own words, as far as they are proven. Limits: tasks without ids or deadlines have no lease.
 */

import type { AuditEvent } from '@waywarden/schemas';
import {
  assuranceAtLeast,
  durationMs,
  epochMs,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  dateOfTime,
  deedInFull,
  type FindingRule,
  finding,
  hadEffect,
  nameOf,
} from '../../alerting/finding.ts';
import { callEnding, wasStopped } from '../../domain/call-ending.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { modelDeed } from '../identity/model-deed.ts';
import { leaseOf, markOverrun, type TaskLease } from './task-lease.ts';

/** As the shipped policy has it. */
const GRACE = '2m';
/** Tasks of an agent that are told apart in one day. */
const REPORTED_MAX = 8;

/** What an analyst can't know of a case that a customer reopened, and how its source tells it. */
const REOPENED =
  'Whether the work was taken up again on purpose is not visible: a proven task_start before its first call would say so.';

interface Reported {
  readonly day: string;
  readonly tasks: readonly string[];
}

/** Under which name the alert goes on: the task's, or that of all further tasks of the day. */
function alertName(transaction: Transaction, event: AuditEvent, now: string) {
  const [day, name] = [dateOfTime(now), event.task?.id ?? event.chain_id];
  const key = agentStateKey(event, 'overran');
  const retained = transaction.get<Reported>(key);
  const tasks = retained?.day === day ? retained.tasks : [];
  const task = shortPrint(name);
  if (tasks.includes(task)) return { name, isOne: true };
  if (tasks.length >= REPORTED_MAX) return { name: `further|${day}`, isOne: false };
  transaction.put(key, { day, tasks: [...tasks, task] });
  return { name, isOne: true };
}

/** A deadline that this call states later is not the one that was missed. */
function expectedOf({ task }: AuditEvent, { isEnded, untilMs }: TaskLease): string {
  if (isEnded) return 'no call after the task ended';
  const stated = task?.deadline;
  const isMissed = stated !== undefined && epochMs(stated) === untilMs;
  return isMissed ? `no call after ${stated}` : 'no call after its first deadline';
}

export const taskOverrun: FindingRule = (transaction, event, { limits, now }) => {
  if (wasStopped(event) || event.event_time_quality !== 'measured') return undefined;
  const lease = leaseOf(transaction, event);
  if (lease.untilMs === undefined) return undefined;
  const over = epochMs(event.event_time) - lease.untilMs;
  if (over <= durationMs(limits?.overrun_grace ?? GRACE)) return undefined;
  markOverrun(transaction, event);
  const who = nameOf(event);
  const model = modelDeed(event);
  const { name } = alertName(transaction, event, now);
  const minutes = Math.max(1, Math.round(over / 60_000));
  const proven = lease.isProven && assuranceAtLeast(event.claims.task, 'authenticated');
  const isDone = hadEffect(event) && callEnding(event) !== 'failed';
  const end = lease.isEnded ? 'end' : 'deadline';
  const restated = lease.isEnded
    ? ' Work that is taken up again begins with a proven task_start, and none came before its first call.'
    : ' What a later call states as deadline, or leaves out, changes nothing.';
  return finding({
    kind: 'task_overrun',
    ruleId: 'task-overrun',
    severity: !proven ? 'low' : isDone ? 'high' : 'medium',
    dedupeKey: name,
    title: `${who} still ${model?.does ?? 'acts'} ${minutes} min after its task's ${end}`,
    summary: `${who} ${model?.did ?? deedInFull(event)} ${minutes} min after the ${end} of its task. What was granted for the task should have ended with it.${restated}`,
    renews: 'work',
    amount: minutes,
    expected: expectedOf(event, lease),
    observed: `a call ${minutes} min later`,
    ...(lease.isEnded ? { notVisible: [REOPENED] } : {}),
    restsOn: event.claims.task,
    threshold: 'none',
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
