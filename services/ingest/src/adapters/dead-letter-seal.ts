/** Seals dead letters: AES-256-GCM, nonce a MAC of the body (SIV). Version byte, 12 nonce, 16 tag, ciphertext. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { AppendRecord } from '@waywarden/event-log';
import {
  type FingerprintKey,
  HEADERS,
  type KeyFile,
  TOPICS,
  tenantFingerprintKey,
} from '@waywarden/schemas';

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

/** A record of `audit.deadletter`: sealed bytes, and headers to count by. */
export interface DeadLetterSeal {
  readonly keyId: string;
  readonly seal: (body: Uint8Array) => Uint8Array;
}

interface DeadLetter {
  /** Empty when too long. */
  readonly body: string | Uint8Array;
  readonly size?: number | undefined;
  readonly form: 'event' | 'cloudevent';
  readonly line: number;
  readonly tenantId: string;
  readonly source: string;
  /** Sent again, believed as that token is then. */
  readonly tokenId?: string | undefined;
  readonly receivedAt?: string | undefined;
  readonly code: string;
  readonly field?: string | undefined;
  readonly detail: string;
}

export const DEAD_LETTER_HEADERS = {
  line: 'ww_dead_line',
  tenant: HEADERS.deadTenant,
  size: 'ww_dead_size',
  form: 'ww_dead_form',
  token: 'ww_dead_token',
  field: 'ww_dead_field',
  redriven: 'ww_dead_redriven',
  event: 'ww_dead_event',
} as const;

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

export function deadLetterRecord(
  letter: DeadLetter,
  seal: DeadLetterSeal | undefined,
): AppendRecord {
  const body = typeof letter.body === 'string' ? Buffer.from(letter.body) : letter.body;
  const isInHand = letter.size === undefined;
  return {
    topic: TOPICS.auditDeadletter.name,
    key: letter.source,
    value: seal === undefined || !isInHand ? null : seal.seal(body),
    headers: {
      [HEADERS.type]: 'event',
      [HEADERS.deadReason]: letter.code,
      [HEADERS.deadDetail]: letter.detail.replace(UNPRINTABLE, ' '),
      [HEADERS.deadSource]: letter.source,
      [DEAD_LETTER_HEADERS.line]: String(letter.line),
      [DEAD_LETTER_HEADERS.tenant]: letter.tenantId,
      [DEAD_LETTER_HEADERS.size]: String(letter.size ?? body.length),
      [DEAD_LETTER_HEADERS.form]: letter.form,
      ...(letter.field !== undefined &&
        letter.field !== '' && {
          [DEAD_LETTER_HEADERS.field]: letter.field.replace(UNPRINTABLE, ' '),
        }),
      ...(letter.tokenId !== undefined && { [DEAD_LETTER_HEADERS.token]: letter.tokenId }),
      ...(letter.receivedAt !== undefined && { [HEADERS.producedAt]: letter.receivedAt }),
      ...(seal !== undefined && { [HEADERS.keyId]: seal.keyId }),
    },
  };
}
