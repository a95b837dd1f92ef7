/**
 * Approved assemblies: "(workflow, combination, roles, envelope) … Inside it: quiet." (design:
 * assembly) "Every call of the chain that could be a step of the combination must be inside, not only
 * those of the proof. The workflow and the agents must be proven. What a call does not tell counts as
 * outside here." (guide-registry)
 */
import { type Combination, durationMs, matchesGrant, type Registry } from '@waywarden/schemas';
import { DAY_MS } from './behavior-scene.ts';
import type { Call } from './call.ts';
import { mayPrecede } from './order.ts';
import { canBeStep, capabilitiesFor } from './step-condition.ts';
import type { Stream } from './stream.ts';

type Workflow = Registry['workflows'][number];
type Approval = NonNullable<Workflow['approvals']>[number];
type Envelope = NonNullable<Workflow['envelope']>;

interface Case {
  readonly completer: Call;
  readonly stream: Stream;
}

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

/** "how long a task may take from its first call" (guide-registry); volume as labels read it. */
function exceedsTask(
  envelope: Envelope,
  call: Call,
  { completer, stream }: Case,
): readonly string[] {
  const chain = stream.byChain.get(call.chain) ?? [];
  const out: string[] = [];
  if (envelope.deadline !== undefined) {
    const first = Math.min(...chain.map((one) => one.timeMs));
    if (call.timeMs - first > durationMs(envelope.deadline)) out.push('deadline');
  }
  // "`volume.calls` counts the calls of the chain up to and with the completing one."
  const soFar = chain.filter((one) => one.timeMs <= completer.timeMs);
  const calls = envelope.volume?.calls;
  if (calls !== undefined) {
    if (soFar.length > calls) out.push('volume');
  }
  return out;
}

const PAYMENTS = ['create:payee', 'initiate:payment', 'approve:payment'];

/**
 * "`provenance.payee: [trusted, requested]` means that the payee's IBAN must have come first in a
 * result of trust `trusted` in that chain, or in its request." The payee's IBAN is the one in the
 * arguments of a call that sets up a payment.
 */
function exceedsProvenance(envelope: Envelope, call: Call, { stream }: Case): readonly string[] {
  const { payee, ...others } = envelope.provenance ?? {};
  const unread = Object.keys(others).map((name) => `provenance of ${name} (not evaluated)`);
  if (payee === undefined) return unread;
  if (!call.capabilities.some((symbol) => PAYMENTS.includes(symbol))) return unread;
  const chain = stream.byChain.get(call.chain) ?? [];
  const isCovered = (key: string) => {
    const first = chain.find((one) => one.result.some((value) => value.key === key));
    const from = first !== undefined && mayPrecede(first, call, stream) ? first : undefined;
    return (
      (payee.includes('requested') && chain.some((one) => one.requested.includes(key))) ||
      payee.some((trust) => trust === from?.resultTrust)
    );
  };
  const ibans = call.args.filter((value) => value.kind === 'iban');
  return [...unread, ...(ibans.every(({ key }) => isCovered(key)) ? [] : ['provenance'])];
}

/** "after `expires` (end of that day, UTC) nothing is approved"; a moment is a moment. */
function endOf(expires: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(expires);
  return Date.parse(expires) + (isDay ? DAY_MS : 0);
}

/** Why this approval does not cover a call; empty when it does. */
function outside(
  approval: Approval,
  workflow: Workflow,
  combination: Combination,
  { call, ...given }: Case & { readonly call: Call },
): readonly string[] {
  const envelope = approval.envelope ?? workflow.envelope;
  if (envelope === undefined) return ['no envelope'];
  const steps = combination.steps.flatMap((step) =>
    canBeStep(step, call, given.stream.limits) ? capabilitiesFor(step, call) : [],
  );
  const out = [
    ...exceeds(envelope, call, steps),
    ...exceedsTask(envelope, call, given),
    ...exceedsProvenance(envelope, call, given),
  ];
  if (!call.workflowProven || !call.agentProven) out.push('proof of workflow and agent');
  if (call.workflow !== workflow.name) out.push('workflow');
  if (approval.roles !== undefined && !approval.roles.includes(call.role ?? '')) out.push('roles');
  if (call.timeMs < Date.parse(approval.from)) out.push('from');
  if (call.timeMs >= endOf(approval.expires)) out.push('expires');
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
      outside(approval, workflow, combination, { call, completer, stream }).map(
        (what) => `${call.id}: ${what}`,
      ),
    );
    if (problems.length === 0) return { approved: true, why: [] };
    why.push(...problems);
  }
  return { approved: false, why };
}
