/**
 * How many statistical alerts may queue for people: a bucket of what an analyst gets through in a shift, filled
 * again with every day and with every day of an agent. Beyond it an alert is held back: it is listed like
 * posture, with its reasons, counted and said so, and asks for nobody's attention. Nothing is thrown away.
 *
 * It binds what is statistical and below `high` only. Assemblies, envelopes, decoys, leaks and a hijack stand
 * outside: else whoever makes noise first would buy silence for what he came for. For the same reason one
 * agent's day takes one place, however many features of it are odd (a burst is odd in calls, tools, tokens and
 * the length of its task), and queues six alerts at most; the rest of the bucket stays for others. What was held
 * back queues when it goes on and there is room again.
 *
 * The bucket is filled by a shift's worth a day. One alert a day, which it was first, held back what it should
 * have told: on a tuning fleet with 78 attacks in eighteen days 52 of 83 alerts, and 12 attacks with them,
 * while the benign fleet never took from it.
 *
 * Kept for a tenant in a partition, and filled by that partition's own agents: the parts add up to the whole,
 * but for one bucket a partition. Rejected: one bucket a tenant, which would need every alert to pass one place.
 */
import { type AuditEvent, epochMs, type Severity, severityAtLeast } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** What fits into the bucket: a shift's worth. */
export const BUDGET_BURST = 10;
/** Given back for each day, and for each 1,000 days of agents. */
export const BUDGET_PER_DAY = 10;
export const BUDGET_PER_1000_AGENT_DAYS = 2;
/** Alerts of one agent that may queue in one day, in the one place that it takes. */
export const BUDGET_AGENT_MAX = 6;
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

/** Whether there is room for an alert of this agent, which it then takes. */
export function takeRoom(draft: Draft, event: AuditEvent, now: string): boolean {
  const budget = budgetOn(draft, event, dayOf(now));
  const { uid } = event.agent;
  const own = Object.hasOwn(budget.taken, uid) ? (budget.taken[uid] ?? 0) : 0;
  const price = own > 0 ? 0 : 1;
  if (budget.left < price || own >= BUDGET_AGENT_MAX) return false;
  const isKnown = own > 0 || Object.keys(budget.taken).length < TAKERS_MAX;
  const taken = isKnown ? { ...budget.taken, [uid]: own + 1 } : budget.taken;
  draft.put(keyOf(event), { ...budget, left: budget.left - price, taken });
  return true;
}

/** Counts an alert for which there was no room: how many were held back since the beginning. */
export function countHeld(draft: Draft, event: AuditEvent, now: string): number {
  const budget = budgetOn(draft, event, dayOf(now));
  draft.put(keyOf(event), { ...budget, held: budget.held + 1 });
  return budget.held + 1;
}
