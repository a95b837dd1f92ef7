/**
 * The keys of an embedded installation, one file a service as in a distributed one; made at the
 * first start. Readers get rings of those who may write what they read, and nobody else's.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activeMacKey,
  activeSigningKey,
  type JwsKeyRing,
  type JwsSigningKey,
  type KeyFile,
  loadOrCreateKeyFile,
  type MacKey,
  type MacKeyRing,
  macKeyRing,
  signingKeyRing,
} from '@waywarden/schemas';
import type { DataPaths } from './data-folder.ts';

export interface ServiceKeys {
  readonly ingest: KeyFile;
  readonly detectorMac: MacKey;
  /** Who may write alerts, and what the detector forwards. */
  readonly detectorRing: MacKeyRing;
  readonly sequencerMac: MacKey;
  readonly sequencerRing: MacKeyRing;
  /** By which what people did about alerts is believed. */
  readonly consoleMac: MacKey;
  readonly consoleRing: MacKeyRing;
  readonly registrySigning: JwsSigningKey;
  readonly registryRing: JwsKeyRing;
  readonly commandSigning: JwsSigningKey;
  /** By which receivers believe an order. */
  readonly commandRing: JwsKeyRing;
}

export function loadServiceKeys(folder: string, createdAt: string): ServiceKeys {
  const file = (service: string, uses: readonly ('mac' | 'sign' | 'fingerprint')[]) =>
    loadOrCreateKeyFile(join(folder, `${service}.json`), { service, uses, createdAt });
  const detector = file('detector', ['mac']);
  const sequencer = file('sequencer', ['mac']);
  const console = file('console', ['mac']);
  const registry = file('registry', ['sign']);
  const responder = file('responder', ['sign']);
  return {
    ingest: file('ingest', ['fingerprint']),
    detectorMac: activeMacKey(detector),
    detectorRing: macKeyRing(detector),
    sequencerMac: activeMacKey(sequencer),
    sequencerRing: macKeyRing(sequencer),
    consoleMac: activeMacKey(console),
    consoleRing: macKeyRing(console),
    registrySigning: activeSigningKey(registry),
    registryRing: signingKeyRing(registry),
    commandSigning: activeSigningKey(responder),
    commandRing: signingKeyRing(responder),
  };
}

const FILE_MODE = 0o600;
const PASSWORD_BYTES = 24;

/**
 * The password of the embedded engine: random, made at the first start, in a file that only its
 * owner can read. Without it any user of the machine who finds the port could read what the process
 * may read, and delete alerts.
 */
export function storePassword(paths: DataPaths): string {
  const file = join(paths.keys, 'clickhouse-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: FILE_MODE });
  return password;
}
