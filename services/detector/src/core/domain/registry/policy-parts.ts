/** Parts of a policy that several stages read. */

/** What a combination asks of one grant: for each step that is done, its alternatives. */
export interface CombinationNeeds {
  readonly id: string;
  readonly steps: readonly (readonly string[])[];
}

/** What of a tenant's policy decides which values are followed. */
export interface LinkRules {
  readonly kinds: readonly string[];
  readonly commonValues: readonly string[];
  /** What a grantee may do that hangs together with the grant. */
  readonly granteeUses?: readonly string[];
}
