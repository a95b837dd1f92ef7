/**
 * JSON's parts straight into one block of memory: texts, numbers, flat fields. What is the same
 * object for ever is made once and copied.
 */
import type { Fields } from './simulated-event.ts';

const encoder = new TextEncoder();
const retained = new WeakMap<object, Uint8Array>();

/** The bytes of a part that is the same object in many events. */
function part(value: object): Uint8Array {
  const known = retained.get(value);
  if (known !== undefined) return known;
  const bytes = encoder.encode(JSON.stringify(value));
  retained.set(value, bytes);
  return bytes;
}

/** Shorter texts are copied here, longer ones by the platform: a call there costs as much. */
const SHORT = 12;
/** Anything but plain ASCII without quotes and backslashes. */
const ODD = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

declare global {
  interface Buffer {
    /** There in every Node, and left out of its types: half the time of `write`. */
    latin1Write(text: string, at: number, length: number): number;
  }
}

export class JsonBytes {
  protected bytes: Buffer;
  protected at = 0;

  /** @param room bytes to begin with; it grows by itself. */
  constructor(room = 1 << 12) {
    this.bytes = Buffer.allocUnsafe(room);
  }

  get length(): number {
    return this.at;
  }

  /** What has been written since it was asked the last time. The bytes are the asker's. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafe(this.bytes.length);
    this.at = 0;
    return taken;
  }

  protected fields(before: string, fields: Fields): void {
    this.raw(before);
    let next = '"';
    for (const key in fields) {
      const value = fields[key];
      this.plain(next, key);
      if (typeof value === 'string') this.quoted('":', value);
      else if (typeof value === 'number') this.number('":', value);
      else this.raw(value === true ? '":true' : '":false');
      next = ',"';
    }
    this.raw('}');
  }

  protected shared(before: string, value: object): void {
    this.raw(before);
    const bytes = part(value);
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  protected json(before: string, value: object): void {
    this.raw(before);
    this.text(JSON.stringify(value));
  }

  /** A text inside quotes that stand around it already: made by us, without anything to escape. */
  protected plain(before: string, value: string): void {
    this.raw(before);
    this.raw(value);
  }

  protected optional(before: string, value: string | undefined): void {
    if (value !== undefined) this.plain(before, value);
  }

  protected closed(before: string, value: string | undefined): void {
    if (value === undefined) return;
    this.plain(before, value);
    this.raw('"');
  }

  protected number(before: string, value: number): void {
    this.raw(before);
    this.digits(value);
  }

  /** Whole numbers digit by digit: most are small, and need no text of their own. */
  protected digits(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 999_999_999) {
      this.raw(`${value}`);
      return;
    }
    let digits = 1;
    for (let most = 10; value >= most; most *= 10) digits++;
    this.room(digits);
    let rest = value;
    for (let at = this.at + digits - 1; at >= this.at; at--) {
      const tenth = (rest / 10) | 0;
      this.bytes[at] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    this.at += digits;
  }

  /** Free text, escaped where it must be. */
  protected quoted(before: string, value: string): void {
    this.raw(before);
    if (ODD.test(value)) {
      this.text(JSON.stringify(value));
      return;
    }
    this.raw('"');
    this.raw(value);
    this.raw('"');
  }

  protected text(value: string): void {
    this.room(value.length * 3);
    this.at += this.bytes.write(value, this.at, 'utf8');
  }

  /** ASCII as it is. */
  protected raw(value: string): void {
    const { length } = value;
    this.room(length);
    if (length > SHORT) {
      this.bytes.latin1Write(value, this.at, length);
      this.at += length;
      return;
    }
    for (let n = 0; n < length; n++) this.bytes[this.at++] = value.charCodeAt(n);
  }

  protected room(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.at + length));
    wider.set(this.bytes.subarray(0, this.at));
    this.bytes = wider;
  }
}
