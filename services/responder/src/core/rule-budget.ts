/**
 * The budget: how much one rule may contain by itself within a window of log time.
 *
 * Two measures, each in its own unit, and both must hold: `limits.subjects` counts distinct
 * subjects (an agent's task, credential, instance … whatever the first action targets), and
 * `limits.fleet_share` counts distinct agents against the registry's live ones. A share above
 * nothing of a small fleet is rounded down but never to nothing, or a fleet below 20 could not be protected at all;
 * an unknown fleet (no registry) leaves the first measure alone.
 *
 * Budgets are kept per rule: noise in one rule never disarms another. The window slides with the
 * journal's clock, which never goes back, so a late alert cannot reopen a spent budget.
 */
import type { Draft } from '@waywarden/stage';
import type { TenantPolicy } from './tenant-rules.ts';

/** More subjects than this are never admitted within one window, whatever the policy says. */
const BUDGET_SUBJECTS_MAX = 10_000;

interface Admission {
  /** Short name of the subject: the target's hash. */
  readonly subject: string;
  readonly agentUid: string;
  readonly atMs: number;
}

export interface BudgetRequest {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly subject: string;
  readonly agentUid: string;
  readonly nowMs: number;
  readonly liveAgents: number;
}

const budgetKey = (tenantId: string, ruleId: string) => `budget|${tenantId}|${ruleId}`;

function agentsMax(policy: TenantPolicy, liveAgents: number): number {
  if (policy.fleetShareMax === 0) return 0;
  if (liveAgents === 0) return BUDGET_SUBJECTS_MAX;
  return Math.max(1, Math.floor(policy.fleetShareMax * liveAgents));
}

/** Whether the rule may contain this subject now; if so, it is counted. */
export function admitSubject(draft: Draft, policy: TenantPolicy, request: BudgetRequest): boolean {
  const key = budgetKey(request.tenantId, request.ruleId);
  const { subject, agentUid, nowMs: atMs } = request;
  const all = draft.get<readonly Admission[]>(key) ?? [];
  const oldest = atMs - policy.windowMs;
  const others = all.filter((one) => one.atMs > oldest && one.subject !== subject);
  const agents = new Set(others.map((one) => one.agentUid)).add(agentUid);
  const subjectsMax = Math.min(policy.subjectsMax, BUDGET_SUBJECTS_MAX);
  const fits = others.length < subjectsMax && agents.size <= agentsMax(policy, request.liveAgents);
  draft.put(
    key,
    fits ? [...others, { subject, agentUid, atMs }] : all.filter((one) => one.atMs > oldest),
  );
  return fits;
}

export function dropBudget(draft: Draft, tenantId: string, ruleId: string): void {
  draft.delete(budgetKey(tenantId, ruleId));
}
