/**
 * Made-up attacks live in a tenant of their own, by their token: a mark in events could be forged to be invisible.
 */
import { join } from 'node:path';
import { issueToken } from '@waywarden/ingest';
import {
  CANARY_TENANT,
  type KeyFile,
  loadOrCreateKeyFile,
  publicJwks,
  type Registry,
  TENANT_ID_LENGTH_MAX,
  tenantId,
} from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import { issuedTokenFile } from '../runtime/first-token.ts';
import { CANARY_RECEIVER, canaryRegistry } from './canary-rules.ts';

/** Authenticated, or no rule could act. */
export const CANARY_TOKEN = {
  id: 'waywarden/canary',
  tenant: CANARY_TENANT,
  source: { kind: 'gateway', instance: 'waywarden-canary' },
  assurance: 'authenticated',
} as const;

/** Why a person may not use the name; undefined when it is another. */
export function tenantProblem(tenant: string): string | undefined {
  if (!tenantId.safeParse(tenant).success) {
    return `${JSON.stringify(tenant)} is no tenant id: give 1 to ${TENANT_ID_LENGTH_MAX} characters without "|".`;
  }
  if (tenant !== CANARY_TENANT) return undefined;
  return `${CANARY_TENANT} is the tenant of Waywarden's own made-up attacks, whose alerts nobody looks at: give another.`;
}

const TOKEN_FILE = 'canary-token';
export const CANARY_FILES = {
  detector: 'detector.json',
  responder: 'responder.json',
  commands: 'command-keys.json',
} as const;

export const canaryKeyFile = (keys: string): string => join(keys, `${CANARY_RECEIVER}.json`);
export const canaryTokenFile = (keys: string): string => join(keys, TOKEN_FILE);

/** A canary's token, receiver key and rules. */
export function canaryReceiverKeys(keys: string): KeyFile {
  return loadOrCreateKeyFile(canaryKeyFile(keys), {
    service: CANARY_RECEIVER,
    uses: ['sign'],
    createdAt: new Date().toISOString(),
  });
}

/** The old one is void. */
export function issueCanaryToken(paths: DataPaths): string {
  return issueToken(paths.tokens, CANARY_TOKEN);
}

/** Clear token, made once. */
export function keepCanaryToken(paths: DataPaths): string {
  return issuedTokenFile(paths.tokens, canaryTokenFile(paths.keys), CANARY_TOKEN);
}

export function canaryRegistryOf(keys: string): Registry {
  const [key] = Object.values(publicJwks(canaryReceiverKeys(keys)));
  if (key === undefined) throw new Error(`${CANARY_RECEIVER} has no key.`);
  return canaryRegistry(key);
}
