/**
 * Changes that an agent's owner declared (`config_change`). Each covers a day; asserted senders count for nothing.
 * Limit: whoever acts under a name declares under it.
 */
import { type AuditEvent, assuranceAtLeast, epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { CLOCK_SKEW_MAX_MS, DAY_MS } from '../../domain/day.ts';
import { namedBy } from '../../domain/registry/declared-tools.ts';
import { knownOf, storeKnown } from './agent-key.ts';

/** The latest, and all of a day: who changes a server declares its tools one by one. */
const DECLARATIONS_MAX = 16;
const OF_A_DAY_MAX = 64;
export const DECLARED_MS = DAY_MS;

const BY_ITSELF = 'self:';

type Declared = readonly (readonly [of: string, ms: number])[];
const NONE: Declared = [];
type Whose = Pick<AuditEvent, 'tenant_id' | 'agent'>;

const declaredOf = (transaction: Transaction, event: Whose) =>
  knownOf<Declared>(transaction, event, 'declared') ?? NONE;

function isByAnother({ principal, agent, claims }: AuditEvent): boolean {
  if (principal === undefined || principal.uid === agent.uid) return false;
  return assuranceAtLeast(claims.principal, 'authenticated');
}

function retained(all: Declared): Declared {
  const latest = all.at(-1)?.[1] ?? 0;
  const first = all.length - DECLARATIONS_MAX;
  return all.filter(([, ms], n) => n >= first || latest - ms <= DECLARED_MS).slice(-OF_A_DAY_MAX);
}

/** Such as `model/lumen-5`; undefined where it does not count. */
export function declare(transaction: Transaction, event: AuditEvent): string | undefined {
  const of = event.target?.resource_id;
  if (of === undefined || event.phase !== 'completed') return undefined;
  if (!assuranceAtLeast(event.agent.assurance, 'authenticated')) return undefined;
  latest = undefined;
  const before = declaredOf(transaction, event);
  const ms = epochMs(event.event_time);
  if (!isByAnother(event)) {
    const others = before.filter(([one]) => !one.startsWith(BY_ITSELF));
    storeKnown(transaction, event, 'declared', [
      [BY_ITSELF + of, ms],
      ...others,
    ] satisfies Declared);
    return undefined;
  }
  storeKnown(transaction, event, 'declared', retained([...before, [of, ms]]));
  return of;
}

function covers(of: string, change: string, { tool }: AuditEvent): boolean {
  if (of === change || of.startsWith('release/')) return true;
  if (change.startsWith('network/')) return of.startsWith('network/');
  return change.startsWith('tool/') && tool !== undefined && namedBy(of, tool) !== undefined;
}

/** `sinceMs`: last seen as before. */
export function isChangeDeclared(
  transaction: Transaction,
  event: AuditEvent,
  change: string,
  sinceMs: number,
): boolean {
  const byMs = epochMs(event.event_time) + 2 * CLOCK_SKEW_MAX_MS;
  return declaredOf(transaction, event).some(
    ([of, at]) => covers(of, change, event) && at <= byMs && sinceMs - at <= DECLARED_MS,
  );
}

const isWithinDay = (at: number, ms: number) =>
  at <= ms + 2 * CLOCK_SKEW_MAX_MS && ms - at <= DECLARED_MS;

export function declaredChanges(
  transaction: Transaction,
  event: AuditEvent,
  ms: number,
): readonly string[] {
  return declaredOf(transaction, event)
    .filter(([of, at]) => !of.startsWith(BY_ITSELF) && isWithinDay(at, ms))
    .map(([of]) => of);
}

/** Each volume asks. */
let latest: { transaction: Transaction; event: AuditEvent; since: number | undefined } | undefined;

export function declaredSince(transaction: Transaction, event: AuditEvent): number | undefined {
  if (latest?.event === event && latest.transaction === transaction) return latest.since;
  const last = declaredOf(transaction, event).at(-1);
  const since = last === undefined || last[0].startsWith(BY_ITSELF) ? undefined : last[1];
  latest = { transaction, event, since };
  return since;
}

/** New releases, models and prompts of an agent in the last day. */
/** The first that is named speaks for the rest. */
export function noteReleased(
  transaction: Transaction,
  event: AuditEvent,
  changes: readonly string[],
): void {
  const [change] = changes;
  if (change !== undefined)
    storeKnown(transaction, event, 'released', [change, epochMs(event.event_time)]);
}

export function releasedOf(transaction: Transaction, event: AuditEvent): string | undefined {
  const noted = knownOf<readonly [change: string, ms: number]>(transaction, event, 'released');
  if (noted === undefined) return undefined;
  return epochMs(event.event_time) - noted[1] <= DAY_MS ? noted[0] : undefined;
}
