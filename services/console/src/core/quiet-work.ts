/**
 * Work that looked like a dangerous combination and raised no alarm, and why. What stayed inside an approval is a
 * listed finding (`approved_assembly`); what never added up is worked out again from the stored calls and the policy's
 * combinations.
 */
import { type Alert, type Combination, matchesGrant, type Policy } from '@waywarden/schemas';
import type { QuietChain } from './view-model.ts';
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
  /** Findings of approved assemblies, the newest first. */
  readonly approved: readonly Alert[];
  readonly chains: readonly ChainUse[];
  /** `chain id` + `|` + combination of every alert that is open or listed. */
  readonly concluded: ReadonlySet<string>;
  readonly policy: Policy | undefined;
}

/** One that names what is done; steps like "any call" or "an attempt" look like everything. */
const isTelling = ({ steps }: Combination): boolean =>
  steps.every((step) => step.any.every((symbol) => !/[*]|^attempted:/.test(symbol)));

function doesAll(combination: Combination, capabilities: readonly string[]): boolean {
  return combination.steps.every((step) =>
    step.any.some((symbol) => capabilities.some((used) => matchesGrant(symbol, used))),
  );
}

function fromFinding(alert: Alert): readonly QuietChain[] {
  const { approved, assembly, subject } = alert;
  if (approved === undefined) return [];
  const agents = [
    ...new Set(
      assembly?.contributors.map((one) => one.agent_uid) ??
        alert.evidence.map((one) => one.agent_uid),
    ),
  ];
  const capabilities =
    assembly?.capabilities ?? alert.evidence.flatMap((one) => one.capability ?? []);
  const { combination, workflow, by, reason, from, expires } = approved;
  return [
    {
      chain_id: subject.chain_id ?? '',
      workflow,
      task_id: subject.task_id ?? '',
      combination,
      agents,
      capabilities: [...new Set(capabilities)],
      last_event_time: alert.last_event_time,
      why: `${listOf(agents.map(shortName))} together did every step of ${combination}. ${by} approved that for ${workflow} until ${expires.slice(0, 10)}: \u201c${reason}\u201d`,
      basis: 'approved',
      approval: { by, reason, from, expires },
      alert_id: alert.alert_id,
      times: 1,
    },
  ];
}

function fromChain(chain: ChainUse, parts: QuietParts): readonly QuietChain[] {
  if (chain.agents.length < 2) return [];
  const combination = parts.policy?.combinations.find(
    (one) => isTelling(one) && doesAll(one, chain.capabilities),
  );
  if (combination === undefined) return [];
  const isConcluded = parts.policy?.combinations.some((one) =>
    parts.concluded.has(`${chain.chain_id}|${one.id}`),
  );
  if (isConcluded === true) return [];
  return [
    {
      chain_id: chain.chain_id,
      workflow: chain.workflow,
      task_id: chain.task_id,
      combination: combination.id,
      agents: chain.agents,
      capabilities: chain.capabilities,
      last_event_time: chain.last_event_time,
      why: `${listOf(chain.agents.map(shortName))} did every step of ${combination.id}, but not as it asks: in its order, one leading to the next by a value, secret or hand-over, within its time and by its actors.`,
      basis: 'not_linked',
      approval: null,
      alert_id: null,
      times: 1,
    },
  ];
}

/** The newest of each workflow and combination, with how often; approved ones before others. */
export function quietWork(parts: QuietParts): readonly QuietChain[] {
  const newest = new Map<string, QuietChain>();
  const all = [
    ...parts.approved.flatMap(fromFinding),
    ...parts.chains.flatMap((chain) => fromChain(chain, parts)),
  ];
  for (const one of all) {
    const key = JSON.stringify([one.basis, one.workflow, one.combination, one.agents.toSorted()]);
    const known = newest.get(key);
    newest.set(key, known === undefined ? one : { ...known, times: known.times + 1 });
  }
  return [...newest.values()].slice(0, QUIET_MAX);
}
