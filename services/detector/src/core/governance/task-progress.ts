/**
 * What one agent has done in one task so far, as far as an envelope asks: since when, how many
 * calls, and which identifiers it read in trusted and in untrusted results. Kept only for tasks
 * whose workflow has an envelope, in a ring, so that tasks without end can't grow the state.
 *
 * One agent's share of a task: this stage sees each agent apart. A task whose calls are spread over
 * agents is bounded for each of them, not in sum.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** Tasks of a partition whose progress is remembered; the oldest is forgotten and starts anew. */
export const TASKS_MAX = 100_000;
/** Identifiers remembered of a task, by trust; further ones are not, and count as unseen. */
export const TASK_IDS_MAX = 512;

export interface TaskProgress {
  readonly sinceMs: number;
  readonly calls: number;
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
}

function keyOf(event: AuditEvent): string {
  const task = event.task?.id ?? event.chain_id;
  return `task|${event.tenant_id}|${JSON.stringify([event.agent.uid, task])}`;
}

function remember(draft: Draft, key: string): void {
  const position = (draft.get<number>('task#next') ?? 0) % TASKS_MAX;
  const slot = `task#${position}`;
  const forgotten = draft.get<string>(slot);
  if (forgotten !== undefined) draft.delete(forgotten);
  draft.put(slot, key);
  draft.put('task#next', position + 1);
}

/** Progress before this call; its own start where there is none yet. */
export function progressOf(draft: Draft, event: AuditEvent): TaskProgress {
  const known = draft.get<TaskProgress>(keyOf(event));
  const ms = epochMs(event.event_time);
  if (known === undefined) return { sinceMs: ms, calls: 0, trusted: [], untrusted: [] };
  return ms < known.sinceMs ? { ...known, sinceMs: ms } : known;
}

function withIds(known: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = more.filter((one) => !known.includes(one));
  return fresh.length === 0 ? known : [...known, ...fresh].slice(0, TASK_IDS_MAX);
}

/** Adds this call and, where provenance is asked for, what it read. */
export function recordProgress(
  draft: Draft,
  event: AuditEvent,
  before: TaskProgress,
  keepsIds: boolean,
): void {
  const key = keyOf(event);
  if (draft.get(key) === undefined) remember(draft, key);
  const { result } = event;
  const ids = keepsIds ? [...(result?.field_ids ?? []), ...(result?.free_text_ids ?? [])] : [];
  draft.put(key, {
    sinceMs: before.sinceMs,
    calls: before.calls + 1,
    trusted: result?.trust === 'trusted' ? withIds(before.trusted, ids) : before.trusted,
    untrusted: result?.trust === 'trusted' ? before.untrusted : withIds(before.untrusted, ids),
  });
}
