/**
 * Links: whether an earlier call A is tied to a later call B, one function for each kind, each with
 * the sentence of docs/reference-combinations.md ("Links") that it implements.
 */
import { matchesGrant, type StepLink } from '@waywarden/schemas';
import { type Call, type CallValue, didHappen, isWrite, strengthRank } from './call.ts';
import { handOversBetween } from './hand-over.ts';
import { mayPrecede } from './order.ts';
import { isHubResource, isSelective, type Stream } from './stream.ts';

export interface Link {
  readonly from: Call;
  readonly to: Call;
  readonly kind: StepLink;
  /** The hand-over without which this link does not hold. */
  readonly needs?: Call | undefined;
}

function selectiveIn(from: readonly CallValue[], keys: ReadonlySet<string>, b: Call, s: Stream) {
  return from.some((value) => keys.has(value.key) && isSelective(value.key, b, s));
}

const keysOf = (values: readonly CallValue[]): ReadonlySet<string> =>
  new Set(values.map((value) => value.key));

/** "Denied calls make no links by what they returned or wrote"; dry runs never count. */
function leavesSomething(a: Call): boolean {
  return a.happened !== 'attempted' && !a.dryRun;
}

/** "A secret or token in A's result is the credential of B (`credential.fp`)". */
function secretIsCredential(a: Call, b: Call, stream: Stream): boolean {
  const fp = b.credentialFp;
  if (fp === undefined || !isSelective(fp, b, stream)) return false;
  return a.result.some(
    (value) => value.key === fp && (value.kind === 'secret' || value.kind === 'token'),
  );
}

/** "A did `create:credential` and its `target.resource_id` is B's `credential.uid`". */
function createdCredential(a: Call, b: Call): boolean {
  if (!didHappen(a) || b.credentialId === undefined) return false;
  const creates = a.capabilities.some((symbol) => matchesGrant('create:credential', symbol));
  return creates && a.target.id === b.credentialId;
}

function secretUse(a: Call, b: Call, stream: Stream): boolean {
  return leavesSomething(a) && (secretIsCredential(a, b, stream) || createdCredential(a, b));
}

/**
 * "A value in A's result, or written by A, stands in B's arguments. Two writes of one value have no
 * direction."
 */
function dataFlow(a: Call, b: Call, stream: Stream): boolean {
  if (!leavesSomething(a)) return false;
  const used = keysOf(b.args);
  if (selectiveIn(a.result, used, b, stream)) return true;
  return isWrite(a) && !isWrite(b) && selectiveIn(a.args, used, b, stream);
}

/**
 * "B reads what A wrote: both name the same `target.resource_id`, A wrote a value (create, update,
 * configure, grant) and B's result holds it."
 */
function resource(a: Call, b: Call, stream: Stream): boolean {
  const id = a.target.id;
  if (id === undefined || id !== b.target.id || !isWrite(a) || b.effect !== 'read') return false;
  if (!leavesSomething(a) || isHubResource(id, b, stream)) return false;
  return selectiveIn(a.args, keysOf(b.result), b, stream);
}

/** "Two capability-bearing calls of one agent instance and task, A first." (inside one chain) */
function context(a: Call, b: Call): boolean {
  if (a.dryRun || a.instance !== b.instance || a.task !== b.task || a.chain !== b.chain) {
    return false;
  }
  return a.capabilities.length > 0 && b.capabilities.length > 0;
}

/**
 * "an event that shares only another root key with a chain is joined by a `delegation` link"; but "a
 * weaker key never joins events whose stronger keys are proven and differ".
 */
function sharesRootKey(a: Call, b: Call): boolean {
  if (a.chain === b.chain) return false;
  return a.rootKeys.some((key) => {
    const shared = b.rootKeys.find((other) => other.key === key.key);
    if (shared === undefined) return false;
    const weaker = Math.max(strengthRank(key), strengthRank(shared));
    const strongerOf = (call: Call) =>
      call.rootKeys.filter((other) => other.proven && strengthRank(other) < weaker);
    return !strongerOf(a).some((mine) =>
      strongerOf(b).some((theirs) => theirs.rank === mine.rank && theirs.key !== mine.key),
    );
  });
}

const GRANTEE_TYPES = ['agent', 'identity', 'principal', 'user', 'group', 'role'];

/**
 * "A granted access, and B's agent, principal or credential is the grantee: `args.features.grantee`
 * of A, else A's `target.resource_id` where its `resource_type` is agent, identity, …".
 */
function grantee(a: Call, b: Call): boolean {
  const grants = a.capabilities.some((symbol) => matchesGrant('grant:access', symbol));
  if (!didHappen(a) || !grants) {
    return false;
  }
  const named = GRANTEE_TYPES.includes(a.target.type ?? '') ? a.target.id : undefined;
  const who = a.grantee ?? named;
  return who !== undefined && [b.agent, b.principal, b.credentialId].includes(who);
}

/** "the same `target.resource_id`, and A's effect is not `read`." */
function sameObject(a: Call, b: Call): boolean {
  return a.target.id !== undefined && a.target.id === b.target.id && a.effect !== 'read';
}

/**
 * "B's `credential.parent_uid` is A's `credential.uid`. The earliest call with that credential and
 * known scopes stands for it, whenever it was made". Read inside B's chain.
 */
function derivedCredential(a: Call, b: Call, stream: Stream): boolean {
  if (a.credentialId === undefined || a.credentialId !== b.credentialParent) return false;
  const withIt = (stream.byChain.get(b.chain) ?? []).filter(
    (call) => call.credentialId === a.credentialId && call.scopeGrants !== undefined,
  );
  return withIt[0] === a;
}

const EVIDENCE: readonly (readonly [StepLink, (a: Call, b: Call, s: Stream) => boolean])[] = [
  ['secret_use', secretUse],
  ['delegation', sharesRootKey],
  ['data_flow', dataFlow],
  ['resource', resource],
  ['context', context],
];

const TIES: readonly (readonly [StepLink, (a: Call, b: Call, s: Stream) => boolean])[] = [
  ['grantee', grantee],
  ['same_object', sameObject],
];

/** All links from `a` to `b`. Ties hold inside one chain; evidence holds everywhere. */
export function linksBetween(a: Call, b: Call, stream: Stream): readonly Link[] {
  if (a === b) return [];
  const found: Link[] = [];
  if (a.chain === b.chain && derivedCredential(a, b, stream)) {
    found.push({ from: a, to: b, kind: 'derived_credential' });
  }
  for (const needs of handOversBetween(a, b, stream)) {
    found.push({ from: a, to: b, kind: 'delegation', needs: needs === a ? undefined : needs });
  }
  const kinds = a.chain === b.chain ? [...EVIDENCE, ...TIES] : EVIDENCE;
  for (const [kind, holds] of kinds) {
    if (holds(a, b, stream)) found.push({ from: a, to: b, kind });
  }
  return found.some((link) => link.kind !== 'derived_credential') && !mayPrecede(a, b, stream)
    ? found.filter((link) => link.kind === 'derived_credential')
    : found;
}
