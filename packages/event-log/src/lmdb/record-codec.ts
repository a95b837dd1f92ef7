/**
 * How one record lies in LMDB: a checksum, the lengths, one block of text, the value.
 *
 * Every event passes here several times, so the layout is chosen for the decoder: key, header names
 * and header values are joined into a single UTF-8 block that is decoded by one call and then cut
 * by UTF-16 lengths, because a call into native code per header costs more than all the rest. The
 * value is a view of the bytes that were read, not a copy. Rejected: JSON or MessagePack (four
 * times slower here, and no place for the checksum).
 *
 *   u8 version and flags | u32 crc32 | varint headers | (varint name, varint value)* | varint key
 *   | varint text bytes | text | value
 *
 * The checksum starts from the record's own place, so that a record moved to another offset is as
 * damaged as one whose bytes were altered. It finds accidents and clumsy hands; who recomputes it
 * is stopped by the MACs on what decides, not here.
 */
import { crc32 } from 'node:zlib';
import type { LogHeaders } from '../port.ts';

const VERSION = 1;
const VERSION_MASK = 0x0f;
const KEY_IS_NULL = 0x10;
const VALUE_IS_NULL = 0x20;
const HEAD_BYTES = 5;
/** A varint of a 32-bit number. */
const VARINT_BYTES_MAX = 5;

export interface RecordBody {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: LogHeaders;
}

/** Where a record belongs; part of its checksum. */
export interface RecordPlace {
  readonly topicId: number;
  readonly partition: number;
  readonly offset: number;
}

/** The head byte is outside the bytes that are summed, so it goes in here. */
function seedOf(place: RecordPlace, head: number): number {
  const high = Math.floor(place.offset / 0x1_0000_0000);
  const mixed = Math.imul(place.topicId, 0x9e3779b1) ^ Math.imul(place.partition + 1, 0x85ebca6b);
  return (mixed ^ Math.imul(high + 1, 0xc2b2ae35) ^ (place.offset >>> 0) ^ (head << 24)) >>> 0;
}

function putVarint(out: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= 0x80) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

/** The bytes of a record that is to lie at `place`. Lone surrogates become U+FFFD. */
export function encodeRecord(body: RecordBody, place: RecordPlace): Buffer {
  const names = Object.keys(body.headers);
  let text = body.key ?? '';
  const keyUnits = text.length;
  for (const name of names) text += name + (body.headers[name] ?? '');
  const textBytes = Buffer.byteLength(text);
  const valueBytes = body.value?.byteLength ?? 0;
  const lengthsMax = (names.length * 2 + 3) * VARINT_BYTES_MAX;
  const out = Buffer.allocUnsafe(HEAD_BYTES + lengthsMax + textBytes + valueBytes);
  const nulls = (body.key === null ? KEY_IS_NULL : 0) | (body.value === null ? VALUE_IS_NULL : 0);
  const head = VERSION | nulls;
  out[0] = head;
  let at = putVarint(out, HEAD_BYTES, names.length);
  for (const name of names) {
    at = putVarint(out, at, name.length);
    at = putVarint(out, at, (body.headers[name] ?? '').length);
  }
  at = putVarint(out, at, keyUnits);
  at = putVarint(out, at, textBytes);
  at += out.write(text, at, textBytes, 'utf8');
  if (body.value !== null) out.set(body.value, at);
  at += valueBytes;
  const encoded = out.subarray(0, at);
  out.writeUInt32LE(crc32(out.subarray(HEAD_BYTES, at), seedOf(place, head)), 1);
  return encoded;
}

/** Walks the lengths; a mark of its own so that reading past the end is seen once, at the end. */
class Cursor {
  at: number;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return Number.NaN;
  }
}

function setHeader(headers: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') {
    headers[name] = value;
    return;
  }
  Object.defineProperty(headers, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Undefined when the bytes are not what `encodeRecord` made for that place. */
export function decodeRecord(bytes: Buffer, place: RecordPlace): RecordBody | undefined {
  const head = bytes[0] ?? 0;
  if (bytes.length < HEAD_BYTES + 3 || (head & VERSION_MASK) !== VERSION) return undefined;
  const sum = crc32(bytes.subarray(HEAD_BYTES), seedOf(place, head));
  if (sum !== bytes.readUInt32LE(1)) return undefined;
  const cursor = new Cursor(bytes, HEAD_BYTES);
  const count = cursor.varint();
  const lengthsAt = cursor.at;
  for (let i = count * 2; i > 0 && cursor.at < bytes.length; i--) cursor.varint();
  const keyUnits = cursor.varint();
  const textBytes = cursor.varint();
  const valueAt = cursor.at + textBytes;
  if (!(valueAt <= bytes.length)) return undefined;
  const text = bytes.toString('utf8', cursor.at, valueAt);
  const headers: Record<string, string> = {};
  cursor.at = lengthsAt;
  let unit = keyUnits;
  for (let i = 0; i < count; i++) {
    const nameEnd = unit + cursor.varint();
    const valueEnd = nameEnd + cursor.varint();
    setHeader(headers, text.slice(unit, nameEnd), text.slice(nameEnd, valueEnd));
    unit = valueEnd;
  }
  if (unit !== text.length) return undefined;
  return {
    key: (head & KEY_IS_NULL) === 0 ? text.slice(0, keyUnits) : null,
    value: (head & VALUE_IS_NULL) === 0 ? bytes.subarray(valueAt) : null,
    headers,
  };
}
