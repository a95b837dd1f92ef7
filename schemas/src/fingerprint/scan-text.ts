/** One linear pass over a text, by character class; no unbounded regular expression. */
import * as chars from './char-class.ts';
import { decodeLayer, joinWrapped } from './decode-layer.ts';
import { emailAround } from './email.ts';
import type { ValueSink } from './fingerprint.ts';
import { foldText, unescapeText } from './fold-text.ts';
import { ibanAt, mayStartIban } from './iban.ts';
import { addNumbers, numberRunAt, phoneOf } from './number-meaning.ts';
import {
  ENCODED_LENGTH_MIN,
  inspectDotted,
  inspectOpaque,
  labelledSecretAt,
  VALUE_LENGTH_MIN,
  withoutMarks,
} from './opaque-word.ts';
import {
  canonicalOpaque,
  isLabelledSecret,
  isSecretLabel,
  PEM_FOOT,
  PEM_HEAD,
  pemBetween,
} from './secret.ts';
import { type Shingle, ShingleWindow } from './shingle.ts';
import { addressParts, bareUrlAt, type UrlSpan, urlAround } from './url.ts';

const COLON = 58;
const EQUALS = 61;
const OPEN = 40;
const SLASH = 47;
const DASH = 45;
const PLUS = 43;
const SPACE = 32;
const DIVIDING = new Uint8Array(128);
for (const char of '{}[]<>|') DIVIDING[char.charCodeAt(0)] = 1;
const NUMBER_DIGITS_MIN = 7;
const FNV_SEED = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** One character each. */
const CJK = 0x2e80;
const TELLING = chars.DIGIT | chars.AT | chars.PERCENT | chars.DOT;

/** Reading units costs a third of `charCodeAt`. */
let units = Buffer.alloc(2 * 65_536);
let codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);

function load(text: string): Uint16Array {
  if (text.length >= codes.length) {
    units = Buffer.alloc(4 * text.length + 2);
    codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);
  }
  units.write(text, 'utf16le');
  codes[text.length] = 0;
  return codes;
}

const NO_SINK: ValueSink = {
  field: '',
  add: () => undefined,
  decoded: () => undefined,
  beside: () => undefined,
};

export class TextScanner {
  #text = '';
  #sink: ValueSink = NO_SINK;
  readonly #window = new ShingleWindow();
  #lastStart = 0;
  #lastEnd = 0;
  /** Words before it are of a URL. */
  #urlEnd = 0;
  /** Tried as one base64 text. */
  #joinedEnd = 0;
  #pemFoot = -1;
  #labelledEnd = 0;

  scan(raw: string, sink: ValueSink): void {
    this.#sink = sink;
    const text = unescapeText(raw);
    if (!this.#pass(text, false)) this.#pass(foldText(text), true);
  }

  /** False: needs folding. */
  #pass(text: string, isFolded: boolean): boolean {
    this.#text = text;
    this.#window.reset();
    this.#lastEnd = -1;
    this.#urlEnd = 0;
    this.#joinedEnd = 0;
    this.#pemFoot = -1;
    this.#labelledEnd = 0;
    const length = text.length;
    const unit = load(text);
    const classes = chars.ASCII_CLASSES;
    const window = this.#window;
    let at = 0;
    while (at < length) {
      let code = unit[at] ?? 0;
      let kind = code < 128 ? (classes[code] ?? 0) : 0;
      if (kind === 0) {
        if (code === SPACE) at++;
        else if (code >= 128 && !isFolded) return false;
        else at = this.#mark(at, code);
        continue;
      }
      const start = at;
      let mask = 0;
      let hash = FNV_SEED;
      do {
        mask |= kind;
        if ((kind & chars.ALNUM) !== 0) hash = Math.imul(hash ^ (code | 32), FNV_PRIME);
        code = unit[++at] ?? 0;
        kind = code < 128 ? (classes[code] ?? 0) : 0;
      } while (kind !== 0);
      if ((mask & chars.ALNUM) === 0 && mask !== chars.DASH) continue;
      window.word(hash, start, at);
      this.#lastStart = start;
      this.#lastEnd = at;
      const size = at - start;
      // Nearly all prose ends here.
      if ((mask & TELLING) === 0 && size < ENCODED_LENGTH_MIN && size !== 2) {
        if (unit[start] !== DASH) continue;
      }
      at = this.#word(start, at, mask);
    }
    return true;
  }

  shingles(): readonly Shingle[] {
    return this.#window.shingles(this.#text);
  }

