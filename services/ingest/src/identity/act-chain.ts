/**
 * Who acts for whom, from the claims of one token (RFC 8693, section 4.1). The outermost `act` acts
 * now; the nested ones acted before, which the issuer has not authenticated, so they are asserted.
 */
import type { Assurance } from '@waywarden/schemas';

/** Hops of one token; the rest is cut and said. */
export const HOPS_MAX = 16;
const SUBJECT_MAX = 2_048;

export interface Hop {
  readonly uid: string;
  readonly assurance: Assurance;
}

export interface Actors {
  readonly agent: Hop;
  readonly principal: Hop | undefined;
  /** Who acted before, first to last. */
  readonly before: readonly Hop[];
  readonly isCut: boolean;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function subject(claims: Json): string | undefined {
  const { sub } = claims;
  return typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_MAX ? sub : undefined;
}

/** `claims`: of a token that was verified. `undefined`: it names nobody. */
export function readActors(
  claims: Json,
  proven: Assurance,
  agentClaim: 'sub' | 'client_id' | 'azp' = 'sub',
): Actors | undefined {
  const owner = subject(claims);
  const hops: string[] = [];
  let act: unknown = claims.act;
  while (isObject(act) && hops.length < HOPS_MAX) {
    const uid = subject(act);
    if (uid === undefined) return undefined;
    hops.push(uid);
    act = act.act;
  }
  const [current, ...earlier] = hops;
  if (current === undefined) {
    const named = claims[agentClaim];
    const uid = typeof named === 'string' && named !== '' ? named.slice(0, SUBJECT_MAX) : undefined;
    if (uid === undefined) return undefined;
    const principal =
      owner !== undefined && owner !== uid ? { uid: owner, assurance: proven } : undefined;
    return { agent: { uid, assurance: proven }, principal, before: [], isCut: false };
  }
  return {
    agent: { uid: current, assurance: proven },
    principal: owner === undefined ? undefined : { uid: owner, assurance: proven },
    before: earlier.reverse().map((uid) => ({ uid, assurance: 'asserted' })),
    isCut: isObject(act),
  };
}
