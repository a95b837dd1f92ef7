/** What is wrong with a registry beyond its shape; names that lead nowhere are warnings. */
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
