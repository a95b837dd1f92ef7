/**
 * The MAC of deciding records: HMAC-SHA-256 (RFC 2104) over topic, key, type, cause and value, with lengths.
 * Readers could forge.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { HEADERS } from './headers.ts';

/** RFC 2104, 3. */
export const MAC_KEY_BYTES_MIN = 32;

export interface SignableRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MacKey {
  readonly id: string;
  readonly secret: KeyObject;
}

export type MacKeyRing = ReadonlyMap<string, MacKey>;

/** RangeError: too short. */
export function macKey(id: string, secret: Uint8Array): MacKey {
  if (secret.length < MAC_KEY_BYTES_MIN) {
    throw new RangeError(
      `MAC key ${id} has ${secret.length} bytes; ${MAC_KEY_BYTES_MIN} are needed.`,
    );
  }
  return { id, secret: createSecretKey(secret) };
}

/** Absent and empty differ. */
function field(text: string | null | undefined): string {
  return text === null || text === undefined ? '-;' : `${text.length}:${text};`;
}

function digest(record: SignableRecord, key: MacKey): Buffer {
  const { topic, headers, value } = record;
  const place = field(topic) + field(record.key);
  const cause = field(headers[HEADERS.type]) + field(headers[HEADERS.src]);
  const mac = createHmac('sha256', key.secret);
  mac.update(`waywarden-mac-1;${field(key.id)}${place}${cause}${value === null ? '-;' : '+;'}`);
  if (value !== null) mac.update(value);
  return mac.digest();
}

export function macHeaders(record: SignableRecord, key: MacKey): Record<string, string> {
  return { [HEADERS.mac]: digest(record, key).toString('base64url'), [HEADERS.keyId]: key.id };
}

export const MAC_VERDICTS = ['ok', 'unsigned', 'unknown_key', 'forged'] as const;
export type MacVerdict = (typeof MAC_VERDICTS)[number];

/** Anything but `ok` must be refused. */
export function verifyMac(record: SignableRecord, keys: MacKeyRing): MacVerdict {
  const given = record.headers[HEADERS.mac];
  const keyId = record.headers[HEADERS.keyId];
  if (given === undefined || keyId === undefined) return 'unsigned';
  const key = keys.get(keyId);
  if (key === undefined) return 'unknown_key';
  const expected = digest(record, key);
  const actual = Buffer.from(given, 'base64url');
  if (actual.length !== expected.length) return 'forged';
  return timingSafeEqual(actual, expected) ? 'ok' : 'forged';
}
