/** What an agent did in its latest tasks, as far as envelopes ask. Identifiers as 36-bit prints. */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { PRINT_36, printSet } from '../../domain/record-table.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';

/** The longest untouched starts anew. */
export const TASKS_MAX = 64;
/** Of which reads are remembered. */
export const TASKS_READ_MAX = 16;
/** By trust; further ones count as unseen. */
export const TASK_IDS_MAX = 512;
const IDS = printSet(PRINT_36, TASK_IDS_MAX);

export interface TaskProgress {
  readonly sinceMs: number;
  readonly calls: number;
  readonly trusted: string;
  readonly untrusted: string;
}

/** Longest untouched first. */
type Rows = readonly (readonly [task: string, sinceMs: number, calls: number])[];
type Read = readonly [trusted: string, untrusted: string];

const keyOf = (event: AuditEvent) => agentStateKey(event, 'progress');
const readKey = (event: AuditEvent, task: string) => agentStateKey(event, 'read', task);
const taskOf = (event: AuditEvent) => shortPrint(event.task?.id ?? event.chain_id);

export function progressOf(
  transaction: Transaction,
  event: AuditEvent,
  asksIds: boolean,
): TaskProgress {
  const task = taskOf(event);
  const ms = epochMs(event.event_time);
  const row = transaction.get<Rows>(keyOf(event))?.find(([one]) => one === task);
  const [trusted, untrusted] = (asksIds
    ? transaction.get<Read>(readKey(event, task))
    : undefined) ?? ['', ''];
  const [, sinceMs, calls] = row ?? [task, ms, 0];
  return { sinceMs: Math.min(ms, sinceMs), calls, trusted, untrusted };
}

export function wasRead(read: string, id: string): boolean {
  return IDS.has(read, shortPrint(id, PRINT_36));
}

function withIds(known: string, more: readonly string[]): string {
  let all = known;
  for (const id of more) {
    if (IDS.count(all) >= TASK_IDS_MAX) break;
    all = IDS.add(all, shortPrint(id, PRINT_36));
  }
  return all;
}

export function recordProgress(
  transaction: Transaction,
  event: AuditEvent,
  before: TaskProgress,
  keepsIds: boolean,
): void {
  const task = taskOf(event);
  const rows = transaction.get<Rows>(keyOf(event)) ?? [];
  const at = rows.findIndex(([one]) => one === task);
  const now = [
    ...rows.filter(([one]) => one !== task),
    [task, before.sinceMs, before.calls + 1] as const,
  ];
  transaction.put(keyOf(event), now.slice(-TASKS_MAX));
  const pushed = at < now.length - TASKS_READ_MAX ? now.at(-TASKS_READ_MAX - 1) : undefined;
  if (pushed !== undefined) transaction.delete(readKey(event, pushed[0]));
  const { result } = event;
  const sorted = (all: readonly string[] = []) => [...all].sort();
  // By field, then by name: a result's order must not choose.
  const ids = keepsIds ? [...sorted(result?.field_ids), ...sorted(result?.free_text_ids)] : [];
  if (ids.length === 0) return;
  const isTrusted = result?.trust === 'trusted';
  const read: Read = [
    isTrusted ? withIds(before.trusted, ids) : before.trusted,
    isTrusted ? before.untrusted : withIds(before.untrusted, ids),
  ];
  transaction.put(readKey(event, task), read);
}
