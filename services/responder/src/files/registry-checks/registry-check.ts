/** What a check of a registry is: the registry in, problems with their places out. */
import type { Registry } from '@waywarden/schemas';

export type ProblemSeverity = 'error' | 'warning';

export interface RegistryProblem {
  readonly severity: ProblemSeverity;
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

export interface RegistryCheckContext {
  /** Ids of the policy's combinations, for approvals; undefined: not known, so not asked. */
  readonly combinations: readonly string[] | undefined;
  /** Milliseconds since the epoch: what is past. */
  readonly nowMs: number;
}

export type RegistryCheck = (
  registry: Registry,
  context: RegistryCheckContext,
) => readonly RegistryProblem[];
