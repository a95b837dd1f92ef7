/** Seals dead letters: AES-256-GCM, nonce a MAC of the body (SIV). Version byte, 12 nonce, 16 tag, ciphertext. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { type FingerprintKey, type KeyFile, tenantFingerprintKey } from '@waywarden/schemas';
import type { DeadLetterSeal } from './dead-letter.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';

interface SealKeys {
  readonly cipher: Uint8Array;
  readonly nonce: Uint8Array;
}

function sealKeys(key: FingerprintKey): SealKeys {
  const secret = key.secret.export();
  const derive = (use: string) =>
    new Uint8Array(hkdfSync('sha256', secret, '', `waywarden/dead-letter/v1/${use}`, KEY_BYTES));
  return { cipher: derive('cipher'), nonce: derive('nonce') };
}

export function deadLetterSeal(key: FingerprintKey): DeadLetterSeal {
  const keys = sealKeys(key);
  return {
    keyId: key.id,
    seal: (body) => {
      const nonce = createHmac('sha256', keys.nonce).update(body).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, keys.cipher, nonce);
      const sealed = Buffer.concat([cipher.update(body), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), sealed]);
    },
  };
}

/** Undefined: other key, or changed. */
export function openDeadLetter(key: FingerprintKey, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) return undefined;
  const keys = sealKeys(key);
  const decipher = createDecipheriv(CIPHER, keys.cipher, sealed.subarray(1, 1 + NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

export function deadLetterSealFrom(file: KeyFile, tenantId: string): DeadLetterSeal {
  return deadLetterSeal(tenantFingerprintKey(file, tenantId));
}
