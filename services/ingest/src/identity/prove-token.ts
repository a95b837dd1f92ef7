/**
 * What a JWT or JWT-SVID proves. Only keys of a named issuer count, for its tenant, with its
 * audience; a token that proves less than it says is refused, never believed a little.
 */
import { type Assurance, eachClaim } from '@waywarden/schemas';
import { decodeJwt, errors, jwtVerify } from 'jose';
import type { TokenEntry } from '../adapters/token-store.ts';
import { trustDomainOf } from '../core/enrich/derive-context.ts';
import { type Fields, isObject } from '../core/formats/read-line.ts';
import type { Issuer, IssuerEntry } from './issuers.ts';

/** Hops of one token; the rest is cut and said. */
export const HOPS_MAX = 16;
const SUBJECT_MAX = 2_048;

interface Hop {
  readonly uid: string;
  readonly assurance: Assurance;
}

interface Actors {
  readonly agent: Hop;
  readonly principal: Hop | undefined;
  readonly before: readonly Hop[];
  readonly isCut: boolean;
}

function subject(claims: Fields): string | undefined {
  const { sub } = claims;
  return typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_MAX ? sub : undefined;
}

/** RFC 8693, section 4.1: the outermost `act` acts now; the nested ones are asserted only. */
export function readActors(
  claims: Fields,
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

const CLOCK_TOLERANCE_S = 30;
const TOKEN_MAX = 16_384;
/** RFC 9068 §2.1, the SPIFFE JWT-SVID specification §2, and tokens of issuers older than both. */
const ACCESS_TYPES: ReadonlySet<string> = new Set(['jwt', 'jose', 'at+jwt']);

type Refusal = 'unknown_token' | 'expired_token';

type Proof =
  | {
      readonly is: 'proven';
      readonly entry: IssuerEntry;
      readonly actors: Actors;
      readonly expiresAt: number;
      readonly tokenId: string | undefined;
      readonly scopes: readonly string[];
    }
  | { readonly is: 'refused'; readonly refusal: Refusal };

const REFUSED: Proof = { is: 'refused', refusal: 'unknown_token' };

export function looksLikeJwt(token: string): boolean {
  return token.length <= TOKEN_MAX && /^[\w-]+\.[\w-]+\.[\w-]*$/u.test(token);
}

/** By what the token says of itself, which is checked afterwards: the issuer, else the trust domain. */
function issuerOf(token: string, issuers: readonly Issuer[]): Issuer | undefined {
  let claims: ReturnType<typeof decodeJwt>;
  try {
    claims = decodeJwt(token);
  } catch {
    return undefined;
  }
  const domain = typeof claims.sub === 'string' ? trustDomainOf(claims.sub) : undefined;
  return (
    issuers.find(({ entry }) => entry.issuer !== undefined && entry.issuer === claims.iss) ??
    issuers.find(({ entry }) => entry.issuer === undefined && entry.trust_domain === domain)
  );
}

function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const { scope, scp } = claims;
  const scopeText = scope ?? scp;
  if (typeof scopeText === 'string') return scopeText.split(' ').filter((one) => one !== '');
  return Array.isArray(scopeText) ? scopeText.filter((one) => typeof one === 'string') : [];
}

/** Whatever else an issuer signs with the same key (a logout, a security event) lets nobody in. */
function isAccessToken(
  typ: string | undefined,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  const type = typ?.toLowerCase().replace(/^application\//u, '') ?? 'jwt';
  return ACCESS_TYPES.has(type) && claims['events'] === undefined;
}

/** `nowMs`: our clock. Never throws; an issuer whose keys cannot be had refuses its tokens. */
export async function proveToken(
  token: string,
  issuers: readonly Issuer[],
  nowMs: number,
): Promise<Proof> {
  const issuer = looksLikeJwt(token) ? issuerOf(token, issuers) : undefined;
  if (issuer === undefined) return REFUSED;
  const { entry, key } = issuer;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [...entry.algorithms],
      audience: entry.audience,
      ...(entry.issuer !== undefined && { issuer: entry.issuer }),
      requiredClaims: ['exp', 'aud'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(nowMs),
    });
    if (!isAccessToken(protectedHeader.typ, payload)) return REFUSED;
    const domain = typeof payload.sub === 'string' ? trustDomainOf(payload.sub) : undefined;
    const isSvid = domain !== undefined && domain === entry.trust_domain;
    if (entry.issuer === undefined && !isSvid) return REFUSED;
    const actors = readActors(payload, isSvid ? 'attested' : 'authenticated', entry.agent_claim);
    if (actors === undefined) return REFUSED;
    return {
      is: 'proven',
      entry,
      actors,
      expiresAt: (payload.exp ?? 0) * 1_000,
      tokenId: payload.jti,
      scopes: scopesOf(payload),
    };
  } catch (cause) {
    const isOver = cause instanceof errors.JWTExpired;
    return isOver ? { is: 'refused', refusal: 'expired_token' } : REFUSED;
  }
}

const INSTANCE_MAX = 128;

/** What its telemetry says of work is its own word; only who acts, and for whom, is proven. */
const CLAIMS = { ...eachClaim(() => 'asserted' as const), principal: undefined };

export function senderOfProof({
  entry,
  actors,
  expiresAt,
  tokenId,
  scopes,
}: Extract<Proof, { is: 'proven' }>): TokenEntry {
  const { agent, principal, before } = actors;
  const instance = `${entry.source.instance}/${agent.uid.replaceAll('|', '_')}`;
  return {
    id: `issuer:${entry.id}`,
    hash: '',
    tenant: entry.tenant,
    source: { kind: entry.source.kind, instance: instance.slice(-INSTANCE_MAX) },
    assurance: agent.assurance,
    claims: CLAIMS,
    ...(entry.trust_domain !== undefined && { trust_domains: [entry.trust_domain] }),
    agents: [agent.uid],
    trust_fields: false,
    state: 'active',
    identity: {
      uid: agent.uid,
      ...(principal !== undefined && { principal: principal.uid }),
      chain: before,
      ...(tokenId !== undefined && { credential: tokenId }),
      expiresAt,
      scopes,
    },
  };
}
