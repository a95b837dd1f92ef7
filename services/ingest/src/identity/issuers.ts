/**
 * Whose tokens prove an identity: `issuers.json` beside `tokens.json`. An issuer is named with its
 * keys (a JWKS file or https address), its audience and what it speaks for.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

export const ISSUERS_MAX = 64;
/** Asymmetric only: with a shared secret, or none, whoever checks a token could also have made it. */
const ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const;

const name = z.string().min(1).max(128);
const issuerEntry = z
  .strictObject({
    id: name,
    issuer: z.string().min(1).max(2_048).optional(),
    trust_domain: z
      .string()
      .regex(/^[a-z0-9._-]{1,255}$/)
      .optional(),
    audience: z.string().min(1).max(2_048),
    jwks: z.string().min(1).max(2_048),
    tenant: name.regex(/^[^|]+$/),
    source: z.strictObject({ kind: name.regex(/^[^|/]+$/), instance: name.regex(/^[^|]+$/) }),
    agent_claim: z.enum(['sub', 'client_id', 'azp']).default('sub'),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256', 'ES256', 'EdDSA']),
  })
  .refine((entry) => entry.issuer !== undefined || entry.trust_domain !== undefined, {
    error: 'needs `issuer`, or `trust_domain` for JWT-SVIDs',
  });
const issuerFile = z.strictObject({
  version: z.literal(1),
  issuers: z.array(issuerEntry).max(ISSUERS_MAX),
});

export type IssuerEntry = z.infer<typeof issuerEntry>;

export interface Issuer {
  readonly entry: IssuerEntry;
  readonly key: JWTVerifyGetKey;
}

/** Milliseconds that an issuer may take to give its keys, and for which they are not asked again. */
const KEYS_MS_MAX = 3_000;
const KEYS_COOLDOWN_MS = 30_000;

function keysOf(jwks: string, folder: string): JWTVerifyGetKey {
  if (/^https:\/\//u.test(jwks)) {
    const options = { timeoutDuration: KEYS_MS_MAX, cooldownDuration: KEYS_COOLDOWN_MS };
    return createRemoteJWKSet(new URL(jwks), options);
  }
  if (/^\w+:\/\//u.test(jwks)) throw new Error(`${jwks} is neither a file nor an https address`);
  return createLocalJWKSet(JSON.parse(readFileSync(resolve(folder, jwks), 'utf8')));
}

export function loadIssuers(path: string): readonly Issuer[] {
  const parsed = issuerFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`);
    throw new Error(`The issuer file ${path}: ${problems.join('; ')}.`);
  }
  return parsed.data.issuers.map((entry) => {
    try {
      return { entry, key: keysOf(entry.jwks, dirname(path)) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The issuer file ${path}: keys of ${entry.id}: ${reason}.`, { cause });
    }
  });
}
