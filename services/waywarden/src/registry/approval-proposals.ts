/**
 * Proposals of approvals from history: what a proven, registered workflow assembled in so many chains that a person
 * reviewed and found benign. It names whom to ask, and lacks the field (`by`) without which no registry takes it.
 */
import {
  type Alert,
  assuranceAtLeast,
  type PrivilegeStep,
  type Registry,
  SENSITIVITIES,
} from '@waywarden/schemas';

/** In so many reviewed chains before it is proposed. */
export const PROPOSED_CHAINS_MIN = 5;
/** Half of what an approval may last: what history suggests is looked at again sooner. */
const PROPOSED_DAYS = 90;
const DAY_MS = 86_400_000;
/** Values of one element that are listed; with more of them it is no envelope. */
const LISTED_MAX = 20;
const PROPOSABLE: ReadonlySet<string> = new Set(['privilege_assembly', 'toxic_combination']);
const RANKED: readonly string[] = SENSITIVITIES.filter((one) => one !== 'unknown');

type Workflow = Registry['workflows'][number];
type Envelope = NonNullable<Workflow['envelope']>;

export interface Proposal {
  readonly workflow: string;
  readonly combination: string;
  /** Who decides: the owner of the workflow; null: nobody is registered. */
  readonly proposed_to: string | null;
  readonly chains: number;
  readonly alerts: readonly string[];
  readonly roles: readonly string[] | null;
  readonly envelope: Envelope;
  readonly from: string;
  readonly expires: string;
  /** Elements that the calls do not tell, so that the owner must bound them by hand. */
  readonly not_bounded: readonly string[];
}

export interface ProposalReport {
  readonly proposals: readonly Proposal[];
  /** Reviewed chains that count for nothing, by why. */
  readonly left_out: Readonly<Record<string, number>>;
}

export interface ProposalQuestion {
  /** Last revisions of one tenant. */
  readonly alerts: readonly Alert[];
  readonly steps: readonly PrivilegeStep[];
  readonly registry: Registry;
  /** Alerts or chains that a person found benign, by id. */
  readonly reviewed: ReadonlySet<string>;
  readonly chainsMin: number;
  readonly nowMs: number;
}

interface Usual {
  readonly alert: Alert;
  readonly chain: string;
  readonly workflow: Workflow;
  /** Calls that could be a step of the combination. */
  readonly calls: readonly PrivilegeStep[];
  /** All calls of the chain. */
  readonly size: number;
}

/** A chain of which an approval could speak, or why none could. */
function usualOf(
  question: ProposalQuestion,
  alert: Alert,
  own: readonly PrivilegeStep[],
): Usual | string {
  const { registry, reviewed, alerts } = question;
  const chain = alert.subject.chain_id ?? '';
  const isReviewed = (one: Alert) => reviewed.has(one.alert_id) || reviewed.has(chain);
  const others = alerts.filter(
    (one) => one.state === 'open' && one.hygiene !== true && one.subject.chain_id === chain,
  );
  if (!others.every(isReviewed)) return 'another alert of the chain is not reviewed';
  if (!alert.evaluable) return 'the chain was not seen whole';
  const symbols = new Set(alert.assembly?.capabilities);
  const calls = own.filter((step) => step.capabilities.some(({ symbol }) => symbols.has(symbol)));
  const proof = new Set(alert.assembly?.proof);
  const isWhole = [...proof].every((id) => own.some((step) => step.event_id === id));
  if (!isWhole) return 'it was assembled across chains';
  const [name, ...more] = new Set(calls.map((step) => step.workflow));
  if (name === undefined || more.length > 0) return 'its calls are not of one workflow';
  const isProven = calls.every(
    ({ claims, agent_assurance: agent }) =>
      assuranceAtLeast(claims.workflow, 'authenticated') &&
      assuranceAtLeast(agent, 'authenticated'),
  );
  if (!isProven) return 'workflow or agent is only asserted';
  const workflow = registry.workflows.find((one) => one.name === name);
  if (workflow === undefined) return 'the workflow is not registered';
  const combination = alert.assembly?.combination;
  const today = dayOf(question.nowMs);
  const isApproved = workflow.approvals?.some(
    (one) => one.combination === combination && one.expires > today,
  );
  if (isApproved === true) return 'the workflow has an approval of this combination in force';
  return { alert, chain, workflow, calls, size: own.length };
}

/** All values of an element, sorted; undefined where some call does not tell, or there are too many. */
function approvalsOf(
  calls: readonly PrivilegeStep[],
  of: (step: PrivilegeStep) => string | undefined,
): readonly string[] | undefined {
  const values = new Set(calls.map(of));
  if (values.has(undefined) || values.size === 0 || values.size > LISTED_MAX) return undefined;
  return [...values].filter((one) => one !== undefined).sort();
}

function targetOf({ target }: PrivilegeStep): string | undefined {
  if (target?.system === undefined) return undefined;
  return target.resource_type === undefined
    ? target.system
    : `${target.system}/${target.resource_type}`;
}

