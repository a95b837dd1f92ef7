/**
 * How one record lies in LMDB: u8 version and flags, varint headers, (varint name, varint value)*,
 * varint key, varint text bytes, text, value, u32 crc32. The checksum starts from the record's
 * place. One text block is decoded by one call, for speed.
 */
import { crc32 } from 'node:zlib';
import type { LogHeaders } from '../port.ts';

const VERSION = 1;
const VERSION_MASK = 0x0f;
const KEY_IS_NULL = 0x10;
const VALUE_IS_NULL = 0x20;
const HEAD_BYTES = 1;
const SUM_BYTES = 4;
/** What crc32 gives for any bytes followed by their own crc32, whatever it started from. */
const RESIDUE = crc32(Buffer.alloc(SUM_BYTES));

export interface RecordBody {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: LogHeaders;
}

/** Part of the checksum. */
interface RecordPlace {
  readonly topicId: number;
  readonly partition: number;
  readonly offset: number;
}

function seedOf(place: RecordPlace): number {
  const high = Math.floor(place.offset / 0x1_0000_0000);
  const mixed = Math.imul(place.topicId, 0x9e3779b1) ^ Math.imul(place.partition + 1, 0x85ebca6b);
  return (mixed ^ Math.imul(high + 1, 0xc2b2ae35) ^ (place.offset >>> 0)) >>> 0;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) bytes++;
  return bytes;
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

/** One block of memory for dozens of records: Node's own pool gives one for each three. */
const BLOCK_BYTES = 128 * 1024;
/** What would leave too much of a block unused has memory of its own. */
const SHARED_BYTES_MAX = BLOCK_BYTES / 8;
let block = Buffer.alloc(0);
let used = 0;

/** Memory that holds what it held before: all of it must be written. */
function bytesFor(length: number): Buffer {
  if (length > SHARED_BYTES_MAX) return Buffer.allocUnsafeSlow(length);
  if (used + length > block.length) {
    block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    used = 0;
  }
  const out = block.subarray(used, used + length);
  used += length;
  return out;
}

/** The bytes of a record that is to lie at `place`. Lone surrogates become U+FFFD. */
export function encodeRecord({ key, value, headers }: RecordBody, place: RecordPlace): Buffer {
  const names = Object.keys(headers);
  let text = key ?? '';
  const keyUnits = text.length;
  let lengthsBytes = varintBytes(names.length) + varintBytes(keyUnits);
  for (const name of names) {
    const content = headers[name] ?? '';
    text += name + content;
    lengthsBytes += varintBytes(name.length) + varintBytes(content.length);
  }
  const textBytes = Buffer.byteLength(text);
  lengthsBytes += varintBytes(textBytes);
  const sumAt = HEAD_BYTES + lengthsBytes + textBytes + (value?.byteLength ?? 0);
  const out = bytesFor(sumAt + SUM_BYTES);
  out[0] = VERSION | (key === null ? KEY_IS_NULL : 0) | (value === null ? VALUE_IS_NULL : 0);
  let at = putVarint(out, HEAD_BYTES, names.length);
  for (const name of names) {
    at = putVarint(out, at, name.length);
    at = putVarint(out, at, (headers[name] ?? '').length);
  }
  at = putVarint(out, at, keyUnits);
  at = putVarint(out, at, textBytes);
  at += out.write(text, at, textBytes, 'utf8');
  if (value !== null) out.set(value, at);
  out.writeUInt32LE(crc32(out.subarray(0, sumAt), seedOf(place)), sumAt);
  return out;
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
  const sumAt = bytes.length - SUM_BYTES;
  if (sumAt < HEAD_BYTES + 3 || (head & VERSION_MASK) !== VERSION) return undefined;
  if (crc32(bytes, seedOf(place)) !== RESIDUE) return undefined;
  const cursor = new Cursor(bytes, HEAD_BYTES);
  const count = cursor.varint();
  const lengthsAt = cursor.at;
  for (let i = count * 2; i > 0 && cursor.at < sumAt; i--) cursor.varint();
  const keyUnits = cursor.varint();
  const textBytes = cursor.varint();
  const valueAt = cursor.at + textBytes;
  if (!(valueAt <= sumAt)) return undefined;
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
    value: (head & VALUE_IS_NULL) === 0 ? bytes.subarray(valueAt, sumAt) : null,
    headers,
  };
}
