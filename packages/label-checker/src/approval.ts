/**
 * Approved assemblies: "(workflow, combination, roles, envelope) … Inside it: quiet." (design:
 * assembly) "Every call of the chain that could be a step of the combination must be inside, not only
 * those of the proof. The workflow and the agents must be proven. What a call does not tell counts as
 * outside here." (guide-registry)
 */
import { type Combination, durationMs, matchesGrant, type Registry } from '@waywarden/schemas';
import type { Call } from './call.ts';
import { canBeStep, capabilitiesFor } from './step-condition.ts';
import type { Stream } from './stream.ts';

type Workflow = Registry['workflows'][number];
type Approval = NonNullable<Workflow['approvals']>[number];
type Envelope = NonNullable<Workflow['envelope']>;

const SENSITIVITIES = ['public', 'internal', 'confidential', 'restricted', 'secret'];

/** "system, type, id, or two of them joined by /; `*` is any run of characters" */
function matchesTarget(pattern: string, call: Call): boolean {
  const { system, type, id } = call.target;
  const joined = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined ? undefined : `${a}/${b}`;
  const names = [system, type, id, joined(system, type), joined(system, id), joined(type, id)];
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${escaped.join('.*')}$`);
  return names.some((name) => name !== undefined && whole.test(name));
}

/** "domains, with those below them" */
function isInDomains(domains: readonly string[], call: Call): boolean {
  const to = call.destination;
  return to !== undefined && domains.some((domain) => to === domain || to.endsWith(`.${domain}`));
}

const leaves = (call: Call) => call.effect === 'send' || call.effect === 'pay';

function isWithinSensitivity(most: string, call: Call): boolean {
  const own = SENSITIVITIES.indexOf(call.target.sensitivity ?? '');
  return own !== -1 && own <= SENSITIVITIES.indexOf(most);
}

/** Elements of an envelope that this call exceeds, by name. */
function exceeds(envelope: Envelope, call: Call, steps: readonly string[]): readonly string[] {
  const { capabilities, targets, destinations, environments } = envelope;
  const out: string[] = [];
  if (capabilities !== undefined) {
    const covered = (symbol: string) => capabilities.some((grant) => matchesGrant(grant, symbol));
    if (!steps.every(covered)) out.push('capabilities');
  }
  if (targets !== undefined && !targets.some((pattern) => matchesTarget(pattern, call))) {
    out.push('targets');
  }
  if (destinations !== undefined && leaves(call) && !isInDomains(destinations, call)) {
    out.push('destinations');
  }
  if (environments !== undefined && !environments.includes(call.target.environment ?? '')) {
    out.push('environments');
  }
  const most = envelope.sensitivity_max;
  if (most !== undefined && !isWithinSensitivity(most, call)) out.push('sensitivity_max');
  return out;
}

/** "how long a task may take from its first call" and "of one agent in one task" (guide-registry) */
function exceedsTask(envelope: Envelope, call: Call, stream: Stream): readonly string[] {
  const chain = stream.byChain.get(call.chain) ?? [];
  const out: string[] = [];
  if (envelope.deadline !== undefined) {
    const first = Math.min(...chain.map((one) => one.timeMs));
    if (call.timeMs - first > durationMs(envelope.deadline)) out.push('deadline');
  }
  const calls = envelope.volume?.calls;
  if (calls !== undefined) {
    const own = chain.filter((one) => one.agent === call.agent && one.timeMs <= call.timeMs);
    if (own.length > calls) out.push('volume');
  }
  return out;
}

/** Why this approval does not cover a call; empty when it does. */
function outside(
  approval: Approval,
  workflow: Workflow,
  combination: Combination,
  { call, stream }: { call: Call; stream: Stream },
): readonly string[] {
  const envelope = approval.envelope ?? workflow.envelope;
  if (envelope === undefined) return ['no envelope'];
  const steps = combination.steps.flatMap((step) =>
    canBeStep(step, call, stream.limits) ? capabilitiesFor(step, call) : [],
  );
  const out = [...exceeds(envelope, call, steps), ...exceedsTask(envelope, call, stream)];
  if (envelope.provenance !== undefined) out.push('provenance (not evaluated by this checker)');
  if (!call.workflowProven || !call.agentProven) out.push('proof of workflow and agent');
  if (call.workflow !== workflow.name) out.push('workflow');
  if (approval.roles !== undefined && !approval.roles.includes(call.role ?? '')) out.push('roles');
  if (call.timeMs < Date.parse(approval.from)) out.push('from');
  if (call.timeMs >= Date.parse(approval.expires)) out.push('expires');
  return out;
}

export interface ApprovalAnswer {
  readonly approved: boolean;
  /** What lies outside, for each approval that was looked at. */
  readonly why: readonly string[];
}

export function approvalOf(
  combination: Combination,
  completer: Call,
  proof: readonly Call[],
  { registry, stream }: { registry: Registry; stream: Stream },
): ApprovalAnswer {
  const ofChain = (stream.byChain.get(completer.chain) ?? []).filter((call) =>
    combination.steps.some((step) => canBeStep(step, call, stream.limits)),
  );
  const workflow = registry.workflows.find((one) => one.name === completer.workflow);
  const why: string[] = [];
  for (const approval of workflow?.approvals ?? []) {
    if (workflow === undefined || approval.combination !== combination.id) continue;
    const problems = [...new Set([...ofChain, ...proof])].flatMap((call) =>
      outside(approval, workflow, combination, { call, stream }).map(
        (what) => `${call.id}: ${what}`,
      ),
    );
    if (problems.length === 0) return { approved: true, why: [] };
    why.push(...problems);
  }
  return { approved: false, why };
}