function envelopeOf(usual: readonly Usual[]): { envelope: Envelope; missing: readonly string[] } {
  const calls = usual.flatMap((one) => one.calls);
  const sent = calls.filter(({ effect }) => effect === 'send' || effect === 'pay');
  const sensitivities = approvalsOf(calls, ({ target }) =>
    RANKED.includes(target?.sensitivity ?? '') ? target?.sensitivity : undefined,
  );
  const most = RANKED.filter((one) => sensitivities?.includes(one)).at(-1);
  const isSingle = sent.every((step) => (step.destinations ?? 1) === 1);
  const elements = {
    targets: approvalsOf(calls, targetOf),
    sensitivity_max: most as Envelope['sensitivity_max'],
    destinations:
      sent.length === 0 || !isSingle ? undefined : approvalsOf(sent, (s) => s.destination_domain),
    environments: approvalsOf(calls, ({ target }) => target?.environment),
  };
  const missing = Object.entries(elements)
    .filter(
      ([element, value]) => value === undefined && (element !== 'destinations' || sent.length > 0),
    )
    .map(([element]) => element);
  const symbols = new Set(calls.flatMap((step) => step.capabilities.map(({ symbol }) => symbol)));
  const { targets, sensitivity_max: ceiling, destinations, environments } = elements;
  return {
    missing,
    envelope: {
      capabilities: [...symbols].sort(),
      ...(targets === undefined ? {} : { targets: [...targets] }),
      ...(ceiling === undefined ? {} : { sensitivity_max: ceiling }),
      ...(destinations === undefined ? {} : { destinations: [...destinations] }),
      ...(environments === undefined ? {} : { environments: [...environments] }),
      volume: { calls: Math.max(...usual.map((one) => one.size)) },
    },
  };
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

function proposalOf(usual: readonly Usual[], chains: number, nowMs: number): Proposal | undefined {
  const [first] = usual;
  if (first === undefined) return undefined;
  const { workflow, alert } = first;
  const calls = usual.flatMap((one) => one.calls);
  const roles = approvalsOf(calls, (step) => step.agent_role) ?? null;
  const { envelope, missing } = envelopeOf(usual);
  return {
    workflow: workflow.name,
    combination: alert.assembly?.combination ?? alert.rule_id,
    proposed_to: workflow.owner?.person ?? workflow.owner?.team ?? null,
    chains,
    alerts: usual.map((one) => one.alert.alert_id).sort(),
    roles,
    envelope,
    from: dayOf(nowMs),
    expires: dayOf(nowMs + PROPOSED_DAYS * DAY_MS),
    not_bounded: [...(roles === null ? ['roles'] : []), ...missing],
  };
}

export function proposeApprovals(question: ProposalQuestion): ProposalReport {
  const { alerts, steps, reviewed, chainsMin, nowMs } = question;
  const byChain = new Map<string, PrivilegeStep[]>();
  for (const step of steps) {
    const own = byChain.get(step.chain_id);
    if (own === undefined) byChain.set(step.chain_id, [step]);
    else own.push(step);
  }
  const leftOut: Record<string, number> = {};
  const groups = new Map<string, Usual[]>();
  for (const alert of alerts) {
    const chain = alert.subject.chain_id ?? '';
    const isAsked = reviewed.has(alert.alert_id) || reviewed.has(chain);
    if (!isAsked || alert.state !== 'open' || !PROPOSABLE.has(alert.kind)) continue;
    const usual = usualOf(question, alert, byChain.get(chain) ?? []);
    if (typeof usual === 'string') leftOut[usual] = (leftOut[usual] ?? 0) + 1;
    else {
      const key = JSON.stringify([usual.workflow.name, alert.assembly?.combination]);
      groups.set(key, [...(groups.get(key) ?? []), usual]);
    }
  }
  const proposals: Proposal[] = [];
  for (const key of [...groups.keys()].sort()) {
    const usual = groups.get(key) ?? [];
    const chains = new Set(usual.map((one) => one.chain)).size;
    const why = `seen in fewer than ${chainsMin} reviewed chains of its workflow`;
    const proposal = chains < chainsMin ? undefined : proposalOf(usual, chains, nowMs);
    if (proposal === undefined) leftOut[why] = (leftOut[why] ?? 0) + chains;
    else proposals.push(proposal);
  }
  return { proposals, left_out: leftOut };
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** As an entry for the workflow's `approvals`, without the name of who approves. */
function sayProposal(one: Proposal): readonly string[] {
  const list = (values: readonly string[]) =>
    `[${values.map((v) => JSON.stringify(v)).join(', ')}]`;
  const { envelope } = one;
  const elements = Object.entries(envelope).map(([element, value]) =>
    Array.isArray(value)
      ? `          ${element}: ${list(value as readonly string[])}`
      : `          ${element}: ${typeof value === 'string' ? value : `{ calls: ${envelope.volume?.calls} }`}`,
  );
  const open =
    one.not_bounded.length === 0
      ? []
      : [`  # not told by the calls, bound it by hand: ${one.not_bounded.join(', ')}`];
  return [
    '',
    `# ${one.combination} in ${plural(one.chains, 'reviewed chain')} of ${one.workflow}; to be decided by ${one.proposed_to ?? 'its owner (none is registered)'}`,
    ...open,
    `  - name: ${JSON.stringify(one.workflow)}`,
    '    approvals:',
    `      - combination: ${one.combination}`,
    ...(one.roles === null ? [] : [`        roles: ${list(one.roles)}`]),
    '        envelope:',
    ...elements,
    '        # by: who approves it; without it no registry takes this',
    '        # reason: why this is meant to happen',
    `        from: ${one.from}`,
    `        expires: ${one.expires}`,
  ];
}

export function sayProposals({ proposals, left_out: leftOut }: ProposalReport): readonly string[] {
  return [
    `${plural(proposals.length, 'proposal')}; nothing was changed, and nothing is quieter.`,
    ...Object.entries(leftOut).map(
      ([why, n]) => `  ${plural(n, 'reviewed chain')} left out: ${why}`,
    ),
    ...proposals.flatMap(sayProposal),
  ];
}