  #mark(at: number, code: number): number {
    if (code >= 128) return this.#nonAscii(at, code);
    if (code === COLON || code === EQUALS) {
      this.#window.divide();
      if (code === COLON && this.#text.charCodeAt(at + 1) === SLASH) return this.#url(at);
      if (at - this.#lastEnd <= 2 && at >= this.#labelledEnd) this.#labelled(at + 1);
    } else if (code === OPEN && chars.isDigit(this.#text.charCodeAt(at + 1))) {
      const run = numberRunAt(this.#text, at);
      const phone = run === undefined ? undefined : phoneOf(run);
      if (run === undefined || phone === undefined) return at + 1;
      this.#sink.add('phone', phone);
      return run.end;
    } else if (DIVIDING[code] === 1) this.#window.divide();
    return at + 1;
  }

  #nonAscii(start: number, first: number): number {
    let [at, code, hash] = [start, first, FNV_SEED];
    do {
      hash = Math.imul(hash ^ code, FNV_PRIME);
      code = this.#text.charCodeAt(++at);
    } while (code >= 128 && code < CJK && first < CJK);
    this.#window.word(hash, start, at);
    return at;
  }

  #url(colon: number): number {
    if (this.#text.charCodeAt(colon + 2) !== SLASH) return colon + 1;
    const found = urlAround(this.#text, colon);
    if (found === undefined) return colon + 3;
    this.#sink.add('url', found.canonical, found.domain);
    if (found.password !== undefined && isLabelledSecret(found.password)) {
      this.#sink.add('secret', canonicalOpaque(found.password));
    }
    this.#urlEnd = found.end;
    this.#parts(colon + 3, found);
    inspectDotted(this.#text, colon + 3, found.authorityEnd, this.#sink);
    return found.authorityEnd;
  }

  #parts(start: number, address: UrlSpan): void {
    const parts = addressParts(this.#text, start, address);
    if (parts !== '') this.#sink.beside(parts);
  }

  #labelled(from: number): void {
    if (!isSecretLabel(this.#text, this.#lastStart, this.#lastEnd)) return;
    const { secret, end, isEnded } = labelledSecretAt(this.#text, from);
    if (secret !== undefined) this.#sink.add('secret', secret);
    if (!isEnded) this.#labelledEnd = end;
  }

  #word(start: number, end: number, mask: number): number {
    const text = this.#text;
    if ((mask & chars.AT) !== 0 && this.#emails(start, end)) return end;
    if (end - start === 2 || (mask & chars.DIGIT) !== 0) {
      if (mayStartIban(text, start)) {
        const iban = ibanAt(text, start);
        if (iban !== undefined) {
          this.#sink.add('iban', iban.canonical);
          return Math.max(end, iban.end);
        }
      }
      const first = text.charCodeAt(start);
      // What follows is no continuation.
      if (isDate(text, start, end)) return end;
      const isShort = end - start < NUMBER_DIGITS_MIN && text.charCodeAt(end) !== SPACE;
      if (chars.isDigit(first) ? !isShort : first === PLUS && mask !== chars.PLUS) {
        const run = numberRunAt(text, start);
        if (run !== undefined) {
          addNumbers(run, text, start, this.#sink);
          return run.end;
        }
      }
    }
    if (end - start < VALUE_LENGTH_MIN) return end;
    if (text.charCodeAt(start) === DASH) {
      const pem = this.#pem(start);
      if (pem !== undefined) return pem;
    }
    return this.#opaque(start, end, mask);
  }

  #pem(start: number): number | undefined {
    if (!this.#text.startsWith(PEM_HEAD, start)) return undefined;
    // Once for all heads.
    if (this.#pemFoot < start) {
      const foot = this.#text.indexOf(PEM_FOOT, start);
      this.#pemFoot = foot === -1 ? Number.POSITIVE_INFINITY : foot;
    }
    const pem = pemBetween(this.#text, start, this.#pemFoot);
    if (pem === undefined) return undefined;
    // Not secret, but telling.
    this.#sink.add(pem.isPrivateKey ? 'secret' : 'token', pem.body);
    return pem.end;
  }

  #emails(start: number, end: number): boolean {
    let found = false;
    for (let at = this.#text.indexOf('@', start); at !== -1 && at < end; ) {
      const email = emailAround(this.#text, at, start, end);
      if (email !== undefined) {
        this.#sink.add('email', email.canonical, email.domain);
        found = true;
      }
      at = this.#text.indexOf('@', at + 1);
    }
    return found;
  }

  #opaque(wordStart: number, wordEnd: number, mask: number): number {
    const text = this.#text;
    const [start, end] = withoutMarks(text, wordStart, wordEnd);
    if (end - start < VALUE_LENGTH_MIN) return wordEnd;
    const isBare = (mask & chars.DOT) !== 0 && start >= this.#urlEnd;
    const address = isBare ? bareUrlAt(text, start, end) : undefined;
    if (address !== undefined) {
      this.#sink.add('url', address.canonical, address.domain);
      this.#urlEnd = address.end;
      this.#parts(start, address);
      inspectDotted(text, start, address.authorityEnd, this.#sink);
      return address.authorityEnd;
    }
    if (wordStart >= this.#joinedEnd) {
      const wrapped = joinWrapped(text, wordStart, wordEnd);
      const inside = wrapped === undefined ? undefined : decodeLayer(wrapped.word, mask);
      // Else quadratic.
      this.#joinedEnd = wrapped?.end ?? 0;
      if (wrapped !== undefined && inside !== undefined) {
        this.#sink.decoded(inside);
        return wrapped.end;
      }
    }
    inspectOpaque(text, { start, end, mask }, this.#sink);
    return wordEnd;
  }
}

/** `2026-11-24`. */
function isDate(text: string, start: number, end: number): boolean {
  if (end - start !== 10 || text.charCodeAt(start + 4) !== DASH) return false;
  return text.charCodeAt(start + 7) === DASH && chars.isDigit(text.charCodeAt(start));
}
