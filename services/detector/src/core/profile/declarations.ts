/**
 * What the owner of an agent declared that it changes: `config_change` events under the agent's own uid.
 * A declaration covers what it names for a day (contracts), and what was learnt of volumes before it
 * begins anew. One whose sender is merely asserted counts for nothing: whoever can write into a log could
 * take back what was learnt, or push true declarations out of the list.
 */
import { type AuditEvent, assuranceAtLeast, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';

const DECLARATIONS_MAX = 16;
/** For how long a declaration covers what changes, and what clocks may differ by. */
export const DECLARED_MS = 86_400_000;
const SKEW_MS = 240_000;

type Declared = readonly (readonly [of: string, ms: number])[];
type Whose = Pick<AuditEvent, 'tenant_id' | 'agent'>;

const keyOf = (event: Whose) => agentKey(event, 'declared');

/** Remembers it; what was declared, as `model/lumen-5`; undefined where it does not count. */
export function declare(draft: Draft, event: AuditEvent): string | undefined {
  const of = event.target?.resource_id;
  if (of === undefined || event.phase !== 'completed') return undefined;
  if (!assuranceAtLeast(event.agent.assurance, 'authenticated')) return undefined;
  const key = keyOf(event);
  const before = draft.get<Declared>(key) ?? [];
  draft.put(key, [...before, [of, epochMs(event.event_time)] as const].slice(-DECLARATIONS_MAX));
  return of;
}

/** Whether what was declared names a change. */
function covers(of: string, change: string): boolean {
  if (of === change || of.startsWith('release/')) return true;
  // Networks are written in as many ways as there are people who declare them.
  if (change.startsWith('network/')) return of.startsWith('network/');
  return change.startsWith('tool/') && of.startsWith(`${change}/`);
}

/** Whether a change is covered that came between these two moments (`sinceMs`: last seen as before). */
export function isDeclared(
  draft: Draft,
  event: AuditEvent,
  change: string,
  sinceMs: number,
): boolean {
  const byMs = epochMs(event.event_time) + SKEW_MS;
  return (draft.get<Declared>(keyOf(event)) ?? []).some(
    ([of, at]) => covers(of, change) && at <= byMs && sinceMs - at <= DECLARED_MS,
  );
}

/** What was declared of this agent in the day before a moment. */
export function declaredChanges(draft: Draft, event: AuditEvent, ms: number): readonly string[] {
  return (draft.get<Declared>(keyOf(event)) ?? [])
    .filter(([, at]) => at <= ms + SKEW_MS && ms - at <= DECLARED_MS)
    .map(([of]) => of);
}

/** When the latest change of this agent was declared. */
export function declaredSince(draft: Draft, event: AuditEvent): number | undefined {
  return draft.get<Declared>(keyOf(event))?.at(-1)?.[1];
}
