/**
 * Whether a combination stays inside an approval, judged over every possible step. What is not reported counts as
 * outside; workflow and agent must be proven.
 */
import {
  type Alert,
  alertId,
  assuranceAtLeast,
  durationMs,
  type Registry,
} from '@waywarden/schemas';
import { registryMs } from '../../../domain/day.ts';
import { type Envelope, judgeEnvelope, listed } from '../../../domain/registry/envelope.ts';
import {
  insideApprovalWords,
  NOT_SEEN_WHOLE,
  outsideApprovalWords,
} from '../../../wording/chains.ts';
import type { ChainMeta } from '../model/chain-meta.ts';
import { type ChainStep, compareSteps } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { symbolKeys } from '../model/step-keys.ts';
import type { CompiledCombination } from '../proof/compile-combination.ts';
import { symbolsFor } from '../proof/possible-combinations.ts';
import { goesToListed, provenanceProblem } from '../proof/value-provenance.ts';
import { callEvidence } from './assembly-alert.ts';

/** With more it covers nothing. */
export const APPROVAL_STEPS_MAX = 512;
const QUIETED: ReadonlySet<string> = new Set(['privilege_assembly', 'toxic_combination']);

type Workflow = Registry['workflows'][number];
type Approval = NonNullable<Workflow['approvals']>[number];

interface Problem {
  readonly element: string;
  readonly expected: string;
  readonly observed: string;
  readonly step: ChainStep | undefined;
}

export interface ApprovalVerdict {
  readonly workflow: string;
  readonly approval: Approval;
  readonly problem: Problem | null;
}

interface ApprovalScope {
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly registry: Registry | undefined;
  readonly combination: CompiledCombination;
  readonly skewMs: number;
  readonly call: ChainStep;
}

/** An approval is for one workflow's own calls. */
function relevantSteps({ store, meta, combination }: ApprovalScope): readonly ChainStep[] {
  const symbols = combination.steps.map((step) => symbolsFor(meta, step));
  const numbers = new Set(symbols.flat().flatMap((symbol) => store.tables.bySymbol(symbol)));
  const own = [...store.stepsOf(numbers)];
  const isWhole = symbols.every((some) => some.length > 0);
  const foreign = isWhole
    ? []
    : store
        .foreign()
        .steps.filter((call) =>
          combination.steps.some((step) => symbolKeys(call).some((key) => step.accepts(key))),
        );
  return [...own, ...foreign].sort(compareSteps);
}

function stepProblem(
  scope: ApprovalScope,
  { workflow, approval }: { readonly workflow: Workflow; readonly approval: Approval },
  step: ChainStep,
): Problem | undefined {
  const { wire } = step;
  const problem = (element: string, expected: string, observed: string): Problem => ({
    element,
    expected,
    observed,
    step,
  });
  if (wire.workflow !== workflow.name) {
    return problem('workflow', workflow.name, wire.workflow ?? 'none named');
  }
  if (!assuranceAtLeast(wire.claims.workflow, 'authenticated')) {
    return problem('workflow', 'proven', `only ${wire.claims.workflow}`);
  }
  if (!assuranceAtLeast(wire.agent_assurance, 'authenticated')) {
    return problem('agent', 'a proven identity', `only ${wire.agent_assurance}`);
  }
  if (step.ms < registryMs(approval.from) || step.ms >= registryMs(approval.expires)) {
    const during = `from ${approval.from} until ${approval.expires}`;
    return problem('time', during, wire.event_time.slice(0, 19));
  }
  if (approval.roles !== undefined && !approval.roles.includes(wire.agent_role ?? '')) {
    return problem('roles', listed(approval.roles), wire.agent_role ?? 'an agent without a role');
  }
  const envelope = approval.envelope ?? workflow.envelope;
  if (envelope === undefined) return problem('envelope', 'one that bounds the approval', 'none');
  const exceeded = judgeEnvelope(envelope, {
    capabilities: wire.capabilities,
    effect: wire.effect,
    target: wire.target,
    destinationDomain: wire.destination_domain,
    destinations: wire.destinations ?? 1,
  });
  const first = exceeded.find(
    ({ element }) => element !== 'destinations' || !goesToListed(envelope, step),
  );
  if (first !== undefined) return problem(first.element, first.expected, first.observed);
  return provenanceProblem(scope.store, envelope, step, scope.skewMs);
}

