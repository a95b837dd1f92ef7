/**
 * What an agent was granted, and which kind of alert follows (reference-combinations, "Which kind
 * the alert gets"; design: assembly, "Grant", "Contains").
 */
import { type AssemblyKind, type Combination, matchesGrant } from '@waywarden/schemas';
import type { Assignment } from './assignment.ts';
import type { Call } from './call.ts';
import { capabilitiesFor } from './step-condition.ts';

/**
 * Whether the grant of `agent` holds a symbol: "with registry grants and scopes both known it is
 * their intersection; an unknown grant contains nothing". Its scopes are those of all its calls here.
 */
function isGranted(symbol: string, agent: string, calls: readonly Call[]): boolean {
  const own = calls.filter((call) => call.agent === agent);
  const registered = own.find((call) => call.registryGrants !== undefined)?.registryGrants;
  const scopes = own.flatMap((call) => call.scopeGrants ?? []);
  const scopesKnown = own.some((call) => call.scopeGrants !== undefined);
  const inRegistry = (registered ?? []).some((pattern) => matchesGrant(pattern, symbol));
  const inScopes = scopes.some((pattern) => matchesGrant(pattern, symbol));
  if (registered !== undefined && scopesKnown) return inRegistry && inScopes;
  return registered !== undefined ? inRegistry : inScopes;
}

/** "A grant contains T when for every step at least one of its exercised alternatives is in it." */
export function containsAll(agent: string, combination: Combination, given: Assignment): boolean {
  return combination.steps.every((step) => {
    const call = given.get(step.id);
    if (call === undefined) return false;
    return capabilitiesFor(step, call).some((symbol) =>
      isGranted(symbol, agent, [...given.values()]),
    );
  });
}

/** "Contributors are those who exercised a step." */
export function contributorsOf(given: Assignment): readonly string[] {
  return [...new Set([...given.values()].map((call) => call.agent))].sort();
}

/**
 * "`toxic_combination`: the grant of one contributor contains T. `privilege_assembly`: no
 * contributor's does. `kind` and `kind_one_agent` override this."
 */
export function kindOf(combination: Combination, given: Assignment): AssemblyKind {
  const contributors = contributorsOf(given);
  if (contributors.length === 1 && combination.kind_one_agent !== undefined) {
    return combination.kind_one_agent;
  }
  if (combination.kind !== undefined) return combination.kind;
  return contributors.some((agent) => containsAll(agent, combination, given))
    ? 'toxic_combination'
    : 'privilege_assembly';
}
