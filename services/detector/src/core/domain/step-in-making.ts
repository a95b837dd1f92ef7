/**
 * A privilege step while it is made, and what it is made from beside the event. Its fields are put in one
 * by one, in the order in which they are printed: spreads of what only some calls have took longer than the
 * rest of the step.
 */
import type { PrivilegeStep, Registry, RegistryAgent, StepWords } from '@waywarden/schemas';

export type StepInMaking = { -readonly [K in keyof PrivilegeStep]?: PrivilegeStep[K] };

export interface StepContext {
  readonly grants: readonly string[] | null;
  readonly registered: RegistryAgent | undefined;
  readonly policyVersion: string;
  readonly registryVersion: string | undefined;
  readonly registry: Registry | undefined;
  /** What it read and said, where that can matter to other agents. */
  readonly words?: StepWords | undefined;
}
