/** A task that acts after its deadline or end (`task-lease.ts`), with a little grace. Detection only. */

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
  deedInFull,
  type FindingRule,
  finding,
  hadEffect,
  nameOf,
} from '../../alerting/finding.ts';
import { callEnding, wasStopped } from '../../domain/call-ending.ts';
import { dateOfTime, MINUTE_MS } from '../../domain/day.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { modelDeed } from '../identity/model-deed.ts';
import { leaseOf, markOverrun, type TaskLease } from './task-lease.ts';

const GRACE = '2m';
const REPORTED_MAX = 8;

const REOPENED =
  'Whether the work was taken up again on purpose is not visible: a proven task_start before its first call would say so.';

interface Reported {
  readonly day: string;
  readonly tasks: readonly string[];
}

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
  const minutes = Math.max(1, Math.round(over / MINUTE_MS));
  const proven = lease.isProven && assuranceAtLeast(event.claims.task, 'authenticated');
  const isDone = hadEffect(event) && callEnding(event) !== 'failed';
  const end = lease.isEnded ? 'end' : 'deadline';
  const restated = lease.isEnded
    ? ' Work that is taken up again begins with a proven task_start, and none came before its first call.'
    : ' What a later call states as deadline, or leaves out, changes nothing.';
  return finding({
    kind: 'task_overrun',
    ruleId: 'task-overrun',
    severity: SEVERITIES['task-overrun'][!proven ? 'unproven' : isDone ? 'done' : 'plain'],
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
