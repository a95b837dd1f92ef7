/**
 * Throttling: how many statistical alerts below `high` may queue, by a bucket that fills daily. Names that cost
 * nothing have buckets of their own.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  type Severity,
  severityAtLeast,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { dayOfTime } from '../domain/day.ts';
import { isStatistical } from '../domain/severities.ts';
import { budgetUsedWords } from '../wording/groups-and-budget.ts';

/** A shift's worth. */
const BUDGET_BURST = 10;
export const BUDGET_AGENT_MAX = 6;
const TAKERS_MAX = 64;

interface Budget {
  readonly day: number;
  readonly left: number;
  readonly throttled: number;
  readonly taken: Readonly<Record<string, number>>;
}

export interface Asking {
  readonly tenant: string;
  readonly assurance: AuditEvent['agent']['assurance'];
  /** The registry names agents, and not this one. */
  readonly isUnregistered: boolean;
  /** Who takes the place. */
  readonly taker: string;
  readonly now: string;
}

function bucketOf({ assurance, isUnregistered }: Asking): string {
  if (isUnregistered) return 'unregistered';
  return assuranceAtLeast(assurance, 'authenticated') ? 'proven' : 'asserted';
}

export function isBudgeted(kind: string, severity: Severity): boolean {
  return isStatistical(kind) && !severityAtLeast(severity, 'high');
}

function budgetAt(known: Budget | undefined, day: number): Budget {
  if (known === undefined) return { day, left: BUDGET_BURST, throttled: 0, taken: {} };
  return day <= known.day ? known : { ...known, day, left: BUDGET_BURST, taken: {} };
}

/** Takes a place; where there is none, why not, in words. */
export function takePlace(transaction: Transaction, asking: Asking): string | undefined {
  const bucket = bucketOf(asking);
  const key = `budget|${bucket}|${asking.tenant}`;
  const budget = budgetAt(transaction.get<Budget>(key), dayOfTime(asking.now));
  const own = Object.hasOwn(budget.taken, asking.taker) ? (budget.taken[asking.taker] ?? 0) : 0;
  const price = own > 0 ? 0 : 1;
  if (own >= BUDGET_AGENT_MAX || budget.left < price) {
    const throttled = budget.throttled + 1;
    transaction.put(key, { ...budget, throttled } satisfies Budget);
    return budgetUsedWords(own >= BUDGET_AGENT_MAX ? undefined : bucket, throttled);
  }
  const isCounted = own > 0 || Object.keys(budget.taken).length < TAKERS_MAX;
  const taken = isCounted ? { ...budget.taken, [asking.taker]: own + 1 } : budget.taken;
  transaction.put(key, { ...budget, left: budget.left - price, taken } satisfies Budget);
  return undefined;
}
