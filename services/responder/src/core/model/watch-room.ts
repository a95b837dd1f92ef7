/**
 * Which orders calls are compared with, bounded: over, routine, then oldest go first. One put out stays at its
 * task.
 */
import type { Transaction } from '@waywarden/stage';
import { TASK_END_RULE } from './built-in-rules.ts';
import type { IssuedCommand } from './command-record.ts';
import { takenCredential } from './watched-subject.ts';

const WATCHED_MAX = 64;
/** Without room there, on one task. */
const WATCHED_OF_TASK_MAX = 8;

export const watchKey = (tenantId: string, agentUid: string) => `watch|${tenantId}|${agentUid}`;
export const taskKey = (tenantId: string, agentUid: string, taskId: string) =>
  `watch_task|${JSON.stringify([tenantId, agentUid, taskId])}`;
export const takenKey = (tenantId: string, uid: string) => `watch_credential|${tenantId}|${uid}`;

export const watchedAt = (transaction: Transaction, key: string): readonly string[] =>
  transaction.get<readonly string[]>(key) ?? [];

function watchKeys({ command, cause }: IssuedCommand): readonly string[] {
  if (cause === null) return [];
  const { tenant_id: tenantId, target } = command;
  const taken = takenCredential(command);
  const own = watchKey(tenantId, target.agent_uid);
  return taken === undefined ? [own] : [own, takenKey(tenantId, taken)];
}

function taskKeysOf({ command, subject }: IssuedCommand): readonly string[] {
  const { tenant_id: tenantId, target } = command;
  const { taskId } = subject;
  return taskId === undefined ? [] : [taskKey(tenantId, target.agent_uid, taskId)];
}

function keepAtTask(transaction: Transaction, gone: IssuedCommand): void {
  for (const key of taskKeysOf(gone)) {
    const ids = [...watchedAt(transaction, key), gone.command.command_id];
    transaction.put(key, ids.slice(-WATCHED_OF_TASK_MAX));
  }
}

function isRoutine({ ruleId, command, isNeeded }: IssuedCommand): boolean {
  return ruleId === TASK_END_RULE && command.action === 'revoke_token' && isNeeded !== true;
}

function isInForce({ restored, expiresMs }: IssuedCommand, nowMs: number): boolean {
  return !restored && expiresMs > nowMs;
}

function leastNeeded(all: readonly IssuedCommand[], nowMs: number): IssuedCommand | undefined {
  return all.find((one) => !isInForce(one, nowMs)) ?? all.find(isRoutine) ?? all[0];
}

export function addWatch(
  transaction: Transaction,
  issued: IssuedCommand,
  orderOf: (commandId: string) => IssuedCommand | undefined,
): readonly IssuedCommand[] {
  const nowMs = issued.issuedMs;
  const putOut: IssuedCommand[] = [];
  for (const key of watchKeys(issued)) {
    const ids = [...watchedAt(transaction, key), issued.command.command_id];
    transaction.put(key, ids);
    if (ids.length <= WATCHED_MAX) continue;
    const all = ids.map(orderOf).filter((one) => one !== undefined);
    const gone = leastNeeded(all, nowMs);
    transaction.put(
      key,
      all.filter((one) => one !== gone).map(({ command }) => command.command_id),
    );
    if (gone === undefined || !isInForce(gone, nowMs)) continue;
    keepAtTask(transaction, gone);
    putOut.push(gone);
  }
  return putOut;
}

export function removeWatch(transaction: Transaction, issued: IssuedCommand): void {
  const gone = issued.command.command_id;
  for (const key of [...watchKeys(issued), ...taskKeysOf(issued)]) {
    const ids = watchedAt(transaction, key);
    const left = ids.filter((id) => id !== gone);
    if (left.length === ids.length) continue;
    if (left.length === 0) transaction.delete(key);
    else transaction.put(key, left);
  }
}
