/**
 * What is wrong with a registry beyond its shape: references that lead nowhere, dates that are past
 * or impossible, approvals without bounds, decoys that somebody is meant to touch.
 *
 * *Errors* make the file unusable: nothing sensible follows from it. *Warnings* are for a person to
 * read: the registry may be written before the policy, or workflow by workflow, and a name that
 * leads nowhere grants and quiets nothing. Rejected: all of them errors, since then nobody could
 * publish the half that stops an agent until the other half is tidy.
 */
import type { Registry } from '@waywarden/schemas';
import { agentChecks } from './registry-checks/agents.ts';
import { entryChecks } from './registry-checks/entries.ts';
import type {
  RegistryCheck,
  RegistryCheckContext,
  RegistryProblem,
} from './registry-checks/registry-check.ts';
import { workflowChecks } from './registry-checks/workflows.ts';

const CHECKS: readonly RegistryCheck[] = [...agentChecks, ...workflowChecks, ...entryChecks];

export function registryProblems(
  registry: Registry,
  context: RegistryCheckContext,
): readonly RegistryProblem[] {
  return CHECKS.flatMap((check) => check(registry, context));
}
