import type { Registry } from '@waywarden/schemas';

export type ProblemSeverity = 'error' | 'warning';

export interface RegistryProblem {
  readonly severity: ProblemSeverity;
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

export interface RegistryCheckContext {
  /** Undefined: not asked. */
  readonly combinations: readonly string[] | undefined;
  readonly nowMs: number;
}

export type RegistryCheck = (
  registry: Registry,
  context: RegistryCheckContext,
) => readonly RegistryProblem[];
