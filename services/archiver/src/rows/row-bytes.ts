/**
 * Rows as ClickHouse's TabSeparated text, as bytes. Not JSON: `raw` would be escaped and encoded
 * anew. Not RowBinary: the embedded engine ends an insert at two line breaks in a row.
 */
import type { Cells } from './archived-topic.ts';

const BLOCK_BYTES = 256 * 1024;
/** Up to here, writing character by character beats a call into Node. */
const SHORT_TEXT = 32;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const UNIT_BYTES_MAX = 3;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
const LAST_ASCII = 0x7f;
const SPECIAL_BYTES = [BACKSLASH, LINE_FEED, TAB, RETURN];

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, (one) => ESCAPES[one] ?? one) : text;
}

function quoted(item: unknown): string {
  return `'${escaped(String(item)).replaceAll("'", "\\'")}'`;
}

/** Null is `\N`, which no text can be: its backslash would be two. */
function plain(cell: unknown): string {
  if (cell === null) return '\\N';
  return Array.isArray(cell) ? `[${cell.map(quoted).join(',')}]` : String(cell);
}

export class RowBytes {
  readonly #full: Buffer[] = [];
  #fullBytes = 0;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #at = 0;

  get length(): number {
    return this.#fullBytes + this.#at;
  }

  /** What was written, in order; nothing may be written afterwards. */
  blocks(): readonly Buffer[] {
    return [...this.#full, this.#block.subarray(0, this.#at)];
  }

  row(cells: Cells): void {
    for (let i = 0; i < cells.length; i++) {
      if (i > 0) this.#byte(TAB);
      const cell = cells[i];
      if (typeof cell === 'string') this.#text(cell);
      else if (cell instanceof Uint8Array) this.#utf8(cell);
      else this.#ready(plain(cell));
    }
    this.#byte(LINE_FEED);
  }

  #byte(value: number): void {
    this.#need(1);
    this.#block[this.#at++] = value;
  }

  /** Half a surrogate pair becomes U+FFFD, as everywhere in Node. */
  #text(text: string): void {
    if (text.length > SHORT_TEXT || !this.#short(text)) this.#ready(escaped(text));
  }

  #utf8(bytes: Uint8Array): void {
    // Four looks by machine code; what they look for is rare in JSON that a program wrote.
    if (SPECIAL_BYTES.some((byte) => bytes.includes(byte))) {
      this.#ready(escaped(Buffer.from(bytes).toString('utf8')));
      return;
    }
    this.#need(bytes.length);
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Text that needs no escape any more. */
  #ready(text: string): void {
    this.#need(text.length * UNIT_BYTES_MAX);
    this.#at += this.#block.write(text, this.#at, 'utf8');
  }

  /** False, and nothing written, where a character is not plain. */
  #short(text: string): boolean {
    this.#need(text.length);
    const block = this.#block;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > LAST_ASCII || code === BACKSLASH || (code <= RETURN && code >= TAB)) return false;
      block[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#block.length) return;
    this.#full.push(this.#block.subarray(0, this.#at));
    this.#fullBytes += this.#at;
    this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes));
    this.#at = 0;
  }
}
