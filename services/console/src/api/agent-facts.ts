/** What the registry says of an agent, for every page alike. */
import { matchesGrant, type Registry } from '@waywarden/schemas';
import type { GrantUse } from '../core/agent-profile.ts';
import type { AgentFacts, UsedTool } from '../core/view-model.ts';

export function registryEntryOf(registry: Registry | undefined, uid: string) {
  return registry?.agents.find((one) => one.uid === uid);
}

export function agentFactsOf(registry: Registry | undefined, uid: string): AgentFacts {
  const entry = registryEntryOf(registry, uid);
  const owner = [entry?.owner?.person, entry?.owner?.team].filter((one) => one !== undefined);
  const review = entry?.risk_review;
  return {
    agent_uid: uid,
    registered: entry !== undefined,
    class: entry?.class ?? 'unknown',
    role: entry?.role ?? null,
    plane: entry?.plane ?? null,
    owner: owner.length === 0 ? null : owner.join(', '),
    criticality: entry?.criticality ?? null,
    state: entry?.state ?? null,
    granted: entry?.grants ?? null,
    workflows: entry?.workflows ?? [],
    never_revoke: entry?.never_revoke ?? false,
    review: review === undefined ? null : `${review.by}, ${review.at} to ${review.expires}`,
  };
}

/** Which grants its stored calls used, which they did not, and what they used without one. */
export function grantUse(granted: readonly string[] | null, tools: readonly UsedTool[]): GrantUse {
  if (granted === null) return { used: null, unused: null, beyond: null };
  const symbols = [...new Set(tools.flatMap((one) => one.capabilities))].toSorted();
  const isUsed = (grant: string) => symbols.some((symbol) => matchesGrant(grant, symbol));
  return {
    used: granted.filter(isUsed),
    unused: granted.filter((grant) => !isUsed(grant)),
    beyond: symbols.filter((symbol) => !granted.some((grant) => matchesGrant(grant, symbol))),
  };
}
