/**
 * The MAC of rare deciding records: HMAC-SHA-256 (RFC 2104), one key per writing service, over
 * topic, key, type, cause and value, each with its length. It says nothing against whoever holds a
 * reader's key.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { HEADERS } from './headers.ts';

/** As long as the hash's output (RFC 2104, section 3). */
export const MAC_KEY_BYTES_MIN = 32;

/** What is signed; records of the event log have this shape. */
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

/** Keys that a reader accepts on a topic, by id: those of the one service that writes it. */
export type MacKeyRing = ReadonlyMap<string, MacKey>;

/** RangeError when the secret is shorter than MAC_KEY_BYTES_MIN. */
export function macKey(id: string, secret: Uint8Array): MacKey {
  if (secret.length < MAC_KEY_BYTES_MIN) {
    throw new RangeError(
      `MAC key ${id} has ${secret.length} bytes; ${MAC_KEY_BYTES_MIN} are needed.`,
    );
  }
  return { id, secret: createSecretKey(secret) };
}

/** Absent and empty differ, and no field can reach into the next one. */
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

/** The two headers that sign `record`, whose `ww_type` and `ww_src` must be final. */
export function macHeaders(record: SignableRecord, key: MacKey): Record<string, string> {
  return { [HEADERS.mac]: digest(record, key).toString('base64url'), [HEADERS.keyId]: key.id };
}

export const MAC_VERDICTS = ['ok', 'unsigned', 'unknown_key', 'forged'] as const;
export type MacVerdict = (typeof MAC_VERDICTS)[number];

/** Constant-time in the MAC's content. Anything but `ok` must be refused and counted. */
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
