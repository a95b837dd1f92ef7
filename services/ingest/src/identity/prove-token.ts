/**
 * What a JWT or JWT-SVID proves. Only keys of a named issuer count, for its tenant, with its
 * audience; a token that proves less than it says is refused, never believed a little.
 */
import { decodeJwt, errors, jwtVerify } from 'jose';
import { trustDomainOf } from '../core/claims.ts';
import { type Actors, readActors } from './act-chain.ts';
import type { Issuer, IssuerEntry } from './issuers.ts';

const CLOCK_TOLERANCE_S = 30;
const TOKEN_MAX = 16_384;
/** RFC 9068 §2.1, the SPIFFE JWT-SVID specification §2, and tokens of issuers older than both. */
const ACCESS_TYPES: ReadonlySet<string> = new Set(['jwt', 'jose', 'at+jwt']);

export type Refusal = 'unknown_token' | 'expired_token';

export type Proof =
  | {
      readonly is: 'proven';
      readonly entry: IssuerEntry;
      readonly actors: Actors;
      readonly expiresAt: number;
      /** `jti`, where the token has one: what a revocation names. */
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
  const said = scope ?? scp;
  if (typeof said === 'string') return said.split(' ').filter((one) => one !== '');
  return Array.isArray(said) ? said.filter((one) => typeof one === 'string') : [];
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
