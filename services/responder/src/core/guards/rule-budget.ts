/**
 * How much one rule may contain in a sliding window of log time, per source and in all (three times as much). Three
 * in ten places are for agents not yet contained.
 */
import type { BUDGET_COUNTS, BUDGETS } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { TenantPolicy } from '../model/tenant-policy.ts';

/** Whatever the policy says. */
export const BUDGET_SUBJECTS_MAX = 10_000;
export const RULE_BUDGETS = 3;
export const SPENT_SHOWN_MAX = 8;

interface Admission {
  /** The target's hash. */
  readonly subject: string;
  readonly agentUid: string;
  readonly atMs: number;
  /** Absent: the shared budget. */
  readonly source?: string;
}

export interface SpentBudget {
  readonly of: (typeof BUDGETS)[number];
  readonly source?: string;
  readonly counted: (typeof BUDGET_COUNTS)[number];
  readonly max: number;
}

export interface SpentAt extends SpentBudget {
  readonly atMs: number;
}

interface RuleBudget {
  readonly admitted: readonly Admission[];
  readonly spent: readonly SpentAt[];
}

export interface BudgetRequest {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly subject: string;
  readonly agentUid: string;
  readonly sources: readonly string[] | undefined;
  readonly nowMs: number;
  readonly liveAgents: number;
  readonly isRise?: boolean;
}

const budgetKey = (tenantId: string, ruleId: string) => `budget|${tenantId}|${ruleId}`;

function budgetOf(transaction: Transaction, tenantId: string, ruleId: string): RuleBudget {
  const retained = transaction.get<RuleBudget | readonly Admission[]>(budgetKey(tenantId, ruleId));
  if (retained === undefined) return { admitted: [], spent: [] };
  return 'admitted' in retained ? retained : { admitted: retained, spent: [] };
}

function agentsMax(policy: TenantPolicy, liveAgents: number): number {
  if (policy.fleetShareMax === 0) return 0;
  if (liveAgents === 0) return BUDGET_SUBJECTS_MAX;
  return Math.max(1, Math.floor(policy.fleetShareMax * liveAgents));
}

const storedForFirst = (subjects: number) => (subjects < 2 ? 0 : Math.ceil((subjects * 3) / 10));

const bound = (max: number) => Math.min(max, BUDGET_SUBJECTS_MAX);

function fullOf(
  admitted: readonly Admission[],
  agentUid: string,
  max: { readonly subjects: number; readonly agents: number },
): Pick<SpentBudget, 'counted' | 'max'> | undefined {
  const agents = new Set(admitted.map((one) => one.agentUid));
  const subjects = max.subjects - (agents.has(agentUid) ? storedForFirst(max.subjects) : 0);
  if (admitted.length >= subjects) return { counted: 'subjects', max: subjects };
  agents.add(agentUid);
  return agents.size > max.agents ? { counted: 'agents', max: max.agents } : undefined;
}

function sameBudget(a: SpentBudget, b: SpentBudget): boolean {
  return a.of === b.of && a.source === b.source;
}

interface Room {
  readonly source: string | undefined;
  readonly admitted: readonly Admission[];
  readonly others: readonly Admission[];
  readonly isCounted: boolean;
  readonly full: SpentBudget | undefined;
}

function roomFor(transaction: Transaction, policy: TenantPolicy, request: BudgetRequest): Room {
  const { tenantId, ruleId, subject, agentUid, sources = [], nowMs: atMs } = request;
  const source = sources.length === 1 ? sources[0] : undefined;
  const oldest = atMs - policy.windowMs;
  const before = budgetOf(transaction, tenantId, ruleId);
  const admitted = before.admitted.filter((one) => one.atMs > oldest);
  const isOwn = (one: Admission) => one.agentUid === agentUid && one.source === source;
  const isCounted = request.isRise === true && admitted.some(isOwn);
  const others = admitted.filter((one) => one.subject !== subject || one.source !== source);
  const max = { subjects: policy.subjectsMax, agents: agentsMax(policy, request.liveAgents) };
  const ofRule = fullOf(others, agentUid, {
    subjects: bound(max.subjects * RULE_BUDGETS),
    agents: bound(max.agents * RULE_BUDGETS),
  });
  const own = others.filter((one) => one.source === source);
  const ofOwn = fullOf(own, agentUid, { subjects: bound(max.subjects), agents: max.agents });
  const named =
    source === undefined ? { of: 'shared' as const } : { of: 'source' as const, source };
  const full: SpentBudget | undefined =
    ofOwn === undefined ? ofRule && { of: 'rule', ...ofRule } : { ...named, ...ofOwn };
  return { source, admitted, others, isCounted, full: isCounted ? undefined : full };
}

/** When the first admitted leaves the window. */
export function roomAtMs(
  transaction: Transaction,
  policy: TenantPolicy,
  request: BudgetRequest,
): number | null | undefined {
  const { full, admitted } = roomFor(transaction, policy, request);
  if (full === undefined) return undefined;
  if (admitted.length === 0) return null;
  return Math.min(...admitted.map((one) => one.atMs)) + policy.windowMs;
}

/** Undefined: admitted and counted. Else whose budget is spent. */
export function takeBudget(
  transaction: Transaction,
  policy: TenantPolicy,
  request: BudgetRequest,
): SpentBudget | undefined {
  const { tenantId, ruleId, subject, agentUid, nowMs: atMs } = request;
  const { source, admitted, others, isCounted, full } = roomFor(transaction, policy, request);
  if (isCounted) return undefined;
  const before = budgetOf(transaction, tenantId, ruleId);
  const oldest = atMs - policy.windowMs;
  const recent = before.spent.filter((one) => one.atMs > oldest);
  const now: RuleBudget =
    full === undefined
      ? {
          admitted: [
            ...others,
            { subject, agentUid, atMs, ...(source === undefined ? {} : { source }) },
          ],
          spent: recent,
        }
      : {
          admitted,
          spent: [...recent.filter((one) => !sameBudget(one, full)), { ...full, atMs }].slice(
            -SPENT_SHOWN_MAX,
          ),
        };
  transaction.put(budgetKey(tenantId, ruleId), now);
  return full;
}

/** The latest last. */
export function spentBudgets(
  transaction: Transaction,
  policy: TenantPolicy,
  { tenantId, ruleId, nowMs }: Pick<BudgetRequest, 'tenantId' | 'ruleId' | 'nowMs'>,
): readonly SpentAt[] {
  const { spent } = budgetOf(transaction, tenantId, ruleId);
  return spent.filter((one) => one.atMs > nowMs - policy.windowMs);
}

export function dropBudget(transaction: Transaction, tenantId: string, ruleId: string): void {
  transaction.delete(budgetKey(tenantId, ruleId));
}
