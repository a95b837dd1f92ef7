/**
 * A privilege step while it is made. Fields are put in one by one, in printing order: spreads cost more than all
 * the rest.
 */
import type { PrivilegeStep, Registry, RegistryAgent, StepWords } from '@waywarden/schemas';

export type StepInMaking = { -readonly [K in keyof PrivilegeStep]?: PrivilegeStep[K] };

export interface StepContext {
  readonly grants: readonly string[] | null;
  readonly registered: RegistryAgent | undefined;
  readonly policyVersion: string;
  readonly registryVersion: string | undefined;
  readonly registry: Registry | undefined;
  readonly words?: StepWords | undefined;
}
