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
 * For that reason too names that cost nothing share: agents that nobody registered take one place together,
 * under the workload by which `governance/unregistered-agent.ts` counts them, and have a bucket of their own. So
 * have agents whose name nothing proves: what is only asserted takes no place of what is proven. Where the
 * registry names no agents, none is missing in it.
 *
 * The bucket is filled by a shift's worth a day. One alert a day, which it was first, held back what it should
 * have told: on a tuning fleet with 78 attacks in eighteen days 52 of 83 alerts, and 12 attacks with them,
 * while the benign fleet never took from it.
 *
 * Each is kept for a tenant in a partition, and filled by that partition's own agents: the parts add up to the whole,
 * but for one bucket a partition. Rejected: one bucket a tenant, which would need every alert to pass one place.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  type Severity,
  severityAtLeast,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { workloadOf } from '../governance/unregistered-agent.ts';
import { isStatistical } from './statistical-kind.ts';

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

interface Budget {
  readonly day: number;
  readonly left: number;
  /** Alerts that were held back since the beginning. */
  readonly held: number;
  /** What each agent took today, or each workload of unregistered ones. */
  readonly taken: Readonly<Record<string, number>>;
}

/** Whose alert it is, and when. */
export interface Asking {
  /** The registry names agents, and not this one. */
  readonly isUnregistered: boolean;
  /** Log time. */
  readonly now: string;
  /** What it did is new and can't be undone. */
  readonly isLasting?: boolean;
  /** What it has in common with other agents, which take one place together. */
  readonly cause?: string | undefined;
}

/** Buckets of a tenant: what is noisy in one takes nothing from the others. */
type Bucket = 'proven' | 'asserted' | 'unregistered';
/** Beside each of them: what can't be undone takes from its own only. */
const LASTING = 'lasting';

/** For want of whose budget an alert is held back: its own, or the bucket that it shares. */
export type Spent = 'agent' | 'workload' | 'cause' | Bucket;

const SPENT_WORDS: Readonly<Record<Spent, string>> = {
  agent: `the agent’s own budget of statistical alerts for a day (${BUDGET_AGENT_MAX}) is used up`,
  workload: `the budget of statistical alerts for a day (${BUDGET_AGENT_MAX}) that unregistered agents of one workload share is used up`,
  cause: `the budget of statistical alerts for a day (${BUDGET_AGENT_MAX}) that agents share which alarmed alike within four hours is used up`,
  proven: 'the tenant’s budget of statistical alerts is used up',
  asserted:
    'the tenant’s budget of statistical alerts of agents whose name nothing proves is used up',
  unregistered: 'the tenant’s budget of statistical alerts of unregistered agents is used up',
};

export function spentWords(spent: Spent): string {
  return SPENT_WORDS[spent];
}

/** Whose agent it is that asks. */
export interface Asker {
  readonly tenant_id: string;
  readonly agent: Pick<AuditEvent['agent'], 'uid' | 'assurance'>;
}

function bucketOf({ agent }: Asker, { isUnregistered }: Asking): Bucket {
  if (isUnregistered) return 'unregistered';
  return assuranceAtLeast(agent.assurance, 'authenticated') ? 'proven' : 'asserted';
}

function keyOf(event: Asker, asking: Asking): string {
  const bucket = bucketOf(event, asking);
  const key = `budget|${event.tenant_id}`;
  const whose = bucket === 'proven' ? key : `${key}|${bucket}`;
  return asking.isLasting === true ? `${whose}|${LASTING}` : whose;
}

const dayOf = (time: string) => Math.floor(epochMs(time) / DAY_MS);

function budgetOn(draft: Draft, key: string, day: number): Budget {
  const known = draft.get<Budget>(key);
  if (known === undefined) return { day, left: BUDGET_BURST, held: 0, taken: {} };
  if (day <= known.day) return known;
  const back = (day - known.day) * BUDGET_PER_DAY;
  return { ...known, day, left: Math.min(BUDGET_BURST, known.left + back), taken: {} };
}

/** Notes that an agent was at work on another day than before. */
export function noteAgentDay(
  draft: Draft,
  event: AuditEvent,
  clock: Asking & { readonly before: string | undefined },
): void {
  const day = dayOf(clock.now);
  if (clock.before !== undefined && dayOf(clock.before) >= day) return;
  const key = keyOf(event, clock);
  const budget = budgetOn(draft, key, day);
  const left = Math.min(BUDGET_BURST, budget.left + BUDGET_PER_1000_AGENT_DAYS / 1000);
  draft.put(key, { ...budget, left });
}

/** Whether the budget says anything of such an alert. */
export function isBudgeted(kind: string, severity: Severity): boolean {
  return isStatistical(kind) && !severityAtLeast(severity, 'high');
}

/** Who takes a place: agents of one cause together, else those whom nobody registered, else the agent. */
function takerOf(draft: Draft, event: AuditEvent, { cause, isUnregistered }: Asking) {
  if (cause !== undefined) return { key: cause, spent: 'cause' } as const;
  if (isUnregistered) return { key: workloadOf(draft, event), spent: 'workload' } as const;
  return { key: event.agent.uid, spent: 'agent' } as const;
}

function takeFor(
  draft: Draft,
  asker: Asker,
  asking: Asking,
  taker: { readonly key: string; readonly spent: Spent },
): Spent | undefined {
  const key = keyOf(asker, asking);
  const budget = budgetOn(draft, key, dayOf(asking.now));
  const own = Object.hasOwn(budget.taken, taker.key) ? (budget.taken[taker.key] ?? 0) : 0;
  if (own >= BUDGET_AGENT_MAX) return taker.spent;
  const price = own > 0 ? 0 : 1;
  if (budget.left < price) return bucketOf(asker, asking);
  const isKnown = own > 0 || Object.keys(budget.taken).length < TAKERS_MAX;
  const taken = isKnown ? { ...budget.taken, [taker.key]: own + 1 } : budget.taken;
  draft.put(key, { ...budget, left: budget.left - price, taken });
  return undefined;
}

/** Takes room for an alert of this agent; when there is none, which budget is spent. */
export function takeRoom(draft: Draft, event: AuditEvent, asking: Asking): Spent | undefined {
  return takeFor(draft, event, asking, takerOf(draft, event, asking));
}

/** A place of its own for an agent that somebody registered, or as which one it is held back; no call is at hand. */
export function agentPlace(draft: Draft, asker: Asker, now: string) {
  const asking = { isUnregistered: false, now };
  const spent = takeFor(draft, asker, asking, { key: asker.agent.uid, spent: 'agent' });
  return spent === undefined ? {} : { held: countHeld(draft, asker, asking), spent };
}

/** Counts an alert for which there was no room: how many were held back since the beginning. */
export function countHeld(draft: Draft, event: Asker, asking: Asking): number {
  const key = keyOf(event, asking);
  const budget = budgetOn(draft, key, dayOf(asking.now));
  draft.put(key, { ...budget, held: budget.held + 1 });
  return budget.held + 1;
}
