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
import { type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { callEnding, wasStopped } from '../../domain/call-ending.ts';
import { dateOfTime, MINUTE_MS } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { taskOverrunWords } from '../../wording/tasks.ts';
import { leaseOf, markOverrun, type TaskLease } from './task-lease.ts';

const GRACE = '2m';
const REPORTED_MAX = 8;

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

function missedDeadline({ task }: AuditEvent, { untilMs }: TaskLease): string | undefined {
  const stated = task?.deadline;
  return stated !== undefined && epochMs(stated) === untilMs ? stated : undefined;
}

export const taskOverrun: FindingRule = (transaction, event, { limits, now }) => {
  if (wasStopped(event) || event.event_time_quality !== 'measured') return undefined;
  const lease = leaseOf(transaction, event);
  if (lease.untilMs === undefined) return undefined;
  const over = epochMs(event.event_time) - lease.untilMs;
  if (over <= durationMs(limits?.overrun_grace ?? GRACE)) return undefined;
  markOverrun(transaction, event);
  const { name } = alertName(transaction, event, now);
  const minutes = Math.max(1, Math.round(over / MINUTE_MS));
  const proven = lease.isProven && assuranceAtLeast(event.claims.task, 'authenticated');
  const isDone = hadEffect(event) && callEnding(event) !== 'failed';
  const { isEnded } = lease;
  const deadline = missedDeadline(event, lease);
  return finding({
    kind: 'task_overrun',
    ruleId: 'task-overrun',
    severity: RULE_SEVERITIES['task-overrun'][!proven ? 'unproven' : isDone ? 'done' : 'plain'],
    dedupeKey: name,
    ...taskOverrunWords(event, { minutes, isEnded, deadline }),
    renews: 'work',
    amount: minutes,
    restsOn: event.claims.task,
    threshold: 'none',
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
