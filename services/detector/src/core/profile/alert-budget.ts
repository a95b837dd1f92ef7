/**
 * How many statistical alerts may queue for people: a bucket of what an analyst gets through in a shift, filled
 * again with every day and with every day of an agent. Beyond it an alert is held back: it is listed like
 * posture, with its reasons, counted and said so, and asks for nobody's attention. Nothing is thrown away.
 *
 * It binds what is statistical and below `high` only. Assemblies, envelopes, decoys, leaks and a hijack stand
 * outside: else whoever makes noise first would buy silence for what he came for. For the same reason one
 * agent may take two a day; the rest of the bucket stays for others.
 *
 * Kept for a tenant in a partition, and filled by that partition's own agents: the parts add up to the whole,
 * but for one bucket a partition. Rejected: one bucket a tenant, which would need every alert to pass one place.
 */
import { type AuditEvent, epochMs, type Severity, severityAtLeast } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** What fits into the bucket: a shift's worth. */
export const BUDGET_BURST = 10;
/** Given back for each day, and for each 1,000 days of agents. */
export const BUDGET_PER_DAY = 1;
export const BUDGET_PER_1000_AGENT_DAYS = 2;
/** Alerts of one agent that may queue in one day. */
export const BUDGET_AGENT_MAX = 2;
/** Agents of a day of which it is known what they took; the others' count as nothing. */
const TAKERS_MAX = 64;
const DAY_MS = 86_400_000;
/** Kinds that rest on what was learnt and not on what anybody declared. */
const STATISTICAL: ReadonlySet<string> = new Set(['behavior_deviation', 'reach_growth']);

interface Budget {
  readonly day: number;
  readonly left: number;
  /** Alerts that were held back since the beginning. */
  readonly held: number;
  /** What each agent took today. */
  readonly taken: Readonly<Record<string, number>>;
}

const keyOf = ({ tenant_id }: AuditEvent) => `budget|${tenant_id}`;
const dayOf = (time: string) => Math.floor(epochMs(time) / DAY_MS);

function budgetOn(draft: Draft, event: AuditEvent, day: number): Budget {
  const known = draft.get<Budget>(keyOf(event));
  if (known === undefined) return { day, left: BUDGET_BURST, held: 0, taken: {} };
  if (day <= known.day) return known;
  const back = (day - known.day) * BUDGET_PER_DAY;
  return { ...known, day, left: Math.min(BUDGET_BURST, known.left + back), taken: {} };
}

/** Notes that an agent was at work on another day than before. */
export function noteAgentDay(
  draft: Draft,
  event: AuditEvent,
  clock: { readonly before: string | undefined; readonly now: string },
): void {
  const day = dayOf(clock.now);
  if (clock.before !== undefined && dayOf(clock.before) >= day) return;
  const budget = budgetOn(draft, event, day);
  const left = Math.min(BUDGET_BURST, budget.left + BUDGET_PER_1000_AGENT_DAYS / 1000);
  draft.put(keyOf(event), { ...budget, left });
}

/** Whether the budget says anything of such an alert. */
export function isBudgeted(kind: string, severity: Severity): boolean {
  return STATISTICAL.has(kind) && !severityAtLeast(severity, 'high');
}

/** How many were held back before, when this one is too; undefined when there was room, which it takes. */
export function heldBack(draft: Draft, event: AuditEvent, now: string): number | undefined {
  const budget = budgetOn(draft, event, dayOf(now));
  const { uid } = event.agent;
  const own = Object.hasOwn(budget.taken, uid) ? (budget.taken[uid] ?? 0) : 0;
  if (budget.left < 1 || own >= BUDGET_AGENT_MAX) {
    draft.put(keyOf(event), { ...budget, held: budget.held + 1 });
    return budget.held + 1;
  }
  const isKnown = own > 0 || Object.keys(budget.taken).length < TAKERS_MAX;
  const taken = isKnown ? { ...budget.taken, [uid]: own + 1 } : budget.taken;
  draft.put(keyOf(event), { ...budget, left: budget.left - 1, taken });
  return undefined;
}
