/** A tenant's keys as functions; each use derives its own. HMAC over one-shot `hash`: a third of `createHmac`. */
import { createHmac, hash } from 'node:crypto';
import {
  FINGERPRINT_LENGTH,
  type FingerprintKey,
  fingerprintDomain,
  type KeyFile,
  REPLAY_KEY,
  tenantFingerprintKey,
} from '@waywarden/schemas';
import { BoundedMap } from '../core/domain/bounded-map.ts';
import type { ChainKeys, HashDomain, TenantKeys } from '../core/enrich/readings.ts';
import { halfSipHash, halfSipKey } from './half-sip-hash.ts';
import { sipHash, sipKey } from './sip-hash.ts';

const BLOCK_BYTES = 64;
const SCRATCH_LENGTH = 16_384;
const CHAINS_MAX = 5_000;
const FINGERPRINTS_MAX = 20_000;

function hmacOf(secret: Uint8Array): (text: string) => string {
  const key = secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret;
  const inner = Buffer.alloc(BLOCK_BYTES + 3 * SCRATCH_LENGTH, 0);
  const outer = Buffer.alloc(BLOCK_BYTES + 32, 0);
  for (let i = 0; i < BLOCK_BYTES; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  return (text) => {
    if (text.length > SCRATCH_LENGTH) {
      return createHmac('sha256', secret).update(text).digest('base64url');
    }
    const length = inner.write(text, BLOCK_BYTES, 'utf8');
    // latin1: a buffer costs as much as the hash.
    const middle = hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary');
    outer.write(middle, BLOCK_BYTES, 'latin1');
    return hash('sha256', outer, 'base64url');
  };
}

/** 132 bits. */
const CHAIN_ID_LENGTH = 22;

export function tenantKeys(key: FingerprintKey): TenantKeys {
  const secret = key.secret.export();
  const base = hmacOf(secret);
  const derive = (use: string) => hmacOf(Buffer.from(base(`ingest/${use}`), 'base64url'));
  const byDomain: Readonly<Record<HashDomain, (text: string) => string>> = {
    chain: derive('chain'),
    args: (text) => base(`json\n${text}`),
    request: derive('request'),
    'tool-definition': derive('tool-definition'),
  };
  const words = derive('words');
  const identifiers = sipKey(Buffer.from(derive('identifiers')(''), 'base64url'));
  const identifier = (value: string) => sipHash(identifiers, value);
  const chains = new BoundedMap<ChainKeys>(CHAINS_MAX);
  const fingerprints = new BoundedMap<string>(FINGERPRINTS_MAX);
  return {
    keyId: key.id,
    identifier,
    hash: (domain, text) => byDomain[domain](text),
    fingerprint: (kind, canonical) =>
      fingerprints.orMake(`${kind}\n${canonical}`, () =>
        base(`${fingerprintDomain(kind)}\n${canonical}`).slice(0, FINGERPRINT_LENGTH),
      ),
    chain: (rootKey) =>
      chains.orMake(rootKey, () => {
        const id = byDomain.chain(rootKey).slice(0, CHAIN_ID_LENGTH);
        const salt = halfSipKey(Buffer.from(words(id), 'base64url'));
        return { id, hashers: { token: (word: string) => halfSipHash(salt, word), identifier } };
      }),
  };
}

export function tenantKeysFrom(file: KeyFile, tenantId: string): TenantKeys {
  return tenantKeys(tenantFingerprintKey(file, tenantId));
}

/** Published: replays agree. */
export function replayKeys(): TenantKeys {
  return tenantKeys(REPLAY_KEY);
}
