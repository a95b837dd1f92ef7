/**
 * Work that looked like a dangerous combination and raised nothing, and why. The detector keeps no
 * record of silence, so this is worked out again from the stored calls, the combinations of the
 * policy and the approvals of the registry; the page says so.
 *
 * Only work in which several agents did every step of a combination is worth showing: a look-alike.
 */
import {
  type Combination,
  epochMs,
  matchesGrant,
  type Policy,
  type Registry,
} from '@waywarden/schemas';
import type { QuietApproval, QuietChain } from './view-model.ts';
import { listOf, shortName } from './words.ts';

/** Look-alikes that are shown. */
const QUIET_MAX = 5;

export interface ChainUse {
  readonly chain_id: string;
  readonly workflow: string;
  readonly task_id: string;
  readonly agents: readonly string[];
  readonly capabilities: readonly string[];
  readonly last_event_time: string;
}

export interface QuietParts {
  readonly chains: readonly ChainUse[];
  /** `chain id` + `|` + combination of every open alert. */
  readonly alarmed: ReadonlySet<string>;
  readonly policy: Policy | undefined;
  readonly registry: Registry | undefined;
}

function doesAll(combination: Combination, capabilities: readonly string[]): boolean {
  return combination.steps.every((step) =>
    step.any.some((symbol) => capabilities.some((used) => matchesGrant(symbol, used))),
  );
}

const isWithin = (at: string, from: string, expires: string): boolean => {
  const day = (date: string) => epochMs(date.length === 10 ? `${date}T00:00:00Z` : date);
  return epochMs(at) >= day(from) && epochMs(at) < day(expires);
};

function approvalOf(
  registry: Registry | undefined,
  chain: ChainUse,
  combination: string,
): QuietApproval | null {
  const workflow = registry?.workflows.find((one) => one.name === chain.workflow);
  const found = workflow?.approvals?.find(
    (one) =>
      one.combination === combination && isWithin(chain.last_event_time, one.from, one.expires),
  );
  if (found === undefined) return null;
  const { by, reason, from, expires } = found;
  return { by, reason, from, expires };
}

function whyQuiet(chain: ChainUse, combination: Combination, approval: QuietApproval | null) {
  const who = listOf(chain.agents.map(shortName));
  if (approval !== null) {
    return `${who} did every step of ${combination.id}, but ${approval.by} approved it for ${chain.workflow} until ${approval.expires.slice(0, 10)}: ${approval.reason}`;
  }
  return `${who} did every step of ${combination.id}, but no value, secret or hand-over leads from one step to the next in the order that it needs.`;
}

/** At most one look-alike a chain, the newest first; those that an approval covers before others. */
export function quietWork(parts: QuietParts): readonly QuietChain[] {
  const { chains, alarmed, policy, registry } = parts;
  const found: QuietChain[] = [];
  for (const chain of chains) {
    const combination = policy?.combinations.find(
      (one) => !alarmed.has(`${chain.chain_id}|${one.id}`) && doesAll(one, chain.capabilities),
    );
    if (combination === undefined || chain.agents.length < 2) continue;
    const approval = approvalOf(registry, chain, combination.id);
    found.push({
      chain_id: chain.chain_id,
      workflow: chain.workflow,
      task_id: chain.task_id,
      combination: combination.id,
      combination_title: combination.title ?? combination.id,
      agents: chain.agents,
      capabilities: chain.capabilities,
      last_event_time: chain.last_event_time,
      why: whyQuiet(chain, combination, approval),
      basis: approval === null ? 'not_linked' : 'approved',
      approval,
    });
  }
  const isApproved = (one: QuietChain) => (one.basis === 'approved' ? 0 : 1);
  return found.toSorted((a, b) => isApproved(a) - isApproved(b)).slice(0, QUIET_MAX);
}