function chainProblem(
  { meta }: ApprovalScope,
  envelope: Envelope,
  steps: readonly ChainStep[],
): Problem | undefined {
  const { volume, deadline } = envelope;
  if (volume?.calls !== undefined && meta.live > volume.calls) {
    const expected = `at most ${volume.calls} calls`;
    return { element: 'volume', expected, observed: `${meta.live}`, step: steps.at(-1) };
  }
  const took = (steps.at(-1)?.ms ?? 0) - (steps[0]?.ms ?? 0);
  if (deadline !== undefined && took > durationMs(deadline)) {
    const observed = `${Math.round(took / 1000)} s`;
    return { element: 'deadline', expected: deadline, observed, step: steps.at(-1) };
  }
  return undefined;
}

function problemOf(
  scope: ApprovalScope,
  of: { readonly workflow: Workflow; readonly approval: Approval },
): Problem | null {
  const { meta } = scope;
  const steps = relevantSteps(scope);
  if (meta.evicted + meta.agentsRefused > 0 || steps.length > APPROVAL_STEPS_MAX) {
    return { ...NOT_SEEN_WHOLE, step: undefined };
  }
  for (const step of steps) {
    const problem = stepProblem(scope, of, step);
    if (problem !== undefined) return problem;
  }
  const envelope = of.approval.envelope ?? of.workflow.envelope;
  return (envelope && chainProblem(scope, envelope, steps)) ?? null;
}

export function judgeApproval(scope: ApprovalScope): ApprovalVerdict | undefined {
  const { registry, combination, call } = scope;
  const workflow = registry?.workflows.find((one) => one.name === call.wire.workflow);
  const approvals = (workflow?.approvals ?? []).filter(
    (one) => one.combination === combination.source.id,
  );
  if (workflow === undefined) return undefined;
  const judged = approvals.map((approval) => ({
    workflow: workflow.name,
    approval,
    problem: problemOf(scope, { workflow, approval }),
  }));
  return judged.find((one) => one.problem === null) ?? judged[0];
}

export function verdictMark(verdict: ApprovalVerdict | undefined): string {
  if (verdict === undefined) return '';
  const { approval, problem } = verdict;
  return problem === null
    ? `inside|${approval.by}|${approval.expires}`
    : `outside|${problem.element}|${problem.step?.wire.event_id ?? ''}`;
}

function quieted(alert: Alert, { workflow, approval }: ApprovalVerdict, chain: string): Alert {
  const { combination, by, reason, from, expires } = approval;
  const kind = 'approved_assembly';
  const { title, summary, reason: inside } = insideApprovalWords(alert.summary, workflow, approval);
  return {
    ...alert,
    alert_id: alertId({
      tenantId: alert.tenant_id,
      kind,
      ruleId: alert.rule_id,
      alertKey: `${chain}|${alert.rule_id}`,
    }),
    kind,
    hygiene: true,
    severity: 'info',
    score: 0,
    title,
    summary,
    reasons: [{ feature: 'approved_envelope', ...inside, threshold_source: 'operator' }],
    approved: { workflow, combination, by, reason, from, expires },
  };
}

function outsideApproval(alert: Alert, verdict: ApprovalVerdict, problem: Problem): Alert {
  const { step } = problem;
  const approved = { ...verdict.approval, workflow: verdict.workflow };
  const { summary, reason } = outsideApprovalWords(alert.summary, approved, problem);
  const listedAlready = alert.evidence.some((one) => one.event_id === step?.wire.event_id);
  const evidence =
    step === undefined || listedAlready
      ? alert.evidence
      : [...alert.evidence, callEvidence(step, 'outside approved envelope')];
  return {
    ...alert,
    summary,
    reasons: [
      ...alert.reasons,
      { feature: 'outside_approved_envelope', ...reason, threshold_source: 'operator' },
    ],
    evidence,
  };
}

export function underApproval(
  alert: Alert,
  verdict: ApprovalVerdict | undefined,
  chain: string,
): Alert {
  if (verdict === undefined || !QUIETED.has(alert.kind)) return alert;
  return verdict.problem === null
    ? quieted(alert, verdict, chain)
    : outsideApproval(alert, verdict, verdict.problem);
}
