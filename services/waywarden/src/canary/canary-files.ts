/**
 * What a canary needs of an installation: its token, the key of the receiver that answers for the made-up
 * agents, and their rules. Made once by `init`, and at each start by `up`.
 */
import { join } from 'node:path';
import { issueToken } from '@waywarden/ingest';
import { type KeyFile, loadOrCreateKeyFile, publicJwks, type Registry } from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import { issuedTokenFile } from '../runtime/first-token.ts';
import { CANARY_RECEIVER, canaryRegistry } from './canary-rules.ts';
import { CANARY_TOKEN } from './canary-tenant.ts';

const TOKEN_FILE = 'canary-token';
/** As `deploy/split-keys.mjs` names them for a canary that runs apart. */
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

/** Before ingest starts. A new one each start; the old one is void. */
export function issueCanaryToken(paths: DataPaths): string {
  return issueToken(paths.tokens, CANARY_TOKEN);
}

/** For a canary that runs apart: the file with the clear token, made when it is not there. */
export function keepCanaryToken(paths: DataPaths): string {
  return issuedTokenFile(paths.tokens, canaryTokenFile(paths.keys), CANARY_TOKEN);
}

/** What ingest and detector have to know of the made-up agents. */
export function canaryRegistryOf(keys: string): Registry {
  const [key] = Object.values(publicJwks(canaryReceiverKeys(keys)));
  if (key === undefined) throw new Error(`${CANARY_RECEIVER} has no key.`);
  return canaryRegistry(key);
}
