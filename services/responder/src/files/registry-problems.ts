/**
 * What is wrong with a registry beyond its shape. Errors: nothing sensible follows. Warnings: names
 * that lead nowhere grant and quiet nothing, so that half a file can be published.
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
