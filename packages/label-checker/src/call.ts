/**
 * One call, with everything that the rules of a combination ask about, as the specification names
 * it. It is built from an input event and the registry (`read-call.ts`), or from a combination's own
 * example in tests, so that every rule is written once and tried on both.
 *
 * Independent of the detector by intent: nothing here comes from its records or its code.
 */

/** How far a call's effect is known to have happened (design: assembly, "Exercised"). */
export type Happened = 'exercised' | 'possibly' | 'attempted' | 'no';

export interface CallValue {
  /** Kind and canonical form in one text, or a fingerprint: equal values are equal texts. */
  readonly key: string;
  readonly kind: string;
}

/** A key that says to which piece of work a call belongs; strongest rank is 0. */
export interface RootKey {
  readonly rank: number;
  readonly key: string;
  readonly proven: boolean;
}

export interface Target {
  readonly system?: string | undefined;
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  readonly owner?: string | undefined;
  readonly sensitivity?: string | undefined;
  readonly environment?: string | undefined;
}

export interface Call {
  /** The native id: what labels name. */
  readonly id: string;
  readonly timeMs: number;
  readonly source: string;
  readonly seq?: number | undefined;
  readonly activity: string;
  readonly effect: string;
  readonly happened: Happened;
  readonly dryRun: boolean;
  readonly capabilities: readonly string[];
  /** Symbols whose basis is `inferred`. */
  readonly inferred: readonly string[];
  readonly tool?: string | undefined;
  readonly target: Target;
  /** Domain of a send, publication or payment, where it can be told. */
  readonly destination?: string | undefined;
  readonly args: readonly CallValue[];
  readonly result: readonly CallValue[];
  /** Values that the task's request names. */
  readonly requested: readonly string[];
  readonly resultTrust?: string | undefined;
  readonly records?: number | undefined;
  readonly grantee?: string | undefined;
  readonly handsTo?: string | undefined;

  readonly agent: string;
  readonly instance: string;
  readonly agentProven: boolean;
  readonly principal?: string | undefined;
  readonly principalProven: boolean;
  readonly credentialId?: string | undefined;
  readonly credentialFp?: string | undefined;
  readonly credentialParent?: string | undefined;
  /** What the scopes of the credential allow; undefined: not known. */
  readonly scopeGrants?: readonly string[] | undefined;

  readonly chain: string;
  readonly rootKeys: readonly RootKey[];
  readonly task?: string | undefined;
  readonly taskProven: boolean;
  readonly workflow?: string | undefined;
  readonly workflowProven: boolean;
  readonly subjects: readonly string[];
  readonly spanId?: string | undefined;
  readonly parentSpanId?: string | undefined;
  readonly rootAgent?: string | undefined;
  readonly parentAgent?: string | undefined;
  readonly delegationRefs: readonly string[];
  readonly delegationProven: boolean;
  readonly approval?: { readonly mode: string; readonly by?: string | undefined } | undefined;
  readonly approvalProven: boolean;

  /** From the registry; undefined: not registered or not told. */
  readonly registryGrants?: readonly string[] | undefined;
  readonly role?: string | undefined;
  readonly plane?: string | undefined;
  readonly owners: readonly string[];
  /** Hand-offs that the workflow declares, as `retrieval>execution`. */
  readonly handoffs: readonly string[];
}

/** "Exercised. A call of outcome success; or unknown, cancelled or tool_error where …": it counts. */
export function didHappen(call: Call): boolean {
  return (call.happened === 'exercised' || call.happened === 'possibly') && !call.dryRun;
}

/** The effects that count when it is not known whether they took place. */
const LASTING: ReadonlySet<string> = new Set([
  'send',
  'pay',
  'grant',
  'create',
  'delete',
  'execute',
]);

/**
 * "success; or unknown, cancelled or tool_error where the effect is send, pay, grant, create, delete
 * or execute (possibly exercised) … Denied calls are attempted, kept apart."
 */
export function happenedOf(outcome: string, effect: string): Happened {
  if (outcome === 'success') return 'exercised';
  if (outcome === 'denied') return 'attempted';
  const open = outcome === 'unknown' || outcome === 'cancelled' || outcome === 'tool_error';
  return open && LASTING.has(effect) ? 'possibly' : 'no';
}

/** "A wrote a value (create, update, configure, grant)". */
export function isWrite(call: Call): boolean {
  return ['create', 'update', 'configure', 'grant'].includes(call.effect);
}

const RANKS = 4;

/** "a key that is only asserted ranks below every proven one". Lower is stronger. */
export function strengthRank(key: RootKey): number {
  return key.proven ? key.rank : key.rank + RANKS;
}
