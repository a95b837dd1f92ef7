/** A registry file checked as a whole, errors and warnings with their lines. */
import { type Registry, registrySchema } from '@waywarden/schemas';
import { contractProblems, type FileProblem, readYaml } from './parse-yaml-file.ts';
import { agentChecks } from './registry-checks/agents.ts';
import { entryChecks } from './registry-checks/entries.ts';
import type {
  ProblemSeverity,
  RegistryCheck,
  RegistryCheckContext,
  RegistryProblem,
} from './registry-checks/registry-check.ts';
import { workflowChecks } from './registry-checks/workflows.ts';
import type { StoodIn } from './stand-in.ts';

const CHECKS: readonly RegistryCheck[] = [...agentChecks, ...workflowChecks, ...entryChecks];

/** What is wrong with a registry beyond its shape; names that lead nowhere are warnings. */
export function registryProblems(
  registry: Registry,
  context: RegistryCheckContext,
): readonly RegistryProblem[] {
  return CHECKS.flatMap((check) => check(registry, context));
}

export interface CheckedProblem extends FileProblem {
  readonly severity: ProblemSeverity;
}

export interface CheckedRegistry {
  readonly registry: Registry | undefined;
  readonly errors: readonly CheckedProblem[];
  readonly warnings: readonly CheckedProblem[];
}

function isOurs({ path, expected }: RegistryProblem, stoodIn: StoodIn | undefined): boolean {
  return stoodIn === undefined || !(stoodIn.causes(path, expected) || stoodIn.isWithin(path));
}

export function checkRegistryText(text: string, context: RegistryCheckContext): CheckedRegistry {
  const yaml = readYaml(text);
  const asErrors = (problems: readonly FileProblem[]): readonly CheckedProblem[] =>
    problems.map((one) => ({ ...one, severity: 'error' }));
  if (!yaml.ok) return { registry: undefined, errors: asErrors(yaml.problems), warnings: [] };
  const contract = contractProblems(yaml.value, registrySchema, 'registry');
  const read = contract.ok ? contract.value : contract.readable?.value;
  const stoodIn = contract.ok ? undefined : contract.readable?.stoodIn;
  const meaning = (read === undefined ? [] : registryProblems(read, context))
    .filter((one) => isOurs(one, stoodIn))
    .map(
      ({ severity, path, expected }): CheckedProblem => ({
        ...yaml.value.problem(path, expected),
        severity,
      }),
    );
  const all = [...(contract.ok ? [] : asErrors(contract.problems)), ...meaning].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
  const errors = all.filter((one) => one.severity === 'error');
  const warnings = all.filter((one) => one.severity === 'warning');
  return {
    registry: errors.length > 0 || !contract.ok ? undefined : contract.value,
    errors,
    warnings,
  };
}
