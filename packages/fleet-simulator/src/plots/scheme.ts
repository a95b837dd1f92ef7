/** A way to complete a shipped combination: who can do which step, what carries it, how it is played. */
import type { CallPlan } from '../call-plan.ts';
import type { Role } from '../roles.ts';
import type { FormedTool } from './form-table.ts';
import type { Mode } from './manner.ts';

/** Who does a step, and with what. */
export interface Act {
  readonly role: Role;
  readonly tool: FormedTool;
  readonly plan?: CallPlan;
}

/** `flow`: a value; the others: the tie that the combination asks for. */
export type Carrier = 'flow' | 'memory' | 'credential' | 'grantee' | 'derived' | 'denied';

export interface Scheme {
  readonly combination: string;
  readonly carrier: Carrier;
  /** Of each step, who can do it; the first is the one whom an approval names. */
  readonly steps: readonly (readonly [Act, ...Act[]])[];
  readonly modes: readonly Mode[];
  /** Manners that fire elsewhere and here do not. */
  readonly quietHere?: readonly Mode[];
  /** It completes only when one hand is over its steps: one principal. */
  readonly oneHand?: true;
  /** When the combination fixes the alert's kind. */
  readonly kind?: string;
  /** The workflow whose owner approved this combination. */
  readonly approvedIn?: string;
}
