/** A canary's token, receiver key and rules. */
import { join } from 'node:path';
import { issueToken } from '@waywarden/ingest';
import { type KeyFile, loadOrCreateKeyFile, publicJwks, type Registry } from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import { issuedTokenFile } from '../runtime/first-token.ts';
import { CANARY_RECEIVER, canaryRegistry } from './canary-rules.ts';
import { CANARY_TOKEN } from './canary-tenant.ts';

const TOKEN_FILE = 'canary-token';
export const CANARY_FILES = {
  detector: 'detector.json',
  responder: 'responder.json',
  commands: 'command-keys.json',
} as const;

export const canaryKeyFile = (keys: string): string => join(keys, `${CANARY_RECEIVER}.json`);
export const canaryTokenFile = (keys: string): string => join(keys, TOKEN_FILE);

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
