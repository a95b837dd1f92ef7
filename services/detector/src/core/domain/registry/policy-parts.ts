export interface CombinationNeeds {
  readonly id: string;
  readonly steps: readonly (readonly string[])[];
}

export interface LinkRules {
  readonly kinds: readonly string[];
  readonly commonValues: readonly string[];
  readonly granteeUses?: readonly string[];
}
