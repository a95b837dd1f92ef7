/** A text as models read it: entities, look-alikes, spaced letters. Linear. */
import { asLatin } from '@waywarden/schemas';

/** Invisible. */
const UNSEEN =
  /[\u0300-\u036f]|[\ufe00-\ufe0f]|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const TAGS = /[\u{e0020}-\u{e007e}]/gu;
const TAG_PLANE = 0xe0000;
const OVERRIDE = '\u202e';
/** Right to left. */
const OVERRIDDEN = /\u202e([^\u202c\n]*)/g;
const LINE_BREAK = /(\n|\\n)/;

const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', commat: '@', period: '.' },
    ...{ lowbar: '_', hyphen: '-', shy: '', colon: ':', sol: '/' },
  }),
);

function letterOf(code: number): string {
  const isLetter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isLetter ? String.fromCodePoint(code) : ' ';
}

function unescaped(text: string): string {
  return text
    .replace(/\\u([\da-f]{4})|\\x([\da-f]{2})/gi, (_, long?: string, short?: string) =>
      String.fromCharCode(Number.parseInt(long ?? short ?? '20', 16)),
    )
    .replace(
      /&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,7}));/gi,
      (all, hex?: string, digits?: string, name?: string) => {
        if (name !== undefined) return NAMED.get(name.toLowerCase()) ?? all;
        return letterOf(hex === undefined ? Number(digits) : Number.parseInt(hex, 16));
      },
    )
    .replace(/["'] ?\+ ?["']/g, '');
}

/** Addresses keep theirs. */
function unquoted(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/\S+/g, (word) => {
    if (!word.includes('%') || word.includes('://') || word.startsWith('www.')) return word;
    return word.replace(/%([\da-f]{2})/gi, (all, hex: string) => {
      const code = Number.parseInt(hex, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : all;
    });
  });
}

const FOREIGN = /[\u0131\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u1d00-\u1d22\ua730\ua731]/;
const FOREIGN_ALL = new RegExp(FOREIGN, 'g');
const FOREIGN_WORDS =
  /[\w\u0131\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u1d00-\u1d22\ua730\ua731]+/g;

/** As it looks. */
function unlike(text: string): string {
  if (!FOREIGN.test(text)) return text;
  const isMasked = !FOREIGN.test(asLatin((text.match(FOREIGN_ALL) ?? []).join('')));
  return text.replace(FOREIGN_WORDS, (word) =>
    isMasked || /[A-Za-z]/.test(word) ? asLatin(word) : word,
  );
}

/** More is several words. */
const APART_MAX = 32;

function joined(letters: string): string {
  return letters.length < 2 * APART_MAX ? letters.replaceAll(' ', '') : letters;
}

const LETTER_LINES =
  /(?<=^|\n)[a-z](?:\r?\n[a-z]){3,}(?=\r?\n|$)|(?<=^|\\n|["'])[a-z](?:\\n[a-z]){3,}(?=\\n|["']|$)/gi;

/** `s.e.n.d`, "s e n d". */
function together(text: string): string {
  return text
    .replace(/(?<=^|\s\s)\S(?: \S)+(?=\s\s|$)/g, joined)
    .replace(/(?<!\w)\w(?: [\w@.+/:-]){3,} \w(?!\w)/g, joined)
    .replace(/\b\w([.*~|_-])\w(?:\1\w){2,}\b/g, (letters) => letters.replace(/[.*~|_-]/g, ''))
    .replace(/(?<![\w/])[a-z](?:\/[a-z]){2,}(?![\w/])/gi, (letters) => letters.replaceAll('/', ''))
    .replace(LETTER_LINES, (letters) => letters.replace(/\\n|\s/g, ''));
}

/** Shown and stored. */
function inBothDirections(text: string): string {
  if (!text.includes(OVERRIDE)) return text;
  return text
    .split(LINE_BREAK)
    .map((line) => {
      if (!line.includes(OVERRIDE)) return line;
      const shown = line.replace(OVERRIDDEN, (_, run: string) => [...run].reverse().join(''));
      return `${shown}${BREAK}${line}`;
    })
    .join('');
}

function withPlainLetters(text: string): string {
  const plain = inBothDirections(unquoted(unescaped(text)))
    .replace(TAGS, (tag) => String.fromCharCode((tag.codePointAt(0) ?? TAG_PLANE) - TAG_PLANE))
    .normalize('NFKC')
    .replace(UNSEEN, '');
  return together(unlike(plain));
}

const MAY_HIDE =
  /[^\0-\x7f]|\\[ux][\da-f]|%[\da-f]{2}|&[#a-z]|["'] ?\+|\b\w([ .*~|_/-]|\\n|\r?\n)\w\1\w\1\w\b/i;
const MAY_ENCODE = /[\w+/-]{16}|[\da-f]{2}[ :,-][\da-f]{2}[ :,-][\da-f]{2}[ :,-]/i;

export function readableText(text: string): string {
  return MAY_HIDE.test(text) ? withPlainLetters(text) : text;
}

export function readableResult(text: string): string {
  const plain = readableText(text);
  return MAY_ENCODE.test(plain) ? decodedText(plain) : plain;
}

/** In pieces: the stack is bounded. */
const RUN =
  /\\[nrt]|[a-z\d+/_-]{16,65536}(?:(?:\r?\n|(?:\\r)?\\n)[a-z\d+/_-]{1,65536}){0,1024}|(?<![\da-f])[\da-f]{2}(?:[ :,-][\da-f]{2}){7,65536}(?![\da-f])/gi;
const SINGLE_RUN = /[A-Za-z\d+/_-]{16,65536}/g;
const LINE = /\r?\n|(?:\\r)?\\n/;
const BETWEEN_PAIRS = /[ :,-]/g;
const PAIRS = /^[\da-f]{2}[ :,-]/i;
const HEX = /^(?:[\da-f]{2}){8,}$/i;
const BEYOND_ASCII = /[\x80-\xff]/g;
/** Base64 and hexadecimal in a text, decoded beside it, once. */
const BREAK = '\\n';
/** Else it is no text. */
const PRINTED_MIN = 0.95;

const UNPRINTED = /[^\n -~\u00a1-\u1fff\u3040-\ud7ff\uf900-\ufffc]/g;

function isText(text: string): boolean {
  const unprinted = text.match(UNPRINTED)?.length ?? 0;
  return text.length >= 8 && unprinted <= text.length * (1 - PRINTED_MIN);
}

function fromHex(run: string): string {
  return run.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

const NO_BASE64 = /[^A-Za-z0-9+/]/g;

function fromBase64(run: string): string {
  const plain = run.replaceAll('-', '+').replaceAll('_', '/').replace(NO_BASE64, '');
  return atob(plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0)));
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** Throwing is slow. */
const NO_LETTER = '\ufffd';

function fromUtf8(bytes: string): string | undefined {
  const text = UTF8.decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
  return text.includes(NO_LETTER) ? undefined : text;
}

function decodedRun(run: string): string | undefined {
  const bytes = HEX.test(run) ? fromHex(run) : fromBase64(run);
  const decoded = fromUtf8(bytes);
  if (decoded === undefined) return isText(bytes.replace(BEYOND_ASCII, '\0')) ? bytes : undefined;
  return isText(decoded) ? decoded : undefined;
}

function beside(run: string, decoded: string): string {
  return decoded.includes(' ') ? `${run}${BREAK}${decoded}${BREAK}` : `${run} ${decoded}`;
}

const FOLDS: ReadonlySet<number> = new Set([60, 64, 76]);

function decodedSingly(run: string): string {
  return run.replace(SINGLE_RUN, (line) => {
    const decoded = decodedRun(line);
    return decoded === undefined ? line : beside(line, decoded);
  });
}

function decodedLines(run: string): string {
  const lines = run.split(LINE);
  const [{ length } = run] = lines;
  if (lines.length > 1 && lines.slice(1, -1).every((line) => line.length === length)) {
    const decoded = decodedRun(lines.join('')) ?? decodedRun(lines.slice(0, -1).join(''));
    if (decoded !== undefined) {
      const alone = FOLDS.has(length) ? lines.slice(-1) : lines;
      const texts = [run, decoded, ...alone.map((line) => decodedRun(line) ?? '')];
      return `${texts.join(BREAK)}${BREAK}`;
    }
  }
  return decodedSingly(run);
}

export function decodedText(text: string): string {
  return text.replace(RUN, (run) => {
    if (run.length <= 2) return run;
    if (!PAIRS.test(run)) return decodedLines(run);
    const decoded = decodedRun(run.replace(BETWEEN_PAIRS, ''));
    return decoded === undefined ? run : beside(run, decoded);
  });
}
